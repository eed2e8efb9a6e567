"""For whom a message is rendered, and in whose words."""

from collections.abc import Sequence
from contextlib import suppress

from domain.account import Account, Locale
from domain.card import CardRef
from domain.delivery import (
    MessageUnreadable,
)
from domain.dispute import Dispute
from domain.ids import CardId, EntryId, MerchantId
from domain.merchant import OwnText, said_in
from domain.messages import (
    BalanceExpired,
    BalanceExpiring,
    BirthdayBonus,
    CardAdopted,
    CardBlocked,
    Message,
    MoveAsked,
    NewCode,
    Receipt,
    ReferralBonus,
    ReferralVoided,
    RewardExpired,
    RewardExpiring,
    RewardReady,
    WelcomeBonus,
    WinBack,
)
from domain.ports import RowUnreadable, Tx
from domain.quick import dataclass, replace
from domain.usecases.wordings import wording_for

OfOneCard = (
    Receipt
    | RewardReady
    | WelcomeBonus
    | BalanceExpiring
    | BalanceExpired
    | RewardExpiring
    | RewardExpired
    | NewCode
    | CardBlocked
    | CardAdopted
    | MoveAsked
    | BirthdayBonus
    | WinBack
    | ReferralBonus
    | ReferralVoided
)
"""Messages about one card, of which the reader may have several."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """``locale`` is the person's present language, else the merchant's, None when neither is known.

    ``wording`` replaces the usual words of the message in that language, None where the merchant and the store have
    none; ``colour`` and ``own_texts`` are the merchant's.
    """

    locale: Locale | None
    timezone: str
    colour: str | None = None
    wording: str | None = None
    own_texts: Sequence[OwnText] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A message that shows a card; ``receipt`` is what is written below it, None for nothing or what cannot be
    read. ``dispute`` is the one that its holder opened against that receipt."""

    reference: str
    receipt: tuple[Message, Reader] | None
    dispute: Dispute | None = None


def reader_of(*, tx: Tx, query: Message) -> Reader:
    person, merchant = tx.person(query.recipient), tx.merchant(query.merchant_id)
    locale = person.locale if person else None
    if merchant is None:
        return Reader(locale=locale, timezone="UTC")
    locale = locale or merchant.default_locale
    return Reader(
        locale=locale,
        timezone=merchant.timezone,
        colour=merchant.colour,
        wording=wording_for(tx, query, locale),
        own_texts=merchant.own_texts,
    )


def told_to(reader: Reader, message: Message, card_name: str | None) -> Message:
    """The message with the names of the reward, and of the card where the holder has several of the shop, in the
    reader's language."""
    facts = message.facts
    if reader.own_texts and reader.locale is not None:
        if isinstance(facts, Receipt | RewardReady | RewardExpiring | RewardExpired):
            facts = replace(facts, reward=said_in(reader.locale, facts.reward, reader.own_texts))
        card_name = card_name and said_in(reader.locale, card_name, reader.own_texts)
    if card_name and isinstance(facts, OfOneCard):
        place = f"{facts.merchant_name} ({card_name})"
        if isinstance(facts, Receipt) and facts.store_name == facts.merchant_name:
            facts = replace(facts, store_name=place)
        facts = replace(facts, merchant_name=place)
    return replace(message, facts=facts)


def card_name_of(tx: Tx, merchant_id: MerchantId, ref: CardRef) -> str | None:
    """None where it is the only card of its holder at the shop, and where that cannot be read."""
    with suppress(RowUnreadable):
        found = tx.card(merchant_id, ref)
        if found is not None and found[2].name and len(tx.cards_of(found[1])) > 1:
            return found[2].name
    return None


def name_of_its_card(tx: Tx, message: Message) -> str | None:
    """As ``card_name_of``; None for a message that is not about one card."""
    if not isinstance(message.facts, OfOneCard):
        return None
    return card_name_of(tx, message.merchant_id, CardRef("number", message.facts.card_number))


def shown_at(
    tx: Tx,
    account: Account,
    merchant_id: MerchantId,
    card_id: CardId,
    card_name: str | None,
    *,
    is_left: bool = True,
) -> Shown | None:
    """What is said there is read only where the card leaves it behind."""
    shown = tx.card_shown(account, merchant_id, card_id)
    if shown is None:
        return None
    receipt = dispute = None
    if shown.receipt is not None and is_left:
        with suppress(MessageUnreadable):
            message = tx.message(merchant_id, shown.receipt)
            reader = reader_of(tx=tx, query=message)
            receipt = told_to(reader, message, card_name), reader
        dispute = tx.dispute(merchant_id, EntryId(shown.receipt))
    return Shown(reference=shown.reference, receipt=receipt, dispute=dispute)
