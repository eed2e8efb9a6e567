"""What must hold of a merchant, a store or a program as a whole."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TypeVar

from domain.expiry import ExpiryKind
from domain.fields import FIELDS, Target
from domain.merchant import Merchant, Program, Store
from domain.refusals import PointRewardsMissing

T = TypeVar("T", bound=Merchant | Store | Program)

TARGETS = {Merchant: Target.MERCHANT, Store: Target.STORE, Program: Target.PROGRAM}


def checked(target: T) -> T:
    """As it is kept. Raises what its fields' ``check`` raises, and PointRewardsMissing."""
    passed_over = set(unused(target)) if isinstance(target, Program) else ()
    fields = FIELDS[TARGETS[type(target)]].items()
    values = {name: field.check(getattr(target, name)) for name, field in fields if name not in passed_over}
    if isinstance(target, Program) and target.has_points and not target.point_rewards:
        raise PointRewardsMissing
    return replace(target, **values)


def unused(program: Program) -> Iterator[str]:
    """Fields that such a program makes no use of: whatever they are, it does not matter."""
    if program.expiry_kind is ExpiryKind.NEVER:
        yield "expiry_months"
    if not program.has_points:
        yield "points_per_unit_milli"
