"""The operator looks at passes, has wallets told again, or voids the passes of a card."""

from collections.abc import Sequence

from domain.card import Card, CardRef
from domain.ids import BotId, CardNumber, MerchantId
from domain.ports import Tx
from domain.quick import dataclass
from domain.refusals import CardNotFound, MerchantNotFound
from domain.wallet import PassStanding, WalletDevice

FAILURES_SHOWN = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class PassesOf:
    merchant_id: MerchantId
    card: CardRef


@dataclass(frozen=True, slots=True, kw_only=True)
class PassSeen:
    """``card_number`` is that of the pass's card; ``devices`` are those that hear of it, newest first."""

    standing: PassStanding
    card_number: CardNumber
    devices: Sequence[WalletDevice] = ()


def see_passes(*, tx: Tx, query: PassesOf) -> Sequence[PassSeen]:
    """All passes of a card, including voided ones, oldest first. Raises CardNotFound."""
    card = _card(tx, query.merchant_id, query.card)
    return [
        PassSeen(standing=each, card_number=card.number, devices=tx.devices_of(each.wallet_pass.key))
        for each in tx.standing_of(card)
    ]


def failing_passes(*, tx: Tx, query: BotId) -> Sequence[PassSeen]:
    """Of all shops: passes that were given up, newest first, then those that are tried again."""
    seen = []
    for each in tx.failing_passes(query, FAILURES_SHOWN):
        wallet_pass = each.wallet_pass
        card = _card(tx, wallet_pass.merchant_id, CardRef("id", wallet_pass.card_id))
        seen.append(PassSeen(standing=each, card_number=card.number))
    return seen


def tell_card_again(*, tx: Tx, command: PassesOf) -> Sequence[PassSeen]:
    """Has the card's wallets told now, whatever became of the last try. Raises CardNotFound."""
    tx.tell_again(_card(tx, command.merchant_id, command.card))
    return see_passes(tx=tx, query=command)


def tell_shop_again(*, tx: Tx, command: MerchantId) -> None:
    """Has all wallets with a card of the shop told, some at a time. Raises MerchantNotFound."""
    if tx.merchant(command) is None:
        raise MerchantNotFound
    tx.terms_changed(command)


def void_card_passes(*, tx: Tx, command: PassesOf) -> Sequence[PassSeen]:
    """The card itself stays as it is; its holder may add it to a wallet again. Raises CardNotFound."""
    tx.void_passes(_card(tx, command.merchant_id, command.card))
    return see_passes(tx=tx, query=command)


def _card(tx: Tx, merchant_id: MerchantId, ref: CardRef) -> Card:
    found = tx.card(merchant_id, ref)
    if found is None:
        raise CardNotFound
    return found[0]
