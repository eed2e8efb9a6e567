"""Cards by e-mail for people without Telegram: the mail stands for the paper, and whoever shows its code got the
mail."""

from collections.abc import Sequence

from domain.account import Account, Locale
from domain.card import CardRef
from domain.ids import (
    BotId,
    CardId,
    CustomerId,
    MerchantId,
    OperationKey,
    ProgramId,
    SheetId,
    StoreId,
    TokenHash,
)
from domain.mailbox import CODES_PERIOD, MailCode, parse_address
from domain.merchant import Merchant
from domain.messages import MailCardRefused, MessageKind
from domain.plumbing.bounces import CameBack, Returned
from domain.ports import Tx
from domain.printed import MAILED_MAX, MAILED_PERIOD, Blank, card_of, guest_of
from domain.quick import dataclass, replace
from domain.refusals import CardsMailedTooMany, MailAddressMistyped, MailNotSent, StoreNotFound
from domain.rights import Right
from domain.rules.counter import admit_staff
from domain.staff import Actor, Staff
from domain.usecases.asking import known_merchant
from domain.usecases.blanks import lay_out
from domain.usecases.join_store import new_number
from domain.usecases.keep_mailbox import free_at
from domain.usecases.my_cards import HeldCard, held_card
from domain.usecases.print_cards import withdraw
from domain.usecases.see_posters import on_poster
from domain.usecases.sending import send


@dataclass(frozen=True, slots=True, kw_only=True)
class MailCard:
    """``actor`` is None for the operator. A repeated ``card_id`` asks for the same card; ``address_mark`` is that of
    ``MailCode``."""

    merchant_id: MerchantId
    store_id: StoreId
    bot_id: BotId
    actor: Actor | None
    card_id: CardId
    card_hash: TokenHash
    address: str
    address_mark: str
    program_id: ProgramId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CardToMail:
    """``held`` is the card as it will be. It is None where nothing is sent, because too much was sent to that
    address, or because the card was sent and is closed again; the asker is not told which."""

    merchant: Merchant
    held: HeldCard | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestMail:
    """Names the mailbox of a guest, whose customer id is the id of the card."""

    merchant_id: MerchantId
    card_id: CardId


@dataclass(frozen=True, slots=True, kw_only=True)
class MailFrom:
    merchant_name: str
    locale: Locale


def mail_card(*, tx: Tx, command: MailCard) -> CardToMail:
    """The card is nobody's until it is shown. Raises NotAllowed, MerchantNotFound, StoreNotFound,
    MailAddressMistyped, ProgramNotFound, ProgramInactive, NoNewCards, ShopCloses, CardsMailedTooMany, and MailNotSent
    for a card whose mail is known to have been refused."""
    merchant, member = _asked_by(tx, command)
    if parse_address(command.address) != command.address:
        raise MailAddressMistyped
    before = tx.blank(command.merchant_id, CardRef("id", command.card_id))
    if before is not None:
        return _to_mail(tx, command, merchant, before[0])
    blank = _new_blank(tx, command, merchant, member)
    codes = _mailed_lately(tx, command, blank)
    noted = _noted(codes, blank)
    if noted is not None and noted.refused_at is not None:
        raise MailNotSent
    if noted is not None or free_at(codes, tx.now) > tx.now:
        return CardToMail(merchant=merchant, held=None)
    tx.save_mail_code(
        MailCode(
            account=_guest(command, blank),
            key=_key(blank),
            address_mark=command.address_mark,
            address=None,
            code_hash=None,
            tries=0,
            asked_at=tx.now,
        )
    )
    lay_out(tx, blank)
    return _to_mail(tx, command, merchant, blank)


def _new_blank(tx: Tx, command: MailCard, merchant: Merchant, member: Staff | None) -> Blank:
    """Raises CardsMailedTooMany, and what ``on_poster`` raises."""
    program = on_poster(merchant, tx.programs_of(command.merchant_id), command.program_id)
    if member is not None:
        mailed = tx.count_mailed(command.merchant_id, member.staff_id, tx.now - MAILED_PERIOD)
        if mailed >= MAILED_MAX:
            raise CardsMailedTooMany(limit=MAILED_MAX)
    return Blank(
        merchant_id=command.merchant_id,
        card_id=command.card_id,
        program_id=program.program_id,
        sheet_id=SheetId(command.card_id),
        number=new_number(tx, command.merchant_id),
        token_hash=command.card_hash,
        staff_id=member.staff_id if member else None,
        made_at=tx.now,
        address=command.address,
    )


