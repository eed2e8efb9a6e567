"""A card as Google Wallet keeps it (https://developers.google.com/wallet/reference/rest/v1/loyaltyobject): the class
says what all cards of a program have in common, the object what is on one card. Neither names the holder.

Every text is given in all languages; the phone shows its own.
"""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from functools import partial
from typing import Any

from bot.pictures.shades import COLOUR, scheme_of
from bot.texts import Texts, plain, texts
from bot.views.cards import expiring_lines
from bot.views.pass_parts import (
    LOCATIONS_MAX,
    enough_for,
    other_names,
    places_of,
    points_to_go,
    prices_of,
    terms_of,
)
from bot.views.progress import card_kind, rewards_ready, spaced
from domain.account import Locale
from domain.merchant import said_in
from domain.quick import dataclass, replace
from domain.usecases.my_cards import HeldCard
from domain.usecases.wallets import PassLetter

Resource = Mapping[str, Any]
Saying = Callable[[Texts], str]


class State(StrEnum):
    ACTIVE = "ACTIVE"
    INACTIVE = "INACTIVE"
    EXPIRED = "EXPIRED"


@dataclass(frozen=True, slots=True, kw_only=True)
class GoogleFacts:
    """What a class and an object need besides the card. ``card_url`` opens the card in the chat; the card's QR code
    holds it."""

    class_id: str
    object_id: str
    logo_url: str
    card_url: str | None
    chat_url: str


def loyalty_class(letter: PassLetter, facts: GoogleFacts) -> Resource:
    merchant, base = letter.merchant, letter.merchant.default_locale
    red, green, blue = scheme_of(merchant.colour).rgb(COLOUR)
    return {
        "id": facts.class_id,
        "issuerName": merchant.name,
        "programName": _programme(letter)(texts(base)),
        "localizedProgramName": _localized(base, _programme(letter)),
        "programLogo": {"sourceUri": {"uri": facts.logo_url}},
        "hexBackgroundColor": f"#{red:02x}{green:02x}{blue:02x}",
        "accountIdLabel": texts(base)("Card number"),
        "localizedAccountIdLabel": _localized(base, lambda t: t("Card number")),
        "textModulesData": _what_all_have(letter),
        "linksModuleData": {"uris": [_link(base, "chat", facts.chat_url, lambda t: t("The chat"))]},
        "merchantLocations": [place for _, place in places_of(letter.stores)[:LOCATIONS_MAX]] or None,
        "homepageUri": _link(base, "home", facts.chat_url, lambda t: t("The chat")),
        "multipleDevicesAndHoldersAllowedStatus": "ONE_USER_ALL_DEVICES",
        "reviewStatus": "UNDER_REVIEW",
    }


def loyalty_object(letter: PassLetter, facts: GoogleFacts) -> Resource:
    """All fields of an object. Those without a value are None, so that a patch removes what was there before."""
    held = letter.held
    if held is None:
        return {"id": facts.object_id, "classId": facts.class_id, "state": State.EXPIRED.value}
    base, closes_at = letter.locale, letter.merchant.closes_at
    number = spaced(held.state.card_number)
    code = facts.card_url if letter.is_active else None
    links = [_link(base, "history", code, lambda t: t("History"))] if code else None
    return {
        "id": facts.object_id,
        "classId": facts.class_id,
        "state": (State.ACTIVE if letter.is_active else State.INACTIVE).value,
        "accountId": number,
        "barcode": {"type": "QR_CODE", "value": code, "alternateText": number} if code else None,
        **_balances(base, held),
        "textModulesData": [*_standing(base, held), *_expiring(letter)],
        "linksModuleData": {"uris": links} if links else None,
        "validTimeInterval": {"end": {"date": closes_at.isoformat(timespec="seconds")}}
        if closes_at
        else None,
    }


def _programme(letter: PassLetter) -> Saying:
    merchant, program = letter.merchant, letter.program

    def said(t: Texts) -> str:
        if program.name:
            return said_in(t.locale, program.name, merchant.own_texts)
        return plain(card_kind(t, has_stamps=program.has_stamps, has_points=program.has_points))

    return said


