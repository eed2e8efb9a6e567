"""What an account does at the counters where it works."""

from collections.abc import Sequence

from domain.account import Account
from domain.expiry import Unit
from domain.ids import MerchantId
from domain.merchant import Program
from domain.ports import RowUnreadable, Staffing
from domain.quick import dataclass
from domain.rights import OFFERED, Right
from domain.staff import Role


@dataclass(frozen=True, slots=True)
class Duties:
    """``units`` are those of the active programs there; a customer has neither roles nor units. With
    ``stamps_for_amounts`` amounts are typed although no points are counted."""

    roles: tuple[Role, ...] = ()
    units: frozenset[Unit] = frozenset()
    stamps_for_amounts: bool = False

    @property
    def rights(self) -> frozenset[Right]:
        return frozenset().union(*(OFFERED[role] for role in self.roles))


def duties_of(*, tx: Staffing, query: Account) -> Duties:
    staff = [membership.staff for membership in tx.memberships_of(query)]
    programs = [program for member in staff for program in _programs(tx, member.merchant_id)]
    stamps = {Unit.STAMPS for program in programs if program.active and program.has_stamps}
    points = {Unit.POINTS for program in programs if program.active and program.has_points}
    return Duties(
        tuple(member.role for member in staff),
        frozenset(stamps | points),
        stamps_for_amounts=any(each.active and each.stamp_price_minor is not None for each in programs),
    )


def _programs(tx: Staffing, merchant_id: MerchantId) -> Sequence[Program]:
    """Empty where they cannot be read, so that work for other merchants goes on."""
    try:
        return tx.programs_of(merchant_id)
    except RowUnreadable:
        return ()