def card_not_mailed(*, tx: Tx, command: MailCard) -> None:
    """The relay did not accept the mail, so nobody has the card: it is closed, its address is forgotten, and the next
    card may be sent there at once. Repeating it changes nothing."""
    waiting = tx.blank(command.merchant_id, CardRef("id", command.card_id))
    if waiting is None or waiting[0].address is None:
        return
    [blank, _] = waiting
    withdraw(tx, [blank])
    noted = _noted(_mailed_lately(tx, command, blank), blank)
    if noted is not None:
        tx.save_mail_code(replace(noted, refused_at=tx.now))


def mail_from(*, tx: Tx, query: GuestMail) -> MailFrom | None:
    merchant = tx.merchant(query.merchant_id)
    return MailFrom(merchant_name=merchant.name, locale=merchant.default_locale) if merchant else None


def stop_mail(*, tx: Tx, command: GuestMail) -> MailFrom | None:
    """Forgets the address; a card that nobody has shown is closed. Repeating it changes nothing."""
    waiting = tx.blank(command.merchant_id, CardRef("id", command.card_id))
    if waiting is not None and waiting[0].is_mailed:
        withdraw(tx, [waiting[0]])
    customer = tx.customer(command.merchant_id, CustomerId(command.card_id))
    if customer is not None and customer.account.is_guest:
        tx.forget_mailbox(customer.account)
    return mail_from(tx=tx, query=command)


def card_came_back(*, tx: Tx, command: CameBack) -> Returned:
    """Whatever the reason, nobody has the card: it is closed, its address is forgotten, and the member who gave it is
    told, if they still work there. Nothing is done for a card that was already shown, and so arrived, or is already
    closed."""
    blank = tx.blank_made(command.merchant_id, CardId(command.message_id))
    if blank is None or not blank.is_mailed:
        return Returned.NOT_OURS
    if blank.address is None:
        return Returned.NOTED
    if not command.went_to(blank.address):
        return Returned.NOT_OURS
    withdraw(tx, [blank])
    member = tx.staff(blank.merchant_id, blank.staff_id) if blank.staff_id is not None else None
    if member is not None and member.is_active and member.account is not None:
        facts = MailCardRefused(mailed_at=blank.made_at)
        send(tx, blank.merchant_id, member.account, MessageKind.MAIL_CARD_REFUSED, facts)
    return Returned.MARKED


def _asked_by(tx: Tx, command: MailCard) -> tuple[Merchant, Staff | None]:
    if command.actor is not None:
        merchant, member, _ = admit_staff(tx.counter(command.actor, None), Right.SEE_CARD)
        return merchant, member
    merchant = known_merchant(tx, command.merchant_id)
    store = tx.store(command.merchant_id, command.store_id)
    if store is None or not store.active:
        raise StoreNotFound
    return merchant, None


def _mailed_lately(tx: Tx, command: MailCard, blank: Blank) -> Sequence[MailCode]:
    return tx.mail_codes(_guest(command, blank), command.address_mark, tx.now - CODES_PERIOD)


def _noted(codes: Sequence[MailCode], blank: Blank) -> MailCode | None:
    return next((code for code in codes if code.key == _key(blank)), None)


def _key(blank: Blank) -> OperationKey:
    return OperationKey(f"card:{blank.card_id}")


def _guest(command: MailCard, blank: Blank) -> Account:
    return guest_of(blank, command.bot_id, command.store_id, blank.made_at).account


def _to_mail(tx: Tx, command: MailCard, merchant: Merchant, blank: Blank) -> CardToMail:
    found = tx.blank(blank.merchant_id, CardRef("id", blank.card_id))
    assert found is not None
    guest = guest_of(blank, command.bot_id, command.store_id, tx.now)
    return CardToMail(
        merchant=merchant, held=held_card(tx, merchant, guest, card_of(blank, tx.now), found[1])
    )
