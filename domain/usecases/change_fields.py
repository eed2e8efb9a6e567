"""Changes fields of a merchant, a store or a program: all of a command's or none. Who changed them is recorded."""

from collections.abc import Mapping, Sequence, Set
from operator import attrgetter
from typing import Any

from domain.card import Card
from domain.field_kinds import Field, Reset
from domain.fields import FIELDS, FieldChange, Target
from domain.flags import THRESHOLDS
from domain.ids import MerchantId, StaffId
from domain.merchant import Merchant, Program, Store
from domain.ports import Terms, Tx
from domain.quick import dataclass, replace
from domain.refusals import FieldsChangedMeanwhile, LastOpenStore, NotAllowed, UnitStillHeld
from domain.rights import Right, entitled, may
from domain.rules.held import PROMISED, under_new_terms
from domain.rules.summaries import replanned
from domain.rules.terms import check_beside, checked
from domain.rules.waiting import keeping_promises
from domain.staff import StaffStatus
from domain.usecases.recording import record
from domain.usecases.see_shop import see_shop
from domain.usecases.set_up import withdraw_links

_promised = attrgetter(*PROMISED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """``seen`` is the value that was shown when the new one was chosen."""

    seen: Any
    value: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeFields:
    """``target_id`` is the store's or the program's id, or the merchant's own id for its own fields.

    ``staff_id`` is None for the operator; ``edits`` are by the names of the fields. ``is_renamed`` says that the new
    reward for stamps is the same thing under another name.
    """

    merchant_id: MerchantId
    target_kind: Target
    target_id: str
    staff_id: StaffId | None
    edits: Mapping[str, Edit]
    is_renamed: bool = False


def change_fields(*, tx: Tx, command: ChangeFields) -> Sequence[FieldChange]:
    """Returns the recorded changes; a field that already has its value is left alone.

    A program's change is a new version, which never reaches back. Raises NotAllowed, MerchantNotFound, StoreNotFound,
    ProgramNotFound, FieldsChangedMeanwhile, LastOpenStore, UnitStillHeld, and what ``checked`` and ``check_beside``
    raise.
    """
    if command.staff_id is not None:
        member = entitled(tx.staff(command.merchant_id, command.staff_id), Right.CHANGE_FIELDS)
        if THRESHOLDS & command.edits.keys() and not may(member.role, Right.JUDGE_ONESELF):
            raise NotAllowed
    shop = see_shop(tx=tx, query=command.merchant_id)
    fields = [FIELDS[command.target_kind][name] for name in command.edits]
    present = shop.find(command.target_kind, command.target_id)
    wanted = checked(replace(present, **{name: edit.value for name, edit in command.edits.items()}))
    changed = [field for field in fields if getattr(wanted, field.name) != getattr(present, field.name)]
    if any(getattr(present, field.name) != command.edits[field.name].seen for field in changed):
        raise FieldsChangedMeanwhile
    if not changed:
        return ()
    if isinstance(wanted, Program) and isinstance(present, Program):
        check_beside(wanted, shop.programs)
        wanted = keeping_promises(present, wanted, tx.now)
    _save(tx, wanted, {reset for field in changed for reset in field.resets})
    if isinstance(wanted, Program) and isinstance(present, Program):
        _keep_terms(tx, present, wanted, is_renamed=command.is_renamed)
    return [_recorded(tx, command, field, present, wanted, shop.merchant.currency) for field in changed]


def _save(tx: Tx, target: Merchant | Store | Program, resets: Set[Reset]) -> None:
    match target:
        case Merchant():
            tx.save_merchant(target)
            plan = tx.summary_plan(target.merchant_id)
            if Reset.SUMMARY_PLAN in resets and plan is not None:
                tx.save_summary_plan(replanned(target, plan, tx.now))
            if Reset.EXPIRY_DATES in resets:
                reckon_anew(tx, target.merchant_id)
        case Store():
            _save_store(tx, target)
        case Program():
            since = tx.now if Reset.EXPIRY_CLOCK in resets else target.expiry_since
            add_version(tx, replace(target, expiry_since=since))


def _save_store(tx: Tx, store: Store) -> None:
    """Closing a store ends the desks chosen there, and the links of invited members who may work nowhere else.

    Raises LastOpenStore.
    """
    others = (each for each in tx.stores_of(store.merchant_id) if each.store_id != store.store_id)
    if not store.active and not any(each.active for each in others):
        raise LastOpenStore
    tx.save_store(store)
    if store.active:
        return
    tx.end_desks_at(store)
    for member in tx.staff_of(store.merchant_id):
        if member.status is StaffStatus.INVITED and not tx.stores_for(member):
            withdraw_links(tx, member)


def reckon_anew(tx: Terms, merchant_id: MerchantId) -> None:
    """Has the expiry of everything that is held calculated again."""
    for program in tx.programs_of(merchant_id):
        add_version(tx, program)


def add_version(tx: Terms, program: Program) -> None:
    """Adds a version of the program, which makes a job recalculate all of its cards."""
    tx.add_program_version(replace(program, version=program.version + 1, valid_from=tx.now))


def _keep_terms(tx: Tx, before: Program, after: Program, *, is_renamed: bool) -> None:
    """What is held keeps its terms. Raises UnitStillHeld."""
    if _promised(before) == _promised(after):
        return
    for card in tx.begun_cards(before):
        _check_unit(card, after)
        changed = under_new_terms(card, before, after, is_renamed=is_renamed)
        if changed != card:
            tx.save_held(changed)


def _check_unit(card: Card, after: Program) -> None:
    """Raises UnitStillHeld."""
    if (card.stamp_count and not after.has_stamps) or (card.points_balance and not after.has_points):
        raise UnitStillHeld


def _recorded(
    tx: Terms, command: ChangeFields, field: Field, before: object, after: object, currency: str
) -> FieldChange:
    target = command.target_kind, command.target_id
    was, became = (field.show(getattr(each, field.name), currency) for each in (before, after))
    return record(tx, command.merchant_id, target, field.name, command.staff_id, was, became)
