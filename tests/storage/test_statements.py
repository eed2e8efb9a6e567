"""Every statement of every part, as each dialect says it: whole, and with all its parameters in their order."""

import ast
import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import (
    BindParameter,
    ClauseElement,
    Column,
    Dialect,
    Enum,
    Executable,
    Insert,
    MetaData,
    Table,
    bindparam,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.dialects import registry
from sqlalchemy.sql.visitors import iterate

import storage
from storage import tables
from storage.statements import Compiled, compile_statement
from storage.upsert import upsert
from tests.support.each import for_each

DIALECTS: dict[str, tuple[Dialect, str]] = {
    "sqlite": (registry.load("sqlite")(paramstyle="qmark"), "?"),
    "postgresql": (registry.load("postgresql.psycopg")(paramstyle="format"), "%s"),
}
MAKERS = {"select", "insert", "update", "delete", "upsert", "insert_unless_there", "find", "change", "exists"}


def statements_in(name: str, value: object) -> Iterator[tuple[str, ClauseElement]]:
    if isinstance(value, dict):
        for key, part in value.items():
            yield from statements_in(f"{name}[{getattr(key, '__name__', key)}]", part)
    elif isinstance(value, Executable) and isinstance(value, ClauseElement):
        yield name, value


MODULES = [
    importlib.import_module(f"storage.{module.name}")
    for module in pkgutil.iter_modules(storage.__path__)
    if not module.ispkg
]
STATEMENTS = {
    name: statement
    for module in MODULES
    for variable, value in vars(module).items()
    for name, statement in statements_in(f"{module.__name__}.{variable}", value)
}
"""By where they stand: a new one is among them without being listed."""


@pytest.fixture(params=DIALECTS)
def dialect(request: pytest.FixtureRequest) -> Dialect:
    return DIALECTS[request.param][0]


def compiled_for(name: str, dialect: str) -> Compiled:
    return compile_statement(STATEMENTS[name], DIALECTS[dialect][0])


def written_parameters(statement: ClauseElement) -> set[str]:
    """What whoever runs the statement must give, by what is written in it, and not by what was compiled."""
    names = {bind.key for bind in iterate(statement) if isinstance(bind, BindParameter) and bind.required}
    if isinstance(statement, Insert) and not names:
        return {column.name for column in statement.table.columns}
    return names


def given_to(compiled: Compiled) -> list[str]:
    return [name for name in compiled.names if name not in compiled.constants]


def test_all_statements_are_found() -> None:
    assert len(STATEMENTS) > 100
    assert {"storage.people.SAVE_PERSON", "storage.streams.SELECT_CARD_LINES"} <= STATEMENTS.keys()


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_no_statement_is_made_while_a_transaction_runs(module: object) -> None:
    """It would be compiled each time anew, and be covered by nothing here."""
    source = ast.parse(Path(str(vars(module)["__file__"])).read_text())
    running = [
        node
        for node in source.body
        if isinstance(node, ast.AsyncFunctionDef)
        or (isinstance(node, ast.ClassDef) and node.name.endswith("Rows"))
    ]
    calls = [node.func for part in running for node in ast.walk(part) if isinstance(node, ast.Call)]
    assert not MAKERS & {call.id for call in calls if isinstance(call, ast.Name)}


@pytest.mark.parametrize("on", DIALECTS)
@for_each("name", STATEMENTS)
def test_statement_keeps_all_its_parameters(name: str, on: str) -> None:
    compiled = compiled_for(name, on)
    assert written_parameters(STATEMENTS[name]) == set(given_to(compiled))
    assert compiled.sql.count(DIALECTS[on][1]) == len(compiled.names)
    numbered = {name: number for number, name in enumerate(compiled.names)}
    given = compiled.parameters(numbered)
    assert [given[number] for number in numbered.values()] == [
        compiled.constants.get(name, number) for name, number in numbered.items()
    ]


@for_each("name", STATEMENTS)
def test_parameters_stand_in_the_same_order_for_both(name: str) -> None:
    sqlite, postgresql = (compiled_for(name, on) for on in DIALECTS)
    assert given_to(sqlite) == given_to(postgresql)


def test_row_takes_the_place_of_the_one_with_its_key(dialect: Dialect) -> None:
    sql = " ".join(compile_statement(upsert(tables.wordings), dialect).sql.split())
    assert sql.endswith(
        "ON CONFLICT (merchant_id, kind, locale, store_id)"
        " DO UPDATE SET text = excluded.text, changed_at = excluded.changed_at"
    )


def test_whole_number_of_times_is_asked_for_as_one(dialect: Dialect) -> None:
    statement = select(func.sum(tables.cards.c.stamp_count // bindparam("stamps_target")))
    assert "sum(cards.stamp_count / " in compile_statement(statement, dialect).sql


CONVERTED = Table("people", MetaData(), Column("mood", Enum("calm", "cross")))
NAMED_ONLY: Dialect = registry.load("postgresql.psycopg")()
"""It puts names into the statement: there is no order to give the parameters in."""
MISTAKES: dict[str, tuple[ClauseElement, str]] = {
    "in": (select(tables.cards.c.number).where(tables.cards.c.number.in_(bindparam("numbers"))), "IN "),
    "in constants": (select(tables.cards.c.number).where(tables.cards.c.number.in_(["1"])), "IN "),
    "no type": (select(tables.cards.c.number).limit(bindparam("limit")), "limit has no type"),
    "parameter to convert": (insert(CONVERTED), "mood needs a conversion"),
    "column to convert": (select(CONVERTED.c.mood), "mood needs a conversion"),
}


@pytest.mark.parametrize(("statement", "says"), MISTAKES.values(), ids=MISTAKES)
def test_statement_that_a_bare_cursor_cannot_run_is_refused(
    statement: ClauseElement, says: str, dialect: Dialect
) -> None:
    with pytest.raises(TypeError, match=says):
        compile_statement(statement, dialect)


def test_dialect_that_would_lose_the_parameters_is_refused() -> None:
    statement = select(tables.cards.c.number).where(tables.cards.c.card_id == bindparam("card_id"))
    with pytest.raises(TypeError, match="by position"):
        compile_statement(statement, NAMED_ONLY)
    assert compile_statement(text("SELECT 1"), NAMED_ONLY).names == ()
