"""Adds a program to a shop that already has cards."""

from collections.abc import Mapping
from typing import Any

from domain.account import Account
from domain.fields import FIELDS, PROGRAM_NAME, Target, with_defaults
from domain.ids import MerchantId, ProgramId
from domain.merchant import Merchant, Program
from domain.ports import Tx
from domain.quick import dataclass, replace
from domain.rights import Right
from domain.rules.guards import strictest
from domain.rules.terms import check_beside, check_name, check_room, checked
from domain.usecases.asking import asked_by
from domain.usecases.change_fields import add_version
from domain.usecases.recording import record


@dataclass(frozen=True, slots=True, kw_only=True)
class AddProgram:
    """``program_id`` is the operation key: a repeated request bears the same. ``program`` are values by the names of
    their fields. Guards that are left out become as strict as those of the present programs, other fields get their
    default. ``present_name`` names the present program, if it has no name yet. ``account`` is None for the
    operator."""

    merchant_id: MerchantId
    account: Account | None
    program_id: ProgramId
    program: Mapping[str, Any]
    present_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanProgram:
    """Asks whether there is room for one more program, and, once ``name`` is given, whether it may have that name."""

    merchant_id: MerchantId
    account: Account
    present_name: str
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """``renames`` says that the present program will be given a name."""

    merchant: Merchant
    renames: bool


def plan_program(*, tx: Tx, query: PlanProgram) -> Plan:
    """Raises NotAllowed, MerchantNotFound, ProgramNameTaken, TooManyPrograms, TooManyActivePrograms."""
    merchant, _ = asked_by(tx, query.merchant_id, query.account, Right.CHANGE_FIELDS)
    present = tx.programs_of(merchant.merchant_id)
    check_room(present)
    if query.name is not None:
        check_name(query.name, [_called(program, query.present_name) for program in present])
    return Plan(merchant=merchant, renames=any(program.name is None for program in present))


def add_program(*, tx: Tx, command: AddProgram) -> Program:
    """Raises NotAllowed, MerchantNotFound, and what ``checked`` and ``check_beside`` raise."""
    merchant, member = asked_by(tx, command.merchant_id, command.account, Right.CHANGE_FIELDS)
    present = tx.programs_of(merchant.merchant_id)
    for program in present:
        if program.program_id == command.program_id:
            return program
    named = [_called(program, command.present_name) for program in present]
    values = with_defaults(Target.PROGRAM, {**strictest(present), **command.program})
    added = Program(
        merchant_id=merchant.merchant_id,
        program_id=command.program_id,
        version=1,
        expiry_since=tx.now,
        valid_from=tx.now,
        **{**values, "name": PROGRAM_NAME.check(values["name"] or "")},
    )
    added = checked(added)
    check_beside(added, named)
    for before, after in zip(present, named, strict=True):
        if after != before:
            add_version(tx, after)
    tx.add_program_version(added)
    active = FIELDS[Target.PROGRAM]["active"]
    target, by = (Target.PROGRAM, added.program_id), member.staff_id if member else None
    was, became = (active.show(each, merchant.currency) for each in (not added.active, added.active))
    record(tx, merchant.merchant_id, target, active.name, by, was, became)
    return added


def _called(program: Program, name: str) -> Program:
    return program if program.name else replace(program, name=PROGRAM_NAME.check(name))
