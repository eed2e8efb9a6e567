"""Adds a card to a wallet, and reads what is shown there as it is now."""

from collections.abc import Sequence
from datetime import datetime

from domain.account import Account, Locale
from domain.card import CardRef
from domain.ids import CardId, MerchantId, PassId
from domain.merchant import Merchant, Program, Store
from domain.ports import Tx
from domain.quick import dataclass
from domain.refusals import CardInactive, CardNotFound
from domain.rules.closing import has_ended
from domain.rules.closures import calendar_of
from domain.usecases.keep_logo import picture_of
from domain.usecases.my_balances import Expiring, expiring_of
from domain.usecases.my_cards import HeldCard, held_card, own_card
from domain.wallet import (
    DEVICES_MAX,
    SETTLED_AFTER,
    PassKey,
    WalletDevice,
    WalletKind,
    WalletPass,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AddPass:
    account: Account
    merchant_id: MerchantId
    card_id: CardId
    wallet: WalletKind


@dataclass(frozen=True, slots=True, kw_only=True)
class PassLetter:
    """A pass as a wallet gets it, with everything it may show. ``held`` is None for a voided pass, which shows
    nothing any more. ``stores`` are the open ones, ``locale`` is the holder's, ``logo`` a PNG."""

    wallet_pass: WalletPass
    merchant: Merchant
    program: Program
    stores: Sequence[Store]
    locale: Locale
    held: HeldCard | None
    is_active: bool
    expiring: Sequence[Expiring] = ()
    logo: bytes | None = None
    devices: Sequence[WalletDevice] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterDevice:
    key: PassKey
    device_hash: str
    push_token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnregisterDevice:
    key: PassKey
    device_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PassesOn:
    """``since`` is the ``until`` of the previous answer, None the first time."""

    device_hash: str
    since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedPasses:
    keys: Sequence[PassKey]
    until: datetime


def add_pass(*, tx: Tx, command: AddPass) -> PassLetter:
    """The one pass of the card in this kind of wallet, for any number of the holder's devices. Raises CardNotHeld
    unless the card is the account's own, CardMerged, CardInactive."""
    _, customer, card, _ = own_card(tx, command.account, command.merchant_id, command.card_id)
    if not card.active:
        raise CardInactive
    found = tx.good_pass(card, command.wallet)
    if found is None:
        found = WalletPass(
            merchant_id=card.merchant_id,
            pass_id=PassId(tx.new_id()),
            card_id=card.card_id,
            wallet=command.wallet,
            bot_id=customer.account.bot_id,
            revision=1,
            changed_at=tx.now,
            created_at=tx.now,
        )
        tx.add_pass(found)
    return _letter(tx, found)


def pass_letter(*, tx: Tx, query: PassKey) -> PassLetter:
    """Raises CardNotFound for a pass that does not exist, or not any more."""
    found = tx.wallet_pass(query)
    if found is None:
        raise CardNotFound
    return _letter(tx, found)


def register_device(*, tx: Tx, command: RegisterDevice) -> bool:
    """False where the device was registered before: its token is updated. Where there are too many, the oldest is
    removed. Raises CardNotFound."""
    if tx.wallet_pass(command.key) is None:
        raise CardNotFound
    device = WalletDevice(
        merchant_id=command.key.merchant_id,
        pass_id=command.key.pass_id,
        device_hash=command.device_hash,
        push_token=command.push_token,
        registered_at=tx.now,
    )
    is_new = tx.save_device(device)
    if is_new:
        others = [each for each in tx.devices_of(command.key) if each.device_hash != device.device_hash]
        for each in others[DEVICES_MAX - 1 :]:
            tx.forget_device(each)
    return is_new


def unregister_device(*, tx: Tx, command: UnregisterDevice) -> bool:
    """False where it was not registered."""
    devices = tx.devices_of(command.key)
    return any(tx.forget_device(each) for each in devices if each.device_hash == command.device_hash)


def passes_on(*, tx: Tx, query: PassesOn) -> ChangedPasses | None:
    """The passes of a device that changed since; None where there are none. Recent ones are given again the next
    time, since changes beside them may not be visible yet."""
    found = tx.passes_on(query.device_hash, query.since)
    if not found:
        return None
    until = min(found[-1].changed_at, tx.now - SETTLED_AFTER)
    if query.since is not None:
        until = max(until, query.since)
    return ChangedPasses(keys=[each.key for each in found], until=until)


def void_passes_of_shop(*, tx: Tx, command: MerchantId) -> int:
    """Voids all passes before the data of a closed shop is deleted; returns how many there were."""
    merchant = tx.merchant(command)
    if merchant is None or not has_ended(merchant, tx.now):
        return 0
    return tx.void_all_passes(command)


def _letter(tx: Tx, wallet_pass: WalletPass) -> PassLetter:
    merchant = tx.merchant(wallet_pass.merchant_id)
    found = tx.card(wallet_pass.merchant_id, CardRef("id", wallet_pass.card_id))
    if merchant is None or found is None:
        raise CardNotFound
    card, customer, program = found
    person = tx.person(customer.account)
    is_good = wallet_pass.voided_at is None
    return PassLetter(
        wallet_pass=wallet_pass,
        merchant=merchant,
        program=program,
        stores=[store for store in tx.stores_of(merchant.merchant_id) if store.active],
        locale=(person.locale if person else None) or merchant.default_locale,
        held=held_card(tx, merchant, customer, card, program) if is_good else None,
        is_active=is_good and card.active,
        expiring=expiring_of(tx, merchant, calendar_of(merchant, customer), card, program) if is_good else (),
        logo=picture_of(tx.logo(merchant.merchant_id)),
        devices=tx.devices_of(wallet_pass.key),
    )
