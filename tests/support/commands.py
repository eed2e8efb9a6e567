"""The command that sets up every shop of the tests, and use cases made from a function."""

from collections.abc import Callable
from typing import Any

from domain.account import Locale
from domain.ids import MerchantId, ProgramId, StoreId, TokenHash
from domain.merchant import ProgramKind
from domain.ports import Command, Query, ResultT, Tx
from domain.usecases.set_up import CreateMerchant
from tests.support.terms import creating


def opening(new_id: Callable[[], str], **terms: Any) -> CreateMerchant:
    """A merchant with one store; ``terms`` replace those of an easy-going program without PIN."""
    chosen: dict[str, Any] = {
        "merchant_id": MerchantId(new_id()),
        "name": "Café Knätsch",
        "colour": "#6f4e37",
        "timezone": "Europe/Luxembourg",
        "currency": "EUR",
        "default_locale": Locale.EN,
        "summary_hour": 20,
        "allow_void": True,
        "program_id": ProgramId(new_id()),
        "kind": ProgramKind.STAMPS,
        "stamps_target": 10,
        "reward": "A coffee",
        "cooldown_minutes": 0,
        "max_daily_stamps": None,
        "require_staff_pin": False,
        "pin_window_minutes": 15,
        "store_id": StoreId(new_id()),
        "store_name": "Gare",
        "store_token_hash": TokenHash(new_id()),
        "owner_name": "Paul",
        "owner_token_hash": TokenHash(new_id()),
    } | terms
    return creating(**chosen)


def changing(what: Callable[[Tx], ResultT]) -> Command[None, ResultT]:
    """A use case that makes any change to a transaction."""

    def usecase(*, tx: Tx, command: None) -> ResultT:
        return what(tx)

    return usecase


def seeing(at: Callable[[Tx], ResultT]) -> Query[None, ResultT]:
    """A use case that reads anything."""

    def usecase(*, tx: Tx, query: None) -> ResultT:
        return at(tx)

    return usecase
