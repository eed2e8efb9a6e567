"""A new shop or a new program: its questions, one after the other in one message, and what follows the last."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from bot.kit.buttons import Verb, press
from bot.texts import Texts, mark, texts
from bot.texts.towns import country_name
from bot.views.field_values import OPTIONS, SUGGESTED
from bot.views.view import Button, Style, View, grid, keyboard, row
from domain.account import Locale
from domain.field_kinds import Line
from domain.fields import NAME, PROGRAM_NAME
from domain.merchant import ProgramKind
from domain.quick import dataclass


class Step(StrEnum):
    """In the order in which a new shop is asked; ``SURE`` asks whether all is right. Open questions are kept with
    these values: that of the country is from when a town was asked for."""

    NAME = "name"
    LANGUAGE = "language"
    KIND = "kind"
    COUNT = "count"
    REWARD = "reward"
    COUNTRY = "town"
    SURE = "sure"


Answers = Mapping[str, str]
"""The answers by step, in the plain form of domain/field_kinds.py; for the country, its time zone."""

BACK, STOP = "back", "stop"
POINTS_PER_STAMP = 10
"""The price of a reward in points for each stamp, where it can be had for stamps or for points."""
QUESTIONS: Mapping[Step, tuple[str, str]] = {
    Step.NAME: (mark("What is your shop called?"), mark("Send its name, as customers are to read it.")),
    Step.LANGUAGE: (
        mark("Which language does your shop speak?"),
        mark("For customers whose own language is not known. Everybody else is written to in theirs."),
    ),
    Step.KIND: (
        mark("What do your cards collect?"),
        mark("Stamps for visits, points for what is spent, or both on one card."),
    ),
    Step.REWARD: (
        mark("What is the reward?"),
        mark("Tap one, or send it in your own words, as customers are to read it."),
    ),
    Step.COUNTRY: (
        mark("In which country is your shop?"),
        mark(
            "It sets time zone and currency. Tap it, or send yours, with a large town where it has several time"
            " zones: Toronto, Canada"
        ),
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """The questions of one kind of set-up, and the verb of their buttons. ``name`` is the field that checks a typed
    name; ``names`` are suggestions."""

    verb: Verb
    steps: tuple[Step, ...]
    questions: Mapping[Step, tuple[str, str]]
    name: Line
    names: Sequence[str] = ()


NEW_SHOP = Flow(verb=Verb.NEW_SHOP, steps=tuple(Step), questions=QUESTIONS, name=NAME)
NEW_PROGRAM = Flow(
    verb=Verb.PROGRAM_STEP,
    steps=(Step.KIND, Step.COUNT, Step.REWARD, Step.NAME, Step.SURE),
    questions={
        **QUESTIONS,
        Step.KIND: (
            mark("What do the new cards collect?"),
            mark("They are cards of their own, beside those that your customers have."),
        ),
        Step.NAME: (
            mark("What are the new cards called?"),
            mark("Tap a name, or send one, as customers are to read it."),
        ),
    },
    name=PROGRAM_NAME,
    names=(mark("Lunch card"), mark("Coffee card"), mark("Cake card"), mark("Bonus card")),
)
COUNTS: Mapping[ProgramKind, tuple[str, str]] = {
    ProgramKind.STAMPS: (mark("How many stamps for a reward?"), mark("Tap a number, or send one.")),
    ProgramKind.POINTS: (
        mark("How many points for a reward?"),
        mark("What is spent earns as many points: 12 for 12.50. Tap a number, or send one."),
    ),
    ProgramKind.HYBRID: (
        mark("How many stamps for a reward?"),
        mark("It can also be had for ten times as many points. Tap a number, or send one."),
    ),
}
REWARDS = (mark("One for free"), mark("A coffee"), mark("A dessert"), mark("10% off"))
POINTS = ("50", "100", "200", "500")
ZONES = (
    "Europe/Luxembourg",
    "Europe/Paris",
    "Europe/Brussels",
    "Europe/Berlin",
    "Europe/Zurich",
    "Europe/Vienna",
)
_PER_ROW = {Step.KIND: 1, Step.COUNT: 3}


def offers(t: Texts, step: Step, answers: Answers, flow: Flow = NEW_SHOP) -> Sequence[tuple[str, str]]:
    """The answers on buttons: label and value of each. An answer that was typed before comes first."""
    usual = _usual_offers(t, step, answers, flow)
    typed = answers.get(step)
    if typed is None or step is Step.COUNTRY or typed in (value for _, value in usual):
        return usual
    return [(typed, typed), *usual]


def _usual_offers(t: Texts, step: Step, answers: Answers, flow: Flow) -> Sequence[tuple[str, str]]:
    match step:
        case Step.LANGUAGE:
            return [(texts(locale).language, locale.value) for locale in Locale]
        case Step.KIND:
            return [(t(OPTIONS[kind.value]), kind.value) for kind in ProgramKind]
        case Step.COUNT:
            numbers = SUGGESTED["stamps_target"] if kind_in(answers).has_stamps else POINTS
            return [(number, number) for number in numbers]
        case Step.REWARD | Step.NAME:
            of_it = REWARDS if step is Step.REWARD else flow.names
            return [(said, said) for said in map(_shops_texts(answers), of_it)]
        case Step.COUNTRY:
            return [(country_name(t, zone), zone) for zone in ZONES]
        case _:
            return []


def _shops_texts(answers: Answers) -> Texts:
    """Texts in the shop's language; English until it was asked."""
    return texts(Locale(answers.get(Step.LANGUAGE, Locale.EN)))


