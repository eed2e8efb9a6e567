"""What must hold for a merchant, a store or a program as a whole."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from domain.expiry import ExpiryKind
from domain.fields import FIELDS, Target
from domain.merchant import (
    PROGRAM_NAME_LENGTH_MAX,
    PROGRAMS_ACTIVE_MAX,
    PROGRAMS_MAX,
    Merchant,
    Program,
    Store,
)
from domain.quick import replace
from domain.refusals import (
    InterimRewardTooLate,
    NameMalformed,
    PointRewardsMissing,
    ProgramNameTaken,
    TooManyActivePrograms,
    TooManyPrograms,
)
from domain.rules.earning import check_factors

T = TypeVar("T", bound=Merchant | Store | Program)

TARGETS = {Merchant: Target.MERCHANT, Store: Target.STORE, Program: Target.PROGRAM}


def checked(target: T) -> T:
    """The target as it is stored. Raises what its fields' ``check`` raises, PointRewardsMissing, FactorNotWhole,
    InterimRewardTooLate."""
    passed_over = set(unused(target)) if isinstance(target, Program) else ()
    fields = FIELDS[TARGETS[type(target)]].items()
    values = {name: field.check(getattr(target, name)) for name, field in fields if name not in passed_over}
    if isinstance(target, Program) and target.has_points and not target.point_rewards:
        raise PointRewardsMissing
    if isinstance(target, Program):
        check_factors(target)
    if isinstance(target, Program) and target.has_stamps:
        _check_interim(replace(target, **values))
    return replace(target, **values)


def _check_interim(program: Program) -> None:
    """Raises InterimRewardTooLate."""
    for reward in program.interim_rewards or ():
        if reward.stamps >= program.stamps_target:
            raise InterimRewardTooLate(reward=reward.name, target=program.stamps_target)


def check_beside(program: Program, present: Iterable[Program]) -> None:
    """Checks a program, which may be a new version of one of ``present``, against the others of its shop. Raises
    NameMalformed where it needs a name and has none, ProgramNameTaken, and what ``check_room`` raises."""
    others = [each for each in present if each.program_id != program.program_id]
    if not others:
        return
    if program.name is None:
        raise NameMalformed(length_max=PROGRAM_NAME_LENGTH_MAX)
    check_name(program.name, others)
    check_room(others, is_active=program.active)


def check_name(name: str, others: Iterable[Program]) -> None:
    """Raises ProgramNameTaken."""
    if name.casefold() in {each.name.casefold() for each in others if each.name}:
        raise ProgramNameTaken(name=name)


def check_room(others: Sequence[Program], *, is_active: bool = True) -> None:
    """Checks that one more program fits beside these. Raises TooManyPrograms, TooManyActivePrograms."""
    if len(others) >= PROGRAMS_MAX:
        raise TooManyPrograms(highest=PROGRAMS_MAX)
    if is_active and sum(each.active for each in others) >= PROGRAMS_ACTIVE_MAX:
        raise TooManyActivePrograms(highest=PROGRAMS_ACTIVE_MAX)


def unused(program: Program) -> Iterator[str]:
    """The fields that such a program does not use; their values are not checked."""
    if program.expiry_kind is ExpiryKind.NEVER:
        yield "expiry_months"
    if not program.has_points:
        yield "points_per_unit_milli"
