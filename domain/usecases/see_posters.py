"""The contents of the posters of a merchant's stores."""

from collections.abc import Sequence

from domain.account import Account
from domain.ids import MerchantId, ProgramId
from domain.merchant import Merchant, Program, Store
from domain.ports import Staffing
from domain.quick import dataclass
from domain.refusals import NoNewCards, NotAllowed, ProgramInactive, ProgramNotFound, ShopCloses
from domain.rights import Right, entitled
from domain.usecases.keep_logo import picture_of


@dataclass(frozen=True, slots=True, kw_only=True)
class SeePosters:
    """``program_id`` None is for the posters of the stores, which lead to the first program that gives new cards."""

    account: Account
    merchant_id: MerchantId
    program_id: ProgramId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Posters:
    merchant: Merchant
    program: Program
    stores: Sequence[Store]
    logo: bytes | None


def see_posters(*, tx: Staffing, query: SeePosters) -> Posters:
    """Raises NotAllowed, and what ``on_poster`` raises."""
    merchant = tx.merchant(query.merchant_id)
    member = entitled(tx.member(query.merchant_id, query.account), Right.PRINT_POSTER)
    if merchant is None:
        raise NotAllowed
    program = on_poster(merchant, tx.programs_of(query.merchant_id), query.program_id)
    return Posters(
        merchant=merchant,
        program=program,
        stores=tx.stores_for(member),
        logo=picture_of(tx.logo(query.merchant_id)),
    )


def on_poster(merchant: Merchant, programs: Sequence[Program], program_id: ProgramId | None) -> Program:
    """The program that a poster leads to. Raises ShopCloses, ProgramNotFound, ProgramInactive, NoNewCards."""
    if merchant.closes_at is not None:
        raise ShopCloses(merchant_name=merchant.name)
    wanted = [program for program in programs if program_id in (None, program.program_id)]
    active = [program for program in wanted if program.active]
    if not wanted:
        raise ProgramNotFound
    if not active:
        raise ProgramInactive
    for program in active:
        if program.new_cards:
            return program
    raise NoNewCards
