"""The texts on pictures, in the reader's language."""

import re
from collections.abc import Sequence
from fractions import Fraction

from bot.pictures.faces import CardFace, PointsFace, PosterFace, PosterSize, PosterWords
from bot.texts import Texts, plain
from bot.views.progress import amount, card_kind, progress_beside_badge, rewards_ready
from domain.account import Locale
from domain.expiry import Unit
from domain.merchant import Merchant, Program, Store, said_in
from domain.money import Money
from domain.rules.points import next_reward
from domain.usecases.card_state import CardState
from domain.usecases.my_cards import HeldCard

SEPARATOR = " · "


def card_face(t: Texts, held: HeldCard, link: str) -> CardFace:
    told = held.told_in(t.locale)
    state = told.state
    return CardFace(
        merchant_name=SEPARATOR.join(name for name in (state.merchant_name, told.card_name) if name),
        colour=held.colour,
        stamp_count=state.progress.on_card,
        stamps_target=state.progress.target if state.has_stamps else 0,
        rewards_available=state.rewards_available if state.has_stamps else len(state.affordable),
        reward=state.progress.reward,
        card_number=state.card_number,
        qr_url=link,
        progress=progress_beside_badge(t, state.progress),
        number_label=t("No."),
        reward_ready=_ready(t, state),
        hint=t("Show this at the counter"),
        title=card_kind(t, has_stamps=state.has_stamps, has_points=state.has_points),
        points=_points(t, state) if state.has_points else None,
        on_the_way=tuple(dict.fromkeys(each.stamps for each in state.interim)),
    )


def retired_face(t: Texts, held: HeldCard) -> CardFace:
    """The face of a card that is shown again further down: without code, number and balances. It is the same for all
    cards of a merchant that collect the same."""
    state = held.state
    return CardFace(
        merchant_name=state.merchant_name,
        colour=held.colour,
        stamp_count=0,
        stamps_target=0,
        rewards_available=0,
        reward="",
        card_number="",
        qr_url="",
        progress="",
        number_label="",
        reward_ready="",
        hint="",
        title=card_kind(t, has_stamps=state.has_stamps, has_points=state.has_points),
    )


def poster_face(
    languages: Sequence[Texts],
    merchant: Merchant,
    store: Store,
    program: Program,
    link: str,
    *,
    is_coloured: bool = False,
    logo: bytes | None = None,
) -> PosterFace:
    """A poster in these languages, the first of them largest."""
    return PosterFace(
        merchant_name=merchant.name,
        colour=merchant.colour,
        words=tuple(_poster_words(t, merchant, program) for t in languages),
        store_name="" if store.name == merchant.name else store.name,
        join_url=link,
        address=link.removeprefix("https://").partition("?")[0],
        stamps_target=program.stamps_target if program.has_stamps else 0,
        is_coloured=is_coloured,
        logo=logo,
    )


def invitation_face(t: Texts, merchant: Merchant, program: Program, link: str) -> PosterFace:
    """The picture that a customer forwards to a friend, in their own language; without an address to type, by which
    the friend would come alone."""
    words = PosterWords(
        headline=t("A card for you"),
        reward=promise_line(t, merchant, program),
        note=t("No app to install beyond Telegram"),
        steps=(
            t("Open the link, or scan the code with your phone's camera"),
            t("Tap Start in Telegram"),
            t("Show your card every time you come"),
        ),
    )
    return PosterFace(
        merchant_name=merchant.name,
        colour=merchant.colour,
        words=(words,),
        store_name="",
        join_url=link,
        address="",
        stamps_target=program.stamps_target if program.has_stamps else 0,
        is_coloured=True,
    )


def promise_line(t: Texts, merchant: Merchant, program: Program) -> str:
    """What a card of this program is called, where the shop has several, and what it is good for."""
    return SEPARATOR.join([*_name(t, merchant, program), *promises_of(t, merchant, program)])


def poster_languages(merchant: Merchant, size: PosterSize) -> list[Locale]:
    """The shop's default language first, then its others as far as the poster has room."""
    return list(merchant.speaks[: size.languages_max])


def poster_file_name(merchant: Merchant, store: Store, size: PosterSize, program: Program) -> str:
    """ "café-knätsch-gare-lunch-card-a5.pdf" """
    names = [merchant.name, *([store.name] if store.name != merchant.name else [])]
    names += [*([program.name] if program.name else []), size.value]
    return re.sub(r"[\W_]+", "-", " ".join(names).lower()).strip("-") + ".pdf"


def _poster_words(t: Texts, merchant: Merchant, program: Program) -> PosterWords:
    return PosterWords(
        headline=t("Scan to get your stamp card") if program.has_stamps else t("Scan to collect points"),
        reward=promise_line(t, merchant, program),
        note=t("No app to install beyond Telegram"),
        steps=(
            t("Scan the code with your phone's camera"),
            t("Tap Start in Telegram"),
            t("Show your card every time you come"),
        ),
    )


def _name(t: Texts, merchant: Merchant, program: Program) -> list[str]:
    """The program's name in this language; empty if it has none."""
    return [said_in(t.locale, program.name, merchant.own_texts)] if program.name else []


def _ready(t: Texts, state: CardState) -> str:
    """The words on the badge; on a card of points alone, the rewards it is enough for stand beside them."""
    if not state.has_stamps:
        return t("Enough for")
    return rewards_ready(t, max(1, state.rewards_available))


def _points(t: Texts, state: CardState) -> PointsFace:
    """``affordable`` names the dearest reward first: what does not fit is cut off at the end."""
    further = next_reward(state.points_balance, state.point_rewards)
    return PointsFace(
        balance=amount(t, Unit.POINTS, state.points_balance),
        affordable=SEPARATOR.join(reward.name for reward in reversed(state.affordable)),
        next_reward=further.name if further else "",
        next_cost=amount(t, Unit.POINTS, further.cost) if further else "",
        share=state.points_balance / further.cost if further else 0.0,
    )


def promises_of(t: Texts, merchant: Merchant, program: Program) -> list[str]:
    """What stamps and points lead to, and what earns points."""
    promises = []
    if program.has_stamps:
        stamps = amount(t, Unit.STAMPS, program.stamps_target)
        promises.append(_promise(t, stamps, said_in(t.locale, program.reward, merchant.own_texts)))
    if program.stamp_price_minor is not None:
        price = Money(program.stamp_price_minor, merchant.currency)
        promises.append(_promise(t, t.money(price), amount(t, Unit.STAMPS, 1)))
    if program.has_points:
        promises.append(_rate(t, program, merchant.currency))
    if not program.has_stamps:
        cheapest = program.point_rewards[0]
        name = said_in(t.locale, cheapest.name, merchant.own_texts)
        promises.append(_promise(t, amount(t, Unit.POINTS, cheapest.cost), name))
    return promises


def _promise(t: Texts, price: str, reward: str) -> str:
    return plain(t("{price}: {reward}", price=price, reward=reward))


def _rate(t: Texts, program: Program, currency: str) -> str:
    """The rate in whole points and whole units of the currency: "1 point for every €2"."""
    rate = Fraction(program.points_per_unit_milli, 1000)
    money = t.whole_money(rate.denominator, currency)
    return plain(
        t.n(
            "{count} point for every {money}", "{count} points for every {money}", rate.numerator, money=money
        )
    )
