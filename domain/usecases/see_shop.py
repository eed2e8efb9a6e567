"""A merchant with its stores and programs, as the operator sees it."""

from collections.abc import Sequence

from domain.fields import Target
from domain.ids import MerchantId, ProgramId
from domain.merchant import Merchant, Program, Store
from domain.ports import Terms
from domain.quick import dataclass
from domain.refusals import MerchantNotFound, ProgramNotFound, StoreNotFound
from domain.usecases.asking import known_merchant

NOT_FOUND = {
    Target.MERCHANT: MerchantNotFound,
    Target.STORE: StoreNotFound,
    Target.PROGRAM: ProgramNotFound,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """Stores and programs are oldest first."""

    merchant: Merchant
    stores: Sequence[Store]
    programs: Sequence[Program]
    has_logo: bool = False

    def find(self, kind: Target, target_id: str) -> Merchant | Store | Program:
        """Raises MerchantNotFound, StoreNotFound, ProgramNotFound."""
        known: dict[tuple[Target, str], Merchant | Store | Program] = {
            (Target.MERCHANT, self.merchant.merchant_id): self.merchant,
            **{(Target.STORE, store.store_id): store for store in self.stores},
            **{(Target.PROGRAM, program.program_id): program for program in self.programs},
        }
        if (kind, target_id) not in known:
            raise NOT_FOUND[kind]
        return known[kind, target_id]

    def program(self, program_id: ProgramId) -> Program:
        """Raises ProgramNotFound."""
        for program in self.programs:
            if program.program_id == program_id:
                return program
        raise ProgramNotFound


def see_shop(*, tx: Terms, query: MerchantId) -> Shop:
    """Raises MerchantNotFound."""
    merchant = known_merchant(tx, query)
    return Shop(
        merchant=merchant,
        stores=tx.stores_of(query),
        programs=tx.programs_of(query),
        has_logo=tx.has_logo(query),
    )


def list_merchants(*, tx: Terms, query: None) -> Sequence[Merchant]:  # noqa: ARG001
    """Oldest first."""
    return tx.merchants()
