"""The secret key with which a database's codes were made: recognised, and replaced by another."""

from collections.abc import Callable, Iterator, Sequence

from domain.card import Card, CardRef, Customer
from domain.ids import CardId, Fingerprint, MerchantId, StaffId, StoreId, TokenHash
from domain.link import LinkKind, Route
from domain.merchant import Merchant
from domain.messages import CodesChanged, MessageKind, NewCode
from domain.ports import Directory, Holdings, Staffing, Tx
from domain.quick import dataclass
from domain.rules import pins
from domain.staff import Role, Staff
from domain.usecases.choose_desk import LeaveTerminal, leave_terminal
from domain.usecases.print_cards import withdraw
from domain.usecases.reset_pin import ResetPinByOperator, reset_pin_by_operator
from domain.usecases.sending import send

ALL = 2**31 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretKey:
    """What a database may see of a key: its fingerprint, and the hashes of the tokens that it makes."""

    fingerprint: Fingerprint
    card_hash: Callable[[CardId, int], TokenHash]
    store_hash: Callable[[StoreId], TokenHash]
    pin_link_hash: Callable[[StaffId, int], TokenHash]


@dataclass(frozen=True, slots=True, kw_only=True)
class PinOwed:
    """A member whose PIN was deleted and who has a link to choose a new one; ``generation`` is the one after the
    deletion."""

    merchant_name: str
    staff_id: StaffId
    name: str
    generation: int


def key_fingerprint(*, tx: Directory, query: None) -> Fingerprint | None:  # noqa: ARG001
    return tx.key_fingerprint()


def adopt_key(*, tx: Holdings, command: SecretKey) -> bool:
    """A database without a fingerprint accepts the key as its own, the first of several that come at once. Returns
    False, and does not accept it, where most codes on cards and posters were made with another key."""
    if (known := tx.key_fingerprint()) is not None:
        return known == command.fingerprint
    judged = [_was_made_with(tx, command, merchant) for merchant in tx.merchants()]
    if 2 * sum(made for made, _ in judged) < sum(of for _, of in judged):
        return False
    tx.save_key_fingerprint(command.fingerprint)
    return True


def rotate_key(*, tx: Tx, command: SecretKey) -> None:
    """Replaces the key, in one transaction for all merchants.

    Every card gets a new code, and its holder is told; old codes become invalid. Posters on the wall go on working.
    PINs are deleted, with a link for each member to choose another, and nobody stands at a terminal, because anybody
    there could choose the PIN. Owners and managers are told. Questions end, because the keys pressed on a keypad can
    no longer be read.
    """
    for merchant in tx.merchants():
        for store in tx.stores_of(merchant.merchant_id):
            _lead(tx, command.store_hash(store.store_id), LinkKind.JOIN, merchant.merchant_id, store.store_id)
        for card, customer in _cards(tx, merchant):
            _change_code(tx, command, merchant, card, customer)
        withdraw(tx, tx.unused_blanks(merchant.merchant_id))
        for staff in tx.staff_of(merchant.merchant_id):
            _reset_pin(tx, command, staff)
        told = CodesChanged(merchant_name=merchant.name)
        for manager in tx.managers_of(merchant.merchant_id):
            send(tx, merchant.merchant_id, manager, MessageKind.CODES_CHANGED, told)
    tx.end_dialogues()
    tx.save_key_fingerprint(command.fingerprint)


def pins_owed(*, tx: Staffing, query: SecretKey) -> Sequence[PinOwed]:
    """The members who have not opened their link from the rotation to this key."""
    return [
        PinOwed(
            merchant_name=merchant.name,
            staff_id=staff.staff_id,
            name=staff.name,
            generation=staff.pin.generation,
        )
        for merchant in tx.merchants()
        for staff in tx.staff_of(merchant.merchant_id)
        if staff.pin.hash is None and tx.route(query.pin_link_hash(staff.staff_id, staff.pin.generation))
    ]


def _was_made_with(tx: Holdings, key: SecretKey, merchant: Merchant) -> tuple[int, int]:
    """How many of the merchant's codes were made with the key, and how many codes there are."""
    hashes = [key.store_hash(store.store_id) for store in tx.stores_of(merchant.merchant_id)]
    hashes += [key.card_hash(card.card_id, card.token_rotation) for card, _ in _cards(tx, merchant)]
    return sum(tx.route(token_hash) is not None for token_hash in hashes), len(hashes)


def _cards(tx: Holdings, merchant: Merchant) -> Iterator[tuple[Card, Customer]]:
    for program in tx.programs_of(merchant.merchant_id):
        for card_id in tx.cards_in(program, None, ALL):
            found = tx.card(merchant.merchant_id, CardRef("id", card_id))
            if found is not None:
                yield found[0], found[1]


def _change_code(tx: Tx, key: SecretKey, merchant: Merchant, card: Card, customer: Customer) -> None:
    token_hash = key.card_hash(card.card_id, card.token_rotation + 1)
    tx.rotate_token(card, token_hash)
    tx.retire_routes(card.merchant_id, card.card_id)
    _lead(tx, token_hash, LinkKind.CARD, card.merchant_id, card.card_id)
    if card.active:
        facts = NewCode(merchant_name=merchant.name, card_id=card.card_id, card_number=card.number)
        send(tx, card.merchant_id, customer.account, MessageKind.NEW_CODE, facts)


def _reset_pin(tx: Staffing, key: SecretKey, staff: Staff) -> None:
    if staff.is_active and staff.role is Role.TERMINAL and staff.account and tx.desk(staff.account):
        leave_terminal(tx=tx, command=LeaveTerminal(account=staff.account))
    if staff.pin.hash is None:
        return
    pin = pins.changed(staff.pin, None)
    tx.save_pin(staff, pin)
    tx.end_pin_sessions(staff)
    asked = ResetPinByOperator(
        merchant_id=staff.merchant_id,
        staff_id=staff.staff_id,
        token_hash=key.pin_link_hash(staff.staff_id, pin.generation),
    )
    reset_pin_by_operator(tx=tx, command=asked)


def _lead(
    tx: Directory, token_hash: TokenHash, kind: LinkKind, merchant_id: MerchantId, target_id: str
) -> None:
    """Adds the route unless it exists: an old key that is used again makes the same tokens."""
    if tx.route(token_hash) is None:
        tx.add_route(Route(token_hash=token_hash, kind=kind, merchant_id=merchant_id, target_id=target_id))
