"""How many machines each statement asks, as the planner says where each table is in parts: one, or it is on the list.

Whoever adds a statement that is not about one merchant, or one person, adds it here, with the reason.
"""

import importlib
import pkgutil
import re
from collections.abc import Iterator, Mapping

import pytest
from sqlalchemy import ClauseElement

import storage.postgres
from storage.postgres.distribution import column_of
from storage.statements import compile_statement
from storage.tables import metadata
from tests.storage.test_statements import STATEMENTS, statements_in
from tests.support import postgres
from tests.support.each import for_each
from tests.support.parted import POSTGRES, Reach, make_parted, reaches

SWEEPS: Mapping[str, str] = {
    "what is due, by an index of what is due": """
        approvals.SELECT_LAPSED campaigns.SELECT_AT_WORK expiries.SELECT_WATCHED outbox.SELECT_DUE
        summaries.SELECT_AHEAD summaries.SELECT_DUE terms.SELECT_PROGRAMS_TO_SPREAD
        wallets.SELECT_DUE_PASSES wallets.SELECT_NEXT_PASS_DUE wallets.SELECT_SPREAD personal.SELECT_CLOSINGS""",
    "what a process asks of its own, and of what the dead have left": """
        inbox.SELECT_OWNER inbox.SELECT_MY_IDS inbox.SELECT_NOBODYS inbox.HAS_NOBODYS inbox.TAKE_NOBODYS
        outbox.SELECT_DUE_OF_MINE outbox.SELECT_BUSY outbox.RELEASE_NOBODYS outbox.HAS_NOBODYS
        wallets.RELEASE_NOBODYS""",
    "at a start, and for what is set aside": """
        ahead.MEND inbox.SELECT_UNFINISHED inbox.SELECT_UNREPORTED outbox.RELEASE_LEASES outbox.END_LAPSED_LEASES
        outbox.SELECT_UNREPORTED outbox.RELEASE_HELD outbox.DROP_HELD outbox.SELECT_OWED
        people.DELETE_DIALOGUES wallets.RELEASE_PASSES""",
    "what operators and metrics are told": """
        campaigns.COUNT_MARKETING_DUE inbox.COUNT_DEAD_LETTERS inbox.COUNT_UNFINISHED
        mailboxes.COUNT_REFUSED_MAILBOXES outbox.COUNT_OWED outbox.COUNT_FAILED outbox.COUNT_HELD
        terms.SELECT_MERCHANTS wallets.COUNT_PASSES wallets.SELECT_PASSES_GIVEN_UP
        wallets.SELECT_PASSES_FAILING""",
    "what is forgotten at night": """
        inbox.DELETE_DEAD_LETTERS inbox.DELETE_DONE mailboxes.FORGET_MAIL_CODES people.SELECT_STRANGERS
        people.DELETE_LAPSED_DIALOGUES personal.DELETE_LAPSED personal.SELECT_UNWIPED personal.WIPED
        personal.FORGET_HASHES personal.SELECT_OLD_MESSAGES personal.SELECT_OLD_OPERATIONS
        printed.FORGET_ADOPTIONS printed.SELECT_MAILED_BEFORE wallets.FORGET_DEVICES wallets.FORGET_PASSES""",
    "the whole ledger, for verify and a restored copy": """
        histories.SELECT_CARDS histories.SELECT_ENTRIES histories.SELECT_MERGED_ENTRIES
        histories.SELECT_PROGRAMS unreadable.SELECT_ALL""",
    "what one person asks who deals with many shops": """
        personal.SELECT_SHOPS personal.SELECT_KEPT[staff] personal.SELECT_KEPT[invites]
        personal.SELECT_KEPT[pin_sessions] personal.SELECT_KEPT[updates] personal.ERASE[updates]
        personal.END_INVITATIONS""",
    "what a merchant changes of links and desks, which lie by what is asked of them every minute": """
        directory.RETIRE_ROUTES personal.SELECT_KEPT[links] personal.ERASE[links] personal.DELETE_SHOP[directory]
        personal.DELETE_SHOP[acquaintances] personal.DELETE_SHOP[desks] personal.DELETE_SHOP[shown_cards]
        team.END_DESKS_AT team.LEAVE_DESKS""",
    "a phone names itself, a mail its address, a page of customers their accounts": """
        wallets.SELECT_PASSES_ON mailboxes.SELECT_MAIL_CODES_TO mailboxes.SELECT_MAIL_CODE_IN people.SELECT_GONE""",
}
"""Each is answered by every machine from its own rows, and the answers are put together."""


