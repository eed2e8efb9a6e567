"""A card as a pass in Apple Wallet (https://developer.apple.com/documentation/walletpasses/pass).

The pass is written in the holder's language; files beside it translate each text, and the phone takes its own
language.
"""

from collections.abc import Callable, Mapping
from typing import Any

from bot.pictures.faces import PassFace
from bot.pictures.shades import COLOUR, INK, Scheme, scheme_of
from bot.texts import Texts, plain, texts
from bot.views.cards import expiring_lines
from bot.views.pass_parts import (
    LOCATIONS_MAX,
    as_data,
    enough_for,
    other_names,
    places_of,
    points_to_go,
    prices_of,
    terms_of,
)
from bot.views.progress import card_kind, rewards_ready, spaced
from domain.account import Locale
from domain.quick import dataclass
from domain.rules.points import next_reward
from domain.usecases.card_state import CardState
from domain.usecases.my_cards import HeldCard
from domain.usecases.wallets import PassLetter

LEFT_OUT = "\u2060"
"""An invisible character, added to a text that already has another translation: the text is the key of its
translations."""
VALUE = "%@"
"""In the text about a change, the place where the phone puts the new value."""

Say = Callable[[Callable[[Texts], str]], str]
Field = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class PassFacts:
    """What a pass needs besides the card. ``card_url`` opens the card in the chat; the card's QR code holds it."""

    pass_type_id: str
    team_id: str
    serial: str
    token: str
    service_url: str
    card_url: str | None
    chat_url: str


@dataclass(frozen=True, slots=True)
class PassText:
    """``strings`` has for each language the translations of the texts in ``content``."""

    content: Mapping[str, Any]
    strings: Mapping[Locale, Mapping[str, str]]


def pass_text(letter: PassLetter, facts: PassFacts) -> PassText:
    said = _Said(letter.locale)
    merchant, scheme = letter.merchant, scheme_of(letter.merchant.colour)
    content: dict[str, Any] = {
        "formatVersion": 1,
        "passTypeIdentifier": facts.pass_type_id,
        "teamIdentifier": facts.team_id,
        "serialNumber": facts.serial,
        "authenticationToken": facts.token,
        "webServiceURL": facts.service_url,
        "organizationName": merchant.name,
        "description": said(lambda t: _description(t, letter)),
        "logoText": merchant.name,
        **_colours(scheme),
        "sharingProhibited": True,
        "storeCard": _fields(said, letter, facts),
    }
    if not letter.is_active:
        content["voided"] = True
    if letter.is_active and (locations := _locations(letter)):
        content["locations"] = locations
    if merchant.closes_at is not None:
        content["expirationDate"] = merchant.closes_at.isoformat(timespec="seconds")
    if letter.held is not None and facts.card_url is not None and letter.is_active:
        content["barcodes"] = [
            {
                "format": "PKBarcodeFormatQR",
                "message": facts.card_url,
                "messageEncoding": "iso-8859-1",
                "altText": spaced(letter.held.state.card_number),
            }
        ]
    return PassText(content, said.strings)


def pass_face(letter: PassLetter) -> PassFace:
    merchant, state = letter.merchant, letter.held.state if letter.held else None
    if state is None:
        return PassFace(merchant_name=merchant.name, colour=merchant.colour, logo=letter.logo)
    further = next_reward(state.points_balance, state.point_rewards) if state.has_points else None
    return PassFace(
        merchant_name=merchant.name,
        colour=merchant.colour,
        stamp_count=state.progress.on_card if state.has_stamps else 0,
        stamps_target=state.progress.target if state.has_stamps else 0,
        on_the_way=tuple(dict.fromkeys(each.stamps for each in state.interim)),
        share=state.points_balance / further.cost if further else None,
        logo=letter.logo,
    )


def _locations(letter: PassLetter) -> list[Mapping[str, Any]]:
    """The places near which a phone shows the pass by itself."""
    return [{**degrees, "relevantText": name} for name, degrees in places_of(letter.stores)[:LOCATIONS_MAX]]


class _Said:
    """Returns each text in the base language, and collects its translations into all languages."""

    def __init__(self, base: Locale) -> None:
        self._base = base
        self.strings: dict[Locale, dict[str, str]] = {locale: {} for locale in Locale}

    def __call__(self, of: Callable[[Texts], str]) -> str:
        said = {locale: plain(of(texts(locale))) for locale in Locale}
        key = said[self._base]
        while any(self.strings[locale].get(key, text) != text for locale, text in said.items()):
            key += LEFT_OUT
        for locale, text in said.items():
            self.strings[locale][key] = text
        return key


def _description(t: Texts, letter: PassLetter) -> str:
    program = letter.program
    kind = card_kind(t, has_stamps=program.has_stamps, has_points=program.has_points)
    return t("{card}: {merchant}", card=kind, merchant=letter.merchant.name)


