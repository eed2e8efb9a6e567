"""The counter's commands and buttons: most name an act, which ``perform`` carries out."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Literal

from bot.kit.buttons import ButtonUnknown, Pressed
from bot.kit.clock import new_key
from bot.kit.refusals import AmountMalformed, CardNotNamed, CardNumberMissing, CountMalformed, PointsMalformed
from bot.screens import questions
from bot.screens.amounts import malformed_amount, parse_amount
from bot.screens.turn import Handler, Turn
from bot.staff import desk, keypad
from bot.staff.acting import carry_out, panel_again, show_panel
from bot.staff.amount_keypad import membership_at_desk
from bot.staff.dialogues import AmountAsked, AskedFor, CardAsked, NewPinAsked, WhichAsked
from bot.staff.words import count_alone, is_change, parse_card_and_rest, parse_change, parse_words
from bot.texts import Texts
from bot.views import counter as views
from bot.views import printed, reasons, rewards
from bot.views.below_chat import last_act_label, scan_label, today_label
from domain.acts import (
    Act,
    AdjustPoints,
    Adopt,
    AskAmount,
    Asked,
    AskManager,
    Decide,
    Earning,
    EarnPoints,
    LookUp,
    RedeemAny,
    RedeemInterim,
    RedeemPoints,
    RedeemReward,
    Stamp,
    TakeBack,
    TakeOver,
)
from domain.card import CardRef
from domain.ids import AdoptionId, CardId, EntryId, TokenHash
from domain.quick import replace
from domain.refusals import (
    CardNotFound,
    CardNumberMistyped,
    CooldownActive,
    DailyLimitReached,
    NotAllowed,
    PinNotSet,
    PinRequired,
    Refusal,
    StampsByAmount,
)
from domain.usecases.check_unattended import check_unattended
from domain.usecases.look_up_card import CardAtCounter, look_up_card
from domain.usecases.prove_pin import lock_pin
from domain.usecases.store_today import SeeToday, last_card, store_today
from domain.usecases.who_is import unattended_terminal

AMOUNT_DIGITS_MAX = 7
"""The most digits of an amount typed in place of a card number; more digits are a mistyped card number."""


async def stamp_command(turn: Turn) -> None:
    """``/stamp 482 109 375 [COUNT]``, or alone to be asked for the card."""
    await _typed(turn, "stamp")


async def earn_command(turn: Turn) -> None:
    """``/earn 482 109 375 12.50``; without the amount to be asked for it, alone to be asked for the card."""
    await _typed(turn, "earn")


async def redeem_command(turn: Turn) -> None:
    """``/redeem 482 109 375``, or alone to be asked for the card."""
    await _typed(turn, "redeem")


async def void_command(turn: Turn) -> None:
    """``/void 482 109 375 [COUNT] [REASON]``: the newest act, or COUNT stamps; or alone to be asked for the card."""
    await _typed(turn, "void")


async def adjust_command(turn: Turn) -> None:
    """``/adjust 482 109 375 +50 REASON``."""
    turn.check_is_staff()
    if not turn.words or is_change(turn.words):
        raise PointsMalformed
    number, rest = parse_card_and_rest(turn.words)
    change = parse_change(rest, turn.t.locale)
    card = CardRef("number", number)
    await perform(
        turn, AdjustPoints(card=card, points=change.points, reason=change.reason, key=turn.typed_key)
    )


async def today_command(turn: Turn) -> None:
    turn.check_is_staff()
    if turn.caller.is_unattended:
        await keypad.ask_who(turn, None)
        return
    found = await turn.read(store_today, SeeToday(actor=turn.actor))
    await turn.show(views.today(turn.t, found))


async def scan_label_tapped(turn: Turn) -> None:
    await turn.say(views.ask_card(turn.t))


async def last_act_tapped(turn: Turn) -> None:
    """Shows the panel of the card on which this member acted last, from which the act can be taken back."""
    if turn.caller.is_unattended:
        await keypad.ask_who(turn, None)
        return
    card_id = await turn.read(last_card, SeeToday(actor=turn.actor))
    await perform(turn, LookUp(card=CardRef("id", card_id)))


BELOW: dict[Callable[[Texts], str], Handler] = {
    scan_label: scan_label_tapped,
    today_label: today_command,
    last_act_label: last_act_tapped,
}
"""What the keyboard below the team's chat does."""


