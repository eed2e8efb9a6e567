"""Owners and managers add a store to their shop, and rename, close and open its stores."""

from typing import Any

from domain.account import Account
from domain.fields import Target
from domain.ids import MerchantId, StoreId
from domain.merchant import Store
from domain.ports import Tx
from domain.quick import dataclass
from domain.refusals import StoreNotFound
from domain.rights import Right, entitled
from domain.usecases.change_fields import ChangeFields, Edit, change_fields
from domain.usecases.set_up import CreateStore, create_store


@dataclass(frozen=True, slots=True, kw_only=True)
class AddStore:
    """A repeated request for a store bears the same id."""

    account: Account
    store: CreateStore


@dataclass(frozen=True, slots=True, kw_only=True)
class SetStore:
    """``field`` is the name of one of the store's fields."""

    account: Account
    merchant_id: MerchantId
    store_id: StoreId
    field: str
    value: Any


def add_store(*, tx: Tx, command: AddStore) -> Store:
    """The store, added now or before. Raises NotAllowed, NameMalformed."""
    new = command.store
    entitled(tx.member(new.merchant_id, command.account), Right.CHANGE_FIELDS)
    return tx.store(new.merchant_id, new.store_id) or create_store(tx=tx, command=new)


def set_store(*, tx: Tx, command: SetStore) -> Store:
    """Sets the value, whatever it was before, and returns the store. Raises StoreNotFound and what ``change_fields``
    raises."""
    member = entitled(tx.member(command.merchant_id, command.account), Right.CHANGE_FIELDS)
    store = tx.store(command.merchant_id, command.store_id)
    if store is None:
        raise StoreNotFound
    edit = Edit(seen=getattr(store, command.field), value=command.value)
    changes = ChangeFields(
        merchant_id=command.merchant_id,
        target_kind=Target.STORE,
        target_id=command.store_id,
        staff_id=member.staff_id,
        edits={command.field: edit},
    )
    change_fields(tx=tx, command=changes)
    return tx.store(command.merchant_id, command.store_id) or store