ON_ONE_SERVER: Mapping[str, str] = {"team.SELECT_WORKPLACES": "team.SELECT_WORKPLACES_AT"}
"""What joins people with what is a merchant's, and what a distributed database is asked in its place."""
ON_THE_LIST = {name for names in SWEEPS.values() for name in names.split()}


def is_on(names: set[str], name: str) -> bool:
    """By its own name, or with all of its kind."""
    return not names.isdisjoint((name, name.partition("[")[0]))


def sql_of(statement: ClauseElement) -> str:
    return " ".join(compile_statement(statement, POSTGRES).sql.split())


def all_statements() -> Iterator[tuple[str, ClauseElement]]:
    """What is run as it stands: not what others are put together from."""
    yield from ((name, each) for name, each in STATEMENTS.items() if "._" not in name)
    for module in pkgutil.iter_modules(storage.postgres.__path__, "storage.postgres."):
        for variable, value in vars(importlib.import_module(module.name)).items():
            yield from statements_in(f"{module.name}.{variable}", value)


EVERY_STATEMENT = {name.removeprefix("storage."): statement for name, statement in all_statements()}
DISTRIBUTED = {name: each for name, each in EVERY_STATEMENT.items() if name not in ON_ONE_SERVER}


def is_whole(statement: ClauseElement) -> bool:
    """No table, and no part of others."""
    return re.match(r"\(?(SELECT|INSERT|UPDATE|DELETE) ", sql_of(statement)) is not None


@pytest.fixture(scope="module")
def reach() -> Iterator[dict[str, Reach]]:
    url, give_back = postgres.lend_database("parted", make_parted)
    yield reaches(url, {name: each for name, each in DISTRIBUTED.items() if is_whole(each)})
    give_back()


def test_every_statement_asks_one_machine_or_is_on_the_list(reach: dict[str, Reach]) -> None:
    many = {name: found.swept for name, found in reach.items() if found.swept}
    for reason, names in SWEEPS.items():
        print(f"{reason}:")  # noqa: T201  pytest -rP shows the list
        for name in (name for name in many if is_on(set(names.split()), name)):
            print(f"    {name}: {', '.join(many[name])}")  # noqa: T201
    assert [f"{name} of {found}" for name, found in many.items() if not is_on(ON_THE_LIST, name)] == []
    assert [name for name in ON_THE_LIST if not any(is_on({name}, each) for each in many)] == []


def test_what_only_one_server_is_asked_has_something_in_its_place(reach: dict[str, Reach]) -> None:
    assert set(ON_ONE_SERVER) <= set(EVERY_STATEMENT)
    assert set(ON_ONE_SERVER.values()) <= set(reach)


def test_rows_that_lie_by_merchant_are_asked_for_apart_from_those_that_lie_by_person(
    reach: dict[str, Reach],
) -> None:
    assert [name for name, found in reach.items() if len(found.columns) > 1] == []


SOURCE = re.compile(r"(?:FROM|JOIN|UPDATE) (\w+)(?: AS (\w+))?")


@for_each("name", [name for name in EVERY_STATEMENT if is_on(ON_THE_LIST, name)])
def test_sweep_is_answered_by_each_machine_from_its_own_rows(name: str) -> None:
    """It joins what lies together by the column by which it lies, or what all of them have, and locks nothing."""
    sql = sql_of(EVERY_STATEMENT[name])
    assert " FOR " not in sql
    sources = {alias or table: column_of(metadata.tables[table]) for table, alias in SOURCE.findall(sql)}
    together = {frozenset((source,)) for source, column in sources.items() if column}
    for one, column, other, same in re.findall(r"(\w+)\.(\w+) = (\w+)\.(\w+)", sql):
        if column == same == sources[one] == sources[other]:
            joined = [group for group in together if group & {one, other}]
            together = together.difference(joined) | {frozenset().union(*joined)}
    assert len(together) <= 1