def _what_all_have(letter: PassLetter) -> list[Resource]:
    merchant, base = letter.merchant, letter.merchant.default_locale
    modules = [_module(base, "terms", lambda t: t("How it works"), lambda t: plain(terms_of(t, letter)))]
    if letter.program.interim_rewards or letter.program.has_points:
        modules.append(_module(base, "rewards", lambda t: t("Rewards"), lambda t: _rewards(t, letter)))
    if stores := other_names(letter):
        modules.append(_module(base, "stores", lambda t: t("Stores"), lambda _: stores))
    if merchant.contact:
        contact = merchant.contact
        modules.append(_module(base, "contact", lambda t: t("Contact"), lambda _: contact))
    return modules


def _rewards(t: Texts, letter: PassLetter) -> str:
    program, own_texts = letter.program, letter.merchant.own_texts
    interim = [
        replace(each, name=said_in(t.locale, each.name, own_texts)) for each in program.interim_rewards or ()
    ]
    rewards = program.point_rewards if program.has_points else ()
    for_points = [replace(each, name=said_in(t.locale, each.name, own_texts)) for each in rewards]
    return plain(prices_of(t, interim, for_points))


def _balances(base: Locale, held: HeldCard) -> Resource:
    """The balances; stamps come first where there are both."""
    state, balances = held.state, []
    if state.has_stamps:
        count = f"{state.progress.on_card} / {state.progress.target}"
        balances.append(_balance(base, lambda t: t("Stamps"), {"string": count}))
    if state.has_points:
        balances.append(_balance(base, lambda t: t("Points"), {"int": state.points_balance}))
    return {"loyaltyPoints": balances[0], "secondaryLoyaltyPoints": balances[1] if balances[1:] else None}


def _standing(base: Locale, held: HeldCard) -> list[Resource]:
    """Which reward is ready now, and which is next."""
    state = held.state
    modules = _pile(base, held) if state.has_stamps else []
    if state.interim_ready or state.affordable:
        enough = partial(enough_for, held)
        modules.append(_module(base, "enough", lambda t: t("Enough for"), enough))
    if not state.has_stamps and (further := points_to_go(state)) is not None:
        place, lacking = further
        modules.append(
            _module(
                base,
                "next",
                lambda t: plain(t("{count} to go", count=t.number(lacking))),
                lambda t: held.told_in(t.locale).state.point_rewards[place].name,
            )
        )
    return modules


def _pile(base: Locale, held: HeldCard) -> list[Resource]:
    """For a card of stamps. The reward is the one that this card was promised, which may differ from that of new
    cards."""
    pile = held.state.progress
    reward = _module(
        base, "reward", lambda t: t("Reward"), lambda t: held.told_in(t.locale).state.progress.reward
    )
    if pile.rewards_available:
        ready = lambda t: plain(rewards_ready(t, pile.rewards_available))  # noqa: E731
        return [_module(base, "now", lambda t: t("At the counter"), ready), reward]
    return [reward, _module(base, "next", lambda t: t("To go"), lambda t: t.number(pile.stamps_to_go))]


def _expiring(letter: PassLetter) -> list[Resource]:
    if not letter.expiring:
        return []

    def said(t: Texts) -> str:
        return plain("\n".join(expiring_lines(t, letter.expiring)))

    return [_module(letter.locale, "expiring", lambda t: t("Expires"), said)]


def _balance(base: Locale, label: Saying, balance: Resource) -> Resource:
    return {"label": label(texts(base)), "localizedLabel": _localized(base, label), "balance": balance}


def _module(base: Locale, name: str, header: Saying, body: Saying) -> Resource:
    return {
        "id": name,
        "localizedHeader": _localized(base, header),
        "localizedBody": _localized(base, body),
    }


def _link(base: Locale, name: str, url: str, said: Saying) -> Resource:
    return {
        "id": name,
        "uri": url,
        "description": said(texts(base)),
        "localizedDescription": _localized(base, said),
    }


def _localized(base: Locale, said: Saying) -> Resource:
    """In all languages; ``base`` is for phones whose language is none of ours."""
    others: Sequence[Locale] = [locale for locale in Locale if locale is not base]
    return {
        "defaultValue": _translated(base, said),
        "translatedValues": [_translated(locale, said) for locale in others],
    }


def _translated(locale: Locale, said: Saying) -> Resource:
    return {"language": locale.value, "value": said(texts(locale))}
