"""A guest takes their card into Telegram. The account that scanned its code asks; then a member at the counter, who
sees the card, confirms it, or the guest types the code that goes to the card's mailbox."""

from collections.abc import Callable
from datetime import datetime

from domain.account import Account
from domain.acts import Adopt, Asked
from domain.card import Card, CardRef, Customer, Holding, NoteKind
from domain.ids import AdoptionId, CardId, CardNumber, MerchantId, OperationKey, TokenHash
from domain.merchant import Merchant, Program
from domain.messages import CardAdopted, MessageKind
from domain.ports import Tx
from domain.printed import Adoption
from domain.quick import dataclass, replace
from domain.refusals import (
    AdoptionOver,
    CardCodeOver,
    CardInactive,
    CardNotFound,
    MailCodeJustSent,
    MailCodesTooMany,
    OwnCardRefused,
    ProgramInactive,
)
from domain.rights import Right
from domain.rules.counter import Admitted
from domain.rules.names import clean_name
from domain.usecases.asking import is_of_team
from domain.usecases.change_hands import leave_nothing_with
from domain.usecases.guest_mail import mailbox_of_guest, pass_on_mailbox
from domain.usecases.join_store import give_welcome_bonus, mind_the_birthday
from domain.usecases.keep_mailbox import AskMailCode, ask_mail_code, tries_left_after
from domain.usecases.manage_cards import note_down
from domain.usecases.merge_cards import made_by, merge_into
from domain.usecases.my_cards import change_code, check_not_merged
from domain.usecases.posting import admitted, ask_pin
from domain.usecases.sending import send


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptionCode:
    """A code for the mailbox of the card, if it has one; the fields are those of ``AskMailCode``."""

    key: OperationKey
    code_hash: str
    mail_hash: TokenHash
    address_mark: Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class AskAdoption:
    """``code`` is None where no mail is to be sent."""

    account: Account
    name: str
    merchant_id: MerchantId
    card_id: CardId
    code: AdoptionCode | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptionAsked:
    """``mail_to`` is where a code was sent now, None where none was."""

    merchant_name: str
    card_number: CardNumber
    timezone: str
    until: datetime
    mail_to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmAdoption:
    """``card_hash`` makes the hash of a card's code in a rotation, ``account_hash`` that of ``Erasure``."""

    asked: Asked[Adopt]
    card_hash: Callable[[CardId, int], TokenHash]
    account_hash: Callable[[Account, MerchantId], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProveAdoption:
    """The code from the mail; the other fields are as in ``ConfirmAdoption``."""

    account: Account
    merchant_id: MerchantId
    card_id: CardId
    code_hash: str
    card_hash: Callable[[CardId, int], TokenHash]
    account_hash: Callable[[Account, MerchantId], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptionProved:
    """``adopted`` is None for a wrong code, after which ``tries_left`` tries are left."""

    adopted: "Adopted | None"
    tries_left: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Adopted:
    """``card_id`` is the card that the account has now: where the guest's card was merged into one it had, that
    one."""

    name: str
    card_id: CardId
    card_number: CardNumber
    is_merged: bool


def ask_adoption(*, tx: Tx, command: AskAdoption) -> AdoptionAsked:
    """Records the request, in place of an earlier one. Raises CardNotFound for a card that is not a guest's,
    CardInactive, ProgramInactive, and OwnCardRefused for accounts of the team, who serve the card."""
    merchant = tx.merchant(command.merchant_id)
    found = tx.card(command.merchant_id, CardRef("id", command.card_id))
    if merchant is None or found is None or not found[1].account.is_guest or found[0].merged_into is not None:
        raise CardNotFound
    card, guest, program = found
    if not card.active:
        raise CardInactive
    if not program.active:
        raise ProgramInactive
    if is_of_team(tx, command.merchant_id, command.account):
        raise OwnCardRefused
    before = tx.adoption(card)
    if before is not None and before.account == command.account and before.is_open(tx.now):
        adoption = before
    else:
        adoption = Adoption(
            merchant_id=card.merchant_id,
            card_id=card.card_id,
            adoption_id=AdoptionId(tx.new_id()),
            account=command.account,
            name=clean_name(command.name),
            asked_at=tx.now,
        )
        tx.save_adoption(adoption)
        tx.remember_merchant(command.account, card.merchant_id)
    return AdoptionAsked(
        merchant_name=merchant.name,
        card_number=card.number,
        timezone=merchant.timezone,
        until=adoption.expires_at,
        mail_to=_mail_code(tx, guest.account, command.code) if command.code else None,
    )


def prove_adoption(*, tx: Tx, command: ProveAdoption) -> AdoptionProved:
    """Takes effect once; repeating it changes nothing. A wrong code is returned and not raised, since a refusal would
    undo the count of tries. Raises CardCodeOver, CardInactive, ProgramInactive, CardMerged, and OwnCardRefused for
    the team."""
    guest = tx.lock_card(command.merchant_id, command.card_id)
    adoption = tx.adoption(guest.card) if guest else None
    if guest is None or adoption is None or adoption.account != command.account:
        raise CardCodeOver
    if adoption.confirmed_at is not None:
        return AdoptionProved(adopted=_adopted(_held_now(tx, guest.card), adoption))
    if not guest.customer.account.is_guest or not adoption.is_open(tx.now):
        raise CardCodeOver
    tries_left = _tries_left(tx, guest.customer.account, command.code_hash)
    if tries_left is not None:
        return AdoptionProved(adopted=None, tries_left=tries_left)
    if not guest.card.active:
        raise CardInactive
    if not guest.program.active:
        raise ProgramInactive
    if is_of_team(tx, command.merchant_id, command.account):
        raise OwnCardRefused
    return AdoptionProved(adopted=_take(tx, guest, adoption, command))


def _held_now(tx: Tx, card: Card) -> Card:
    """The card, or the one that it was merged into."""
    into = tx.card(card.merchant_id, CardRef("id", card.merged_into)) if card.merged_into else None
    return into[0] if into else card


def _tries_left(tx: Tx, guest: Account, code_hash: str) -> int | None:
    """None for the right code. Raises CardCodeOver."""
    code = tx.open_mail_code(guest)
    if code is None or code.code_hash is None or not code.is_open(tx.now):
        raise CardCodeOver
    return tries_left_after(tx, code, code_hash)


def confirm_adoption(*, tx: Tx, command: ConfirmAdoption) -> Adopted:
    """Takes effect once; repeating it changes nothing. The code on the paper becomes invalid. Raises all that
    ``admit`` and ``ask_pin`` raise, AdoptionOver, CardMerged, and OwnCardRefused where the card would go to the
    team."""
    asked = command.asked
    at = admitted(tx, asked, Right.SEE_CARD, None)
    adoption = tx.adoption_of(at.merchant.merchant_id, asked.act.adoption)
    if adoption is None:
        raise AdoptionOver
    if adoption.confirmed_at is not None:
        return _adopted(at.card, adoption)
    if (
        adoption.card_id != at.card.card_id
        or not adoption.is_open(tx.now)
        or not at.customer.account.is_guest
    ):
        raise AdoptionOver
    if is_of_team(tx, at.merchant.merchant_id, adoption.account):
        raise OwnCardRefused
    guest = Holding(merchant=at.merchant, customer=at.customer, card=at.card, program=at.program)
    return _take(tx, guest, adoption, command, at)


def _take(
    tx: Tx,
    guest: Holding,
    adoption: Adoption,
    command: ConfirmAdoption | ProveAdoption,
    at: Admitted | None = None,
) -> Adopted:
    """``at`` is the counter, None where the code was typed, which proves that the mailbox is theirs too."""
    merchant, card = guest.merchant, guest.card
    holder = tx.customer_of(merchant.merchant_id, adoption.account)
    own, by = _own_card(tx, guest, holder) if holder else None, {}
    if at is not None and isinstance(command, ConfirmAdoption):
        ask_pin(tx, at, command.asked)
        by = made_by(at, command.asked)
    card = change_code(tx, card, command.card_hash(card.card_id, card.token_rotation + 1))
    if at is not None:
        note_down(tx, card, NoteKind.ADOPTED, "", at.staff.staff_id)
    else:
        note_down(tx, card, NoteKind.ADOPTED_BY_MAIL, "", None)
    tx.save_adoption(replace(adoption, confirmed_at=tx.now))
    tx.remember_merchant(adoption.account, card.merchant_id)
    pass_on_mailbox(tx, guest.customer.account, adoption.account, is_theirs=at is None)
    if own is not None:
        key = OperationKey(f"adopt:{adoption.adoption_id}")
        other = replace(guest, card=card)
        into = merge_into(tx, own, other, key, f"adopt card={card.card_id}", **by)
        leave_nothing_with(tx, card.merchant_id, guest.customer.account, adoption.account)
        return _adopted(into, adoption)
    if holder is None:
        tx.hand_over(guest.customer, adoption.account, adoption.name)
        account_hash = command.account_hash(adoption.account, card.merchant_id)
        mind_the_birthday(tx, merchant, guest.customer, account_hash)
        leave_nothing_with(tx, card.merchant_id, guest.customer.account, adoption.account)
    else:
        card = tx.give_card(card, holder)
        leave_nothing_with(tx, card.merchant_id, guest.customer.account, adoption.account, guest.customer)
    _tell(tx, merchant, card, adoption)
    _welcome(tx, guest.program, card, command.account_hash(adoption.account, card.merchant_id))
    return _adopted(card, adoption)


def _mail_code(tx: Tx, guest: Account, asked: AdoptionCode) -> str | None:
    """Where the code goes. None without a mailbox, or where too many codes were sent to it."""
    mailbox = mailbox_of_guest(tx, guest)
    if mailbox is None:
        return None
    command = AskMailCode(
        account=guest,
        key=asked.key,
        address=mailbox.address,
        address_mark=asked.address_mark(mailbox.address),
        code_hash=asked.code_hash,
        mail_hash=asked.mail_hash,
    )
    try:
        ask_mail_code(tx=tx, command=command)
    except (MailCodeJustSent, MailCodesTooMany):
        return None
    return mailbox.address


def _adopted(card: Card, adoption: Adoption) -> Adopted:
    return Adopted(
        name=adoption.name,
        card_id=card.card_id,
        card_number=card.number,
        is_merged=card.card_id != adoption.card_id,
    )


def _own_card(tx: Tx, guest: Holding, holder: Customer) -> Holding | None:
    """The holder's card of the same program. Raises CardMerged where it was merged into somebody else's."""
    for card, program in tx.cards_of(holder):
        if program.program_id == guest.program.program_id:
            return Holding(merchant=guest.merchant, customer=holder, card=card, program=program)
    for card in tx.merged_cards_of(holder):
        if card.program_id == guest.program.program_id:
            check_not_merged(tx, card)
    return None


def _welcome(tx: Tx, program: Program, card: Card, account_hash: str) -> None:
    """Gives the bonus that joining in the chat would have given, once for the card."""
    if not program.welcome_bonus or tx.erased_at(card.merchant_id, account_hash) is not None:
        return
    held = tx.lock_card(card.merchant_id, card.card_id)
    if held is not None:
        give_welcome_bonus(tx, held)


def _tell(tx: Tx, merchant: Merchant, card: Card, adoption: Adoption) -> None:
    facts = CardAdopted(merchant_name=merchant.name, card_id=card.card_id, card_number=card.number)
    send(tx, card.merchant_id, adoption.account, MessageKind.CARD_ADOPTED, facts)
