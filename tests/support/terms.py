"""Commands and values with fields, for tests that name only some of them."""

from typing import Any

from domain.fields import FIELDS, Target, with_defaults
from domain.ids import StaffId
from domain.merchant import Merchant, Program, Store
from domain.rules.terms import TARGETS
from domain.usecases.change_fields import ChangeFields, Edit
from domain.usecases.set_up import CreateMerchant


def creating(**chosen: Any) -> CreateMerchant:
    """``chosen`` has parameters of CreateMerchant and values of fields, side by side."""
    merchant = {name: chosen.pop(name) for name in FIELDS[Target.MERCHANT] if name in chosen}
    program = {name: chosen.pop(name) for name in FIELDS[Target.PROGRAM] if name in chosen}
    return CreateMerchant(merchant=merchant, program=program, **chosen)


def a_merchant(**given: Any) -> Merchant:
    """Fields that are left out have their defaults."""
    return Merchant(**with_defaults(Target.MERCHANT, given))


def a_program(**given: Any) -> Program:
    """Fields that are left out have their defaults."""
    return Program(**with_defaults(Target.PROGRAM, given))


def editing(seen: Merchant | Store | Program, staff_id: StaffId | None = None, **values: Any) -> ChangeFields:
    """A change of fields: ``seen`` is the target as it was shown."""
    kind = TARGETS[type(seen)]
    return ChangeFields(
        merchant_id=seen.merchant_id,
        target_kind=kind,
        target_id=getattr(seen, f"{kind}_id"),
        staff_id=staff_id,
        edits={name: Edit(seen=getattr(seen, name), value=value) for name, value in values.items()},
    )
