"""What stands on the posters of a merchant's stores."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.account import Account
from domain.ids import MerchantId
from domain.merchant import Merchant, Program, Store
from domain.ports import Staffing
from domain.refusals import NotAllowed, ProgramInactive
from domain.rights import Right, entitled


@dataclass(frozen=True, slots=True, kw_only=True)
class SeePosters:
    account: Account
    merchant_id: MerchantId


@dataclass(frozen=True, slots=True, kw_only=True)
class Posters:
    merchant: Merchant
    program: Program
    stores: Sequence[Store]


def see_posters(*, tx: Staffing, query: SeePosters) -> Posters:
    """Raises NotAllowed, ProgramInactive."""
    merchant = tx.merchant(query.merchant_id)
    member = entitled(tx.member(query.merchant_id, query.account), Right.PRINT_POSTER)
    if merchant is None:
        raise NotAllowed
    programs = [program for program in tx.programs_of(query.merchant_id) if program.active]
    if not programs:
        raise ProgramInactive
    return Posters(merchant=merchant, program=programs[0], stores=tx.stores_for(member))