def kind_in(answers: Answers) -> ProgramKind:
    return ProgramKind(answers[Step.KIND])


def ask_set_up(t: Texts, step: Step, answers: Answers, nonce: str, flow: Flow = NEW_SHOP) -> View:
    """Ask for a step. The button of the answer given before, or of the usual one, stands out."""
    question, hint = COUNTS[kind_in(answers)] if step is Step.COUNT else flow.questions[step]
    offered = offers(t, step, answers, flow)
    chosen = answers.get(step, _usual(t, step, offered))
    buttons = [
        Button(
            text=label,
            data=_data(flow, nonce, step, number),
            style=Style.PRIMARY if value == chosen else None,
        )
        for number, (label, value) in enumerate(offered)
    ]
    width = _PER_ROW.get(step, 2)
    rows = grid(buttons, width)
    lines = [
        t("Question {number} of {count}", number=flow.steps.index(step) + 1, count=len(flow.steps) - 1),
        f"<b>{t(question)}</b>",
        t(hint),
    ]
    return View(text="\n".join(lines), buttons=keyboard(*rows, row(_back(t, flow, step, nonce))))


def set_up_sure(t: Texts, answers: Answers, currency: str, nonce: str) -> View:
    """Repeat all answers and what follows from them, and ask whether they are right."""
    lines = [
        t("<b>Open {merchant}?</b>", merchant=answers[Step.NAME]),
        _terms(t, answers),
        t("Language: {language}", language=texts(Locale(answers[Step.LANGUAGE])).language),
        t("Time zone: {timezone}", timezone=answers[Step.COUNTRY]),
        t("Currency: {currency}", currency=currency),
        t("Go back to correct it, or change it at any time with /settings."),
    ]
    back = _back(t, NEW_SHOP, Step.SURE, nonce)
    meant = Button(text=t("✅ Open the shop"), data=press(Verb.NEW_SHOP_MEANT, nonce), style=Style.SUCCESS)
    return View(text="\n".join(lines), buttons=keyboard(row(meant), row(back)), spare=back)


def program_sure(t: Texts, answers: Answers, nonce: str, present_name: str | None) -> View:
    """``present_name`` is the name that the shop's present program will get; None if it has one."""
    lines = [
        t("<b>Add {card}?</b>", card=answers[Step.NAME]),
        _terms(t, answers),
        t("Your customers find it below the card they have, and it gets a poster of its own."),
    ]
    if present_name is not None:
        lines.append(t("The cards they have are called {card} from now on.", card=present_name))
    lines.append(t("Go back to correct it, or change it at any time with /settings."))
    back = _back(t, NEW_PROGRAM, Step.SURE, nonce)
    meant = Button(text=t("✅ Add it"), data=press(Verb.PROGRAM_MEANT, nonce), style=Style.SUCCESS)
    return View(text="\n".join(lines), buttons=keyboard(row(meant), row(back)), spare=back)


def _terms(t: Texts, answers: Answers) -> str:
    count = int(answers[Step.COUNT])
    stamps = t.n("{count} stamp", "{count} stamps", count)
    points = t.n("{count} point", "{count} points", points_in(answers))
    terms = {
        ProgramKind.STAMPS: stamps,
        ProgramKind.POINTS: points,
        ProgramKind.HYBRID: t("{stamps} or {points}", stamps=stamps, points=points),
    }[kind_in(answers)]
    return t("{terms}: {reward}", terms=terms, reward=answers[Step.REWARD])


def points_in(answers: Answers) -> int:
    """The price of the reward in points."""
    count = int(answers[Step.COUNT])
    return count * POINTS_PER_STAMP if kind_in(answers).has_stamps else count


def shop_opened(t: Texts, merchant_name: str) -> View:
    """In place of the questions."""
    return View(text=t("✅ <b>{merchant} is open.</b>", merchant=merchant_name))


def for_the_team(t: Texts, link: str) -> View:
    return View(
        text=t(
            "<b>For your team</b>\nForward this link to the first who will stamp cards: it works once, for a week."
            " Everybody else: /team\n{link}",
            link=link,
        )
    )


def own_card(t: Texts) -> View:
    return View(
        text=t(
            "<b>Your own card, to try it out</b>\nThis is what your customers will see: what they are given shows on"
            " it at once. Nobody can stamp their own card here; a colleague can."
        )
    )


def set_up_stopped(t: Texts) -> View:
    return View(text=t("No shop was opened. /newshop begins again."))


def _usual(t: Texts, step: Step, offered: Sequence[tuple[str, str]]) -> str:
    if step is Step.LANGUAGE:
        return t.locale.value
    values = [value for _, value in offered]
    return next((usual for usual in ("10", "100") if usual in values), values[0] if values else "")


def _back(t: Texts, flow: Flow, step: Step, nonce: str) -> Button:
    if step is flow.steps[0]:
        return Button(text=t("Not now"), data=_data(flow, nonce, step, STOP))
    return Button(text=t("‹ Back"), data=_data(flow, nonce, step, BACK))


def _data(flow: Flow, nonce: str, step: Step, said: str | int) -> str:
    return press(flow.verb, nonce, step, said)
