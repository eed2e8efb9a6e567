"""Which act of a friend who was brought along rewards both."""

from domain.entry import Entry
from domain.kinds import KINDS
from domain.merchant import Program


def rewards(act: Entry, program: Program) -> bool:
    """One at the counter by which something is earned, with a purchase that is no smaller than the smallest."""
    kind = KINDS[act.kind]
    is_large = act.amount_minor is None or act.amount_minor >= program.minimum_purchase_minor
    return kind.opens_lot and kind.is_visit and act.delta(act.unit) > 0 and is_large