async def lock_button(turn: Turn) -> None:
    """Ends the PIN session: the next act asks for the PIN. The card's panel, or the day, is shown again; a terminal
    asks who stands there now."""
    turn.check_is_staff()
    card = _card(turn.pressed) if turn.pressed.arguments else None
    if turn.caller.standing is not None:
        if card is not None:
            await look_up(turn, card)
        await turn.write(lock_pin, turn.actor)
        await turn.look_again()
    said = turn.t("Locked: the next act asks for the PIN.")
    found = None
    if card is not None and not turn.caller.is_unattended:
        found = await panel_again(turn, card, turn.actor)
    if found is not None:
        await show_panel(turn, found, said=said)
    elif card is not None:
        await perform(turn, LookUp(card=card))
    else:
        await turn.answer(said)
        await today_command(turn)


async def stamp_button(turn: Turn) -> None:
    pressed = turn.pressed
    await perform(turn, Stamp(card=_card(pressed), count=pressed.number(1), key=pressed.key(2)))


async def redeem_button(turn: Turn) -> None:
    pressed = turn.pressed
    await perform(turn, RedeemReward(card=_card(pressed), key=pressed.key(1)))


async def redeem_interim_button(turn: Turn) -> None:
    pressed = turn.pressed
    position, stamps, key = pressed.number(1), pressed.number(2), pressed.key(3)
    await perform(turn, RedeemInterim(card=_card(pressed), position=position, stamps=stamps, key=key))


async def redeem_points_button(turn: Turn) -> None:
    pressed = turn.pressed
    position, cost, key = pressed.number(1), pressed.number(2), pressed.key(3)
    await perform(turn, RedeemPoints(card=_card(pressed), position=position, cost=cost, key=key))


async def reward_list_button(turn: Turn) -> None:
    found = await look_up(turn, _card(turn.pressed))
    await turn.show(rewards.reward_list(turn.t, found.card))


async def purchase_button(turn: Turn) -> None:
    await perform(turn, AskAmount(card=_card(turn.pressed)))


async def undo_button(turn: Turn) -> None:
    pressed = turn.pressed
    entry, key = EntryId(pressed.id(1)), pressed.key(2)
    await perform(turn, TakeBack(card=_card(pressed), entry=entry, key=key, is_undo=True))


async def void_button(turn: Turn) -> None:
    """Takes back an entry that was chosen in the list, with the reason if one had to be chosen."""
    pressed = turn.pressed
    entry, key = EntryId(pressed.id(1)), pressed.key(2)
    reason = _reason(turn, pressed.number(3)) if len(pressed.arguments) > 3 else None
    await perform(turn, TakeBack(card=_card(pressed), entry=entry, key=key, reason=reason))


async def why_button(turn: Turn) -> None:
    """Asks a manager for the reason to take back an entry."""
    pressed = turn.pressed
    card_id, entry_id = CardId(pressed.id(0)), EntryId(pressed.id(1))
    await turn.show(views.void_reasons(turn.t, card_id, entry_id, pressed.key(2)))


async def panel_button(turn: Turn) -> None:
    await perform(turn, LookUp(card=_card(turn.pressed)))


async def paper_button(turn: Turn) -> None:
    await turn.show(printed.paper_counts(turn.t, await look_up(turn, _card(turn.pressed))))


async def paper_meant_button(turn: Turn) -> None:
    pressed = turn.pressed
    await perform(turn, TakeOver(card=_card(pressed), count=pressed.number(1), key=pressed.key(2)))


async def adopt_meant_button(turn: Turn) -> None:
    pressed = turn.pressed
    await perform(turn, Adopt(card=_card(pressed), adoption=AdoptionId(pressed.id(1))))


async def void_list_button(turn: Turn) -> None:
    await turn.show(views.void_list(turn.t, await look_up(turn, _card(turn.pressed)), turn.timezone))


async def number_sent(turn: Turn) -> None:
    """A card number without a command: shows the card's panel. A count behind it does nothing: it can be tapped
    there."""
    await perform(turn, _typed_act(turn, "look"))


