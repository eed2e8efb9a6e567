"""A guest takes their card into Telegram: who scanned its code asks, and somebody at the counter, who sees the card,
says yes."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from domain.account import Account
from domain.acts import Adopt, Asked
from domain.card import Card, CardRef, Customer, Holding, NoteKind
from domain.ids import AdoptionId, CardId, CardNumber, MerchantId, OperationKey, TokenHash
from domain.merchant import Merchant
from domain.messages import CardAdopted, MessageKind
from domain.ports import Tx
from domain.printed import Adoption
from domain.refusals import AdoptionOver, CardInactive, CardNotFound, OwnCardRefused, ProgramInactive
from domain.rights import Right
from domain.rules.counter import Admitted
from domain.rules.names import clean_name
from domain.usecases.join_store import give_welcome_bonus
from domain.usecases.manage_cards import note_down
from domain.usecases.merge_cards import merge_into
from domain.usecases.my_cards import change_code, check_not_merged
from domain.usecases.posting import admitted, ask_pin, send


@dataclass(frozen=True, slots=True, kw_only=True)
class AskAdoption:
    account: Account
    name: str
    merchant_id: MerchantId
    card_id: CardId


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptionAsked:
    merchant_name: str
    card_number: CardNumber
    timezone: str
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmAdoption:
    """``card_hash`` makes the hash of the code of a card in a rotation, ``account_hash`` that of ``Erasure``."""

    asked: Asked[Adopt]
    card_hash: Callable[[CardId, int], TokenHash]
    account_hash: Callable[[Account, MerchantId], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Adopted:
    """``card_id`` is of the card that is theirs now: of one that they had, where the two became one."""

    name: str
    card_id: CardId
    card_number: CardNumber
    is_merged: bool


def ask_adoption(*, tx: Tx, command: AskAdoption) -> AdoptionAsked:
    """In the place of whoever asked before. Raises CardNotFound for what is no guest's card,
    CardInactive, ProgramInactive, and OwnCardRefused for the team, who serve it."""
    merchant = tx.merchant(command.merchant_id)
    found = tx.card(command.merchant_id, CardRef("id", command.card_id))
    if merchant is None or found is None or not found[1].account.is_guest or found[0].merged_into is not None:
        raise CardNotFound
    card, _, program = found
    if not card.active:
        raise CardInactive
    if not program.active:
        raise ProgramInactive
    if _is_of_team(tx, command.merchant_id, command.account):
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
    )


def confirm_adoption(*, tx: Tx, command: ConfirmAdoption) -> Adopted:
    """Once; said again it changes nothing. The code on the paper leads nowhere from now on. Raises all that ``admit``
    and ``ask_pin`` raise, AdoptionOver, CardMerged, and OwnCardRefused where it would go to the team."""
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
    if _is_of_team(tx, at.merchant.merchant_id, adoption.account):
        raise OwnCardRefused
    holder = tx.customer_of(at.merchant.merchant_id, adoption.account)
    own = _own_card(tx, at, holder) if holder else None
    ask_pin(tx, at, asked)
    card = change_code(tx, at.card, command.card_hash(at.card.card_id, at.card.token_rotation + 1))
    note_down(tx, card, NoteKind.ADOPTED, "", at.staff.staff_id)
    tx.save_adoption(replace(adoption, confirmed_at=tx.now))
    tx.remember_merchant(adoption.account, card.merchant_id)
    if own is not None:
        guest = Holding(merchant=at.merchant, customer=at.customer, card=card, program=at.program)
        key = OperationKey(f"adopt:{adoption.adoption_id}")
        into = merge_into(tx, own, guest, key, f"adopt card={card.card_id}", at, asked)
        return _adopted(into, adoption)
    if holder is None:
        tx.hand_over(at.customer, adoption.account, adoption.name)
        tx.redirect(card.merchant_id, at.customer.account, adoption.account)
    else:
        card = tx.give_card(card, holder)
    _tell(tx, at.merchant, card, adoption)
    _welcome(tx, at, card, command.account_hash(adoption.account, card.merchant_id))
    return _adopted(card, adoption)


def _adopted(card: Card, adoption: Adoption) -> Adopted:
    return Adopted(
        name=adoption.name,
        card_id=card.card_id,
        card_number=card.number,
        is_merged=card.card_id != adoption.card_id,
    )


def _own_card(tx: Tx, at: Admitted, holder: Customer) -> Holding | None:
    """Of the same program. Raises CardMerged where theirs was merged into somebody else's."""
    for card, program in tx.cards_of(holder):
        if program.program_id == at.program.program_id:
            return Holding(merchant=at.merchant, customer=holder, card=card, program=program)
    for card in tx.merged_cards_of(holder):
        if card.program_id == at.program.program_id:
            check_not_merged(tx, card)
    return None


def _is_of_team(tx: Tx, merchant_id: MerchantId, account: Account) -> bool:
    member = tx.member(merchant_id, account)
    return member is not None and member.is_active


def _welcome(tx: Tx, at: Admitted, card: Card, account_hash: str) -> None:
    """What joining in the chat would have given, once for the card."""
    if not at.program.welcome_bonus or tx.was_erased(card.merchant_id, account_hash):
        return
    held = tx.lock_card(card.merchant_id, card.card_id)
    if held is not None:
        give_welcome_bonus(tx, held)


def _tell(tx: Tx, merchant: Merchant, card: Card, adoption: Adoption) -> None:
    facts = CardAdopted(merchant_name=merchant.name, card_id=card.card_id, card_number=card.number)
    send(tx, card.merchant_id, adoption.account, MessageKind.CARD_ADOPTED, facts)
