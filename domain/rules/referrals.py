"""Which act of a friend rewards the friend and the referrer."""

from domain.entry import Entry
from domain.kinds import KINDS
from domain.merchant import Program


def rewards(act: Entry, program: Program) -> bool:
    """Whether an act at the counter earned something, and was no purchase below the program's minimum."""
    kind = KINDS[act.kind]
    is_large = act.amount_minor is None or act.amount_minor >= program.minimum_purchase_minor
    return kind.opens_lot and kind.is_visit and act.delta(act.unit) > 0 and is_large