async def asked_number_sent(turn: Turn, question: CardAsked) -> None:
    """A card number in answer to the question for the card."""
    async with _answering(turn):
        await perform(turn, _typed_act(turn, question.then))


async def show_scanned(turn: Turn, token_hash: str) -> None:
    """A card's code was scanned: does what was asked for before, or shows the card's panel."""
    async with _answering(turn):
        await perform(turn, _act(turn, _asked_for(turn), CardRef("token", token_hash)))


async def ask_which(turn: Turn, scanned: Sequence[TokenHash]) -> None:
    """Several codes were in one picture: asks which card is meant. Nothing happens to any card until that is
    answered. Raises CardNotFound when none is of this merchant."""
    if turn.caller.is_unattended:
        await keypad.ask_who(turn, None)
        return
    cards = []
    for token_hash in scanned:
        with suppress(CardNotFound):
            cards.append((await look_up(turn, CardRef("token", token_hash))).card)
    if not cards:
        raise CardNotFound
    then, nonce = _asked_for(turn), new_key()
    asked = WhichAsked(then=then, cards=tuple(card.card_id for card in cards))
    await questions.remember(turn, asked, nonce)
    await turn.say(views.which_card(turn.t, cards, nonce))


async def which_button(turn: Turn) -> None:
    pressed = turn.pressed
    question = questions.expected(turn, WhichAsked, pressed.text(0))
    position = pressed.number(1)
    if position >= len(question.cards):
        raise ButtonUnknown
    async with _answering(turn):
        await perform(turn, _act(turn, question.then, CardRef("id", question.cards[position])))


questions.add(WhichAsked)
questions.add(CardAsked, asked_number_sent, lambda turn, _question: turn.caller.is_staff)


async def perform(turn: Turn, act: Act) -> bool:
    """Carries the act out and shows the outcome; asks for member or PIN where only they are missing.

    Returns False if it had to ask for these or for the amount, and if the act was refused and the card's panel is
    shown instead. Raises the refusal where no panel can be shown.
    """
    turn.check_is_staff()
    if isinstance(act, Earning | AskManager) and act.asked_at is None:
        act = replace(act, asked_at=turn.asked_at)
    if turn.caller.desk is None:
        await desk.ask_store_for(turn, act)
        return False
    if turn.caller.is_unattended:
        await _ask_who(turn, act)
        return False
    is_done = await _perform(turn, act)
    if not _is_keyed(turn, act):
        await keypad.end_overtaken(turn)
    return is_done


async def _perform(turn: Turn, act: Act) -> bool:
    try:
        return await carry_out(turn, act, turn.actor)
    except PinRequired:
        await keypad.ask_pin(turn, act)
    except PinNotSet:
        if turn.caller.is_terminal:
            raise
        await keypad.ask_pin(turn, act, NewPinAsked)
    except Refusal as refusal:
        if not await _showed_panel(turn, act, refusal):
            raise
    return False


async def _ask_who(turn: Turn, act: Act) -> None:
    """Asks who stands at the terminal, unless the act would be refused for everybody. Where stamps are given for
    amounts, a stamp becomes the question for the amount."""
    try:
        await turn.read(check_unattended, Asked(act=act, actor=unattended_terminal(turn.caller)))
    except StampsByAmount:
        act = AskAmount(card=act.card)
    await keypad.ask_who(turn, act)


async def _showed_panel(turn: Turn, act: Act, refusal: Refusal) -> bool:
    """Shows the card's panel again after a refusal, with what is possible now. Returns False where it does not: for
    the amount of an open keypad, for a decision on a request, and for a member who may not act here."""
    if _is_keyed(turn, act) or isinstance(refusal, NotAllowed) or isinstance(act, Decide):
        return False
    is_alert = turn.query is not None and not turn.answered
    found = await panel_again(turn, act.card, turn.actor)
    if found is None:
        return False
    if is_alert:
        await turn.refuse(refusal)
    said = "" if is_alert else turn.said(refusal)
    above = act.count if isinstance(act, Stamp) and isinstance(refusal, DailyLimitReached) else None
    until = refusal.until if isinstance(refusal, CooldownActive) and said else None
    await show_panel(turn, found, said=said, refused_count=above, said_until=until)
    return True


