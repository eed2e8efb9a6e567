"""Sheets of printed cards: made ahead by members who may print posters, withdrawn when a sheet is lost."""

from collections.abc import Callable, Iterable, Sequence

from domain.account import Account
from domain.ids import CardId, MerchantId, ProgramId, SheetId, StaffId, TokenHash
from domain.merchant import Merchant, Program
from domain.ports import Tx
from domain.printed import BLANKS_MAX, SHEET_CARDS, Blank, Sheet
from domain.quick import dataclass, replace
from domain.refusals import BlanksTooMany, SheetNotFound
from domain.rights import Right
from domain.usecases.asking import asked_by
from domain.usecases.blanks import lay_out
from domain.usecases.join_store import new_number
from domain.usecases.keep_logo import picture_of
from domain.usecases.see_posters import on_poster


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintCards:
    """``account`` is None for the operator, ``program_id`` for the first program that gives new cards. A repeated
    ``sheet_id`` asks for the same sheet; with ``is_again`` it must exist already. ``card_hash`` makes the hash of the
    code that a card has in a rotation."""

    merchant_id: MerchantId
    account: Account | None
    sheet_id: SheetId
    card_hash: Callable[[CardId, int], TokenHash]
    program_id: ProgramId | None = None
    count: int = SHEET_CARDS
    is_again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetToPrint:
    """The cards to print: those of a sheet that nobody has yet."""

    merchant: Merchant
    program: Program
    blanks: Sequence[Blank]
    logo: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeeSheets:
    """``account`` is None for the operator."""

    merchant_id: MerchantId
    account: Account | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawSheet:
    """``account`` is None for the operator."""

    merchant_id: MerchantId
    account: Account | None
    sheet_id: SheetId


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheets:
    """Newest first. ``withdrawn`` is how many of their cards were withdrawn just now."""

    merchant: Merchant
    sheets: Sequence[Sheet]
    withdrawn: int = 0


def print_cards(*, tx: Tx, command: PrintCards) -> SheetToPrint:
    """Raises NotAllowed, MerchantNotFound, ProgramNotFound, ProgramInactive, NoNewCards, ShopCloses, BlanksTooMany,
    and SheetNotFound for a sheet that was withdrawn or used up, or that should exist and does not."""
    merchant, member = asked_by(tx, command.merchant_id, command.account, Right.PRINT_POSTER)
    blanks = tx.blanks_on(command.merchant_id, command.sheet_id)
    programs = tx.programs_of(command.merchant_id)
    if blanks:
        program = next(each for each in programs if each.program_id == blanks[0].program_id)
        blanks = [each for each in blanks if each.is_unused]
        if not blanks:
            raise SheetNotFound
    elif command.is_again:
        raise SheetNotFound
    else:
        program = on_poster(merchant, programs, command.program_id)
        if not 1 <= command.count <= BLANKS_MAX - tx.count_unused(command.merchant_id):
            raise BlanksTooMany(highest=BLANKS_MAX)
        blanks = [
            _add(tx, command, program, member.staff_id if member else None) for _ in range(command.count)
        ]
    return SheetToPrint(
        merchant=merchant, program=program, blanks=blanks, logo=picture_of(tx.logo(command.merchant_id))
    )


def see_sheets(*, tx: Tx, query: SeeSheets) -> Sheets:
    """Raises NotAllowed, MerchantNotFound."""
    merchant, _ = asked_by(tx, query.merchant_id, query.account, Right.PRINT_POSTER)
    return Sheets(merchant=merchant, sheets=tx.sheets_of(query.merchant_id))


def withdraw_sheet(*, tx: Tx, command: WithdrawSheet) -> Sheets:
    """Nobody can get its unused cards any more; those in use go on. Repeating it changes nothing. Raises NotAllowed,
    MerchantNotFound, SheetNotFound."""
    merchant, _ = asked_by(tx, command.merchant_id, command.account, Right.PRINT_POSTER)
    blanks = tx.blanks_on(command.merchant_id, command.sheet_id)
    if not blanks:
        raise SheetNotFound
    withdrawn = withdraw(tx, blanks)
    return Sheets(merchant=merchant, sheets=tx.sheets_of(command.merchant_id), withdrawn=withdrawn)


def withdraw(tx: Tx, blanks: Iterable[Blank]) -> int:
    """Withdraws those that nobody has yet, and returns how many."""
    unused = [blank for blank in blanks if blank.is_unused]
    for blank in unused:
        tx.save_blank(replace(blank, withdrawn_at=tx.now, address=None))
        tx.retire_routes(blank.merchant_id, blank.card_id)
    return len(unused)


def _add(tx: Tx, command: PrintCards, program: Program, staff_id: StaffId | None) -> Blank:
    card_id = CardId(tx.new_id())
    blank = Blank(
        merchant_id=command.merchant_id,
        card_id=card_id,
        program_id=program.program_id,
        sheet_id=command.sheet_id,
        number=new_number(tx, command.merchant_id),
        token_hash=command.card_hash(card_id, 0),
        staff_id=staff_id,
        made_at=tx.now,
    )
    lay_out(tx, blank)
    return blank