def _colours(scheme: Scheme) -> Mapping[str, str]:
    shades = {"foregroundColor": INK, "backgroundColor": COLOUR, "labelColor": scheme.muted}
    return {name: "rgb({}, {}, {})".format(*scheme.rgb(shade)) for name, shade in shades.items()}


def _fields(said: Say, letter: PassLetter, facts: PassFacts) -> Mapping[str, list[Field]]:
    held = letter.held
    if held is None:
        over = _field("over", said(lambda t: t("This card is not in use any more.")))
        return {"secondaryFields": [over], "backFields": [_chat(said, facts)]}
    state = held.state
    stamps = _stamps(said, held) if state.has_stamps else {}
    points = _points(said, held, is_alone=not state.has_stamps) if state.has_points else {}
    fields: dict[str, list[Field]] = {}
    for part in (stamps, points, _enough(said, held)):
        for name, some in part.items():
            fields.setdefault(name, []).extend(some)
    return {**fields, "backFields": _back(said, letter, held, facts)}


def _stamps(said: Say, held: HeldCard) -> Mapping[str, list[Field]]:
    pile = held.state.progress
    count = said(lambda t: t("{count} of {target}", count=pile.on_card, target=pile.target))
    change = said(lambda t: t("Your stamps: {value}", value=VALUE))
    reward = said(lambda t: as_data(_told(t, held).progress.reward))
    standing = _field("standing", said(lambda t: t.number(pile.stamps_to_go)), said(lambda t: t("To go")))
    if pile.rewards_available:
        ready = said(lambda t: rewards_ready(t, pile.rewards_available))
        standing = _field("ready", ready, said(lambda t: t("Rewards")), VALUE)
    return {
        "headerFields": [_field("stamps", count, said(lambda t: t("Stamps")), change)],
        "secondaryFields": [_field("reward", reward, said(lambda t: t("Reward")))],
        "auxiliaryFields": [standing],
    }


def _points(said: Say, held: HeldCard, *, is_alone: bool) -> Mapping[str, list[Field]]:
    """The balance is the primary field where the card has no stamps."""
    change = said(lambda t: t("Your points: {value}", value=VALUE))
    label = said(lambda t: t("Points"))
    balance = _field("points", said(lambda t: t.number(held.state.points_balance)), label, change)
    if not is_alone:
        return {"auxiliaryFields": [balance]}
    fields = {"primaryFields": [balance]}
    if (further := points_to_go(held.state)) is not None:
        place, lacking = further
        name = said(lambda t: as_data(_told(t, held).point_rewards[place].name))
        left = said(lambda t: t("{count} to go", count=t.number(lacking)))
        fields["auxiliaryFields"] = [_field("next", name, left)]
    return fields


def _enough(said: Say, held: HeldCard) -> Mapping[str, list[Field]]:
    if not (held.state.interim_ready or held.state.affordable):
        return {}
    names = said(lambda t: as_data(enough_for(held, t)))
    return {"secondaryFields": [_field("enough", names, said(lambda t: t("Enough for")))]}


def _back(said: Say, letter: PassLetter, held: HeldCard, facts: PassFacts) -> list[Field]:
    merchant = letter.merchant
    fields = [
        _field("number", spaced(held.state.card_number), said(lambda t: t("Card number"))),
        _field("terms", said(lambda t: terms_of(t, letter)), said(lambda t: t("How it works"))),
    ]
    if letter.expiring:
        expiring = said(lambda t: "\n".join(expiring_lines(t, letter.expiring)))
        fields.append(_field("expiring", expiring, said(lambda t: t("Expires"))))
    if held.state.interim or held.state.has_points:
        rewards = said(lambda t: _rewards(t, held))
        fields.append(_field("rewards", rewards, said(lambda t: t("Rewards"))))
    if where := other_names(letter):
        fields.append(_field("stores", where, said(lambda t: t("Stores"))))
    if merchant.contact:
        fields.append(_field("contact", merchant.contact, said(lambda t: t("Contact"))))
    if facts.card_url is not None:
        fields.append(_field("history", facts.card_url, said(lambda t: t("History"))))
    return [*fields, _chat(said, facts)]


def _rewards(t: Texts, held: HeldCard) -> str:
    state = _told(t, held)
    return prices_of(t, state.interim, state.point_rewards if state.has_points else ())


def _chat(said: Say, facts: PassFacts) -> Field:
    return _field("chat", facts.chat_url, said(lambda t: t("The chat")))


def _told(t: Texts, held: HeldCard) -> CardState:
    return held.told_in(t.locale).state


def _field(key: str, value: str, label: str | None = None, change: str | None = None) -> Field:
    told = {"key": key, "label": label, "value": value, "changeMessage": change}
    return {name: each for name, each in told.items() if each is not None}