async def _typed(turn: Turn, then: AskedFor) -> None:
    turn.check_is_staff()
    if turn.words:
        count = count_alone(turn.words) if then in ("stamp", "void") else None
        if count is not None:
            raise CardNotNamed(count=count)
        await perform(turn, _typed_act(turn, then))
        return
    await questions.remember(turn, CardAsked(then), new_key())
    await turn.say(views.ask_card(turn.t))


def _asked_for(turn: Turn) -> AskedFor | Literal["look"]:
    """What to do with a card that is scanned now: what was asked for before, or only to show it."""
    return turn.question.then if isinstance(turn.question, CardAsked | WhichAsked) else "look"


def _typed_act(turn: Turn, then: AskedFor | Literal["look"]) -> Act:
    """Raises CardNumberMistyped, AmountMalformed, CountMalformed, StoreNotChosen."""
    if then == "earn":
        try:
            number, amount = parse_card_and_rest(turn.words)
        except CardNumberMistyped:
            _check_names_a_card(turn)
            raise
        return _earning(turn, CardRef("number", number), amount)
    typed = parse_words(turn.words)
    if (typed.rest and then != "void") or (typed.count is not None and then == "redeem"):
        raise CountMalformed
    return _act(turn, then, CardRef("number", typed.number), typed.count, typed.rest or None)


def _act(
    turn: Turn,
    then: AskedFor | Literal["look"],
    card: CardRef,
    count: int | None = None,
    reason: str | None = None,
) -> Act:
    key = turn.typed_key
    match then:
        case "stamp":
            return Stamp(card=card, count=1 if count is None else count, key=key)
        case "earn":
            return AskAmount(card=card)
        case "redeem":
            return RedeemAny(card=card, key=key)
        case "void":
            return TakeBack(card=card, count=count, reason=reason, key=key)
        case "look":
            return LookUp(card=card)


def _earning(turn: Turn, card: CardRef, amount: str) -> Act:
    """The purchase of a typed amount; without an amount, the act that asks for it."""
    membership = membership_at_desk(turn)
    if not amount:
        return AskAmount(card=card)
    amount_minor = parse_amount(amount, membership.currency, membership.locale)
    return EarnPoints(card=card, amount_minor=amount_minor, key=turn.typed_key)


def _check_names_a_card(turn: Turn) -> None:
    """Raises CardNumberMissing if the words are an amount alone, of at most AMOUNT_DIGITS_MAX digits."""
    membership, digits = membership_at_desk(turn), [each for each in turn.words if each.isdigit()]
    if len(digits) > AMOUNT_DIGITS_MAX:
        return
    with suppress(AmountMalformed):
        parse_amount(turn.words, membership.currency, membership.locale)
        raise CardNumberMissing(example=malformed_amount(membership.currency).example)


@asynccontextmanager
async def _answering(turn: Turn) -> AsyncIterator[None]:
    """Ends the question which card after the block, so that the next scanned card only opens its panel. The question
    stays open if the answer was mistyped or named no card."""
    try:
        yield
    except (CardNumberMistyped, CardNotFound, CountMalformed, AmountMalformed):
        raise
    except Refusal:
        await _end_question(turn)
        raise
    await _end_question(turn)


async def _end_question(turn: Turn) -> None:
    if isinstance(turn.question, CardAsked | WhichAsked):
        await questions.forget(turn, turn.nonce)


def _is_keyed(turn: Turn, act: Act) -> bool:
    """Whether the act is the purchase of the open amount keypad."""
    is_open = isinstance(turn.question, AmountAsked)
    return is_open and isinstance(act, EarnPoints) and act.key == turn.nonce


def _reason(turn: Turn, position: int) -> str:
    choices = reasons.choices(turn.t, reasons.TO_TAKE_BACK)
    if position >= len(choices):
        raise ButtonUnknown
    return choices[position]


async def look_up(turn: Turn, card: CardRef) -> CardAtCounter:
    return await turn.read(look_up_card, Asked(act=LookUp(card=card), actor=turn.actor))


def _card(pressed: Pressed) -> CardRef:
    return CardRef("id", pressed.id(0))
