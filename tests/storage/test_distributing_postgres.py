"""How a database is distributed, tried on a stand-in for Citus: its catalogue and its two functions, which
refuse what Citus refuses of keys (https://docs.citusdata.com/en/stable/develop/reference_ddl.html)."""

from collections.abc import Iterator, Mapping
from contextlib import closing

import psycopg
import pytest

from storage.postgres.database import PostgresDatabase
from storage.postgres.distribution import NotDistributable, column_of
from storage.postgres.migrate import distribute
from storage.postgres.tx import DistributedTx
from storage.tables import metadata
from tests.support import postgres
from tests.support.async_shop import do, look
from tests.support.clock import Chance, Clock, Ids

CITUS = """
CREATE TABLE citus_tables (
    table_name regclass PRIMARY KEY, citus_table_type text, distribution_column text, colocation_id int
);
CREATE FUNCTION create_reference_table(what regclass) RETURNS void LANGUAGE sql AS
    $$ INSERT INTO citus_tables VALUES (what, 'reference', '<none>', 0) $$;
CREATE FUNCTION create_distributed_table(
    what regclass, column_named text, distribution_type text DEFAULT 'hash', colocate_with text DEFAULT 'default'
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    beside int := CASE colocate_with
        WHEN 'none' THEN (SELECT coalesce(max(colocation_id), 0) + 1 FROM citus_tables)
        ELSE (SELECT colocation_id FROM citus_tables WHERE table_name = colocate_with::regclass) END;
    place smallint := (SELECT attnum FROM pg_attribute WHERE attrelid = what AND attname = column_named);
BEGIN
    IF beside IS NULL THEN
        RAISE 'relation % is not distributed', colocate_with;
    END IF;
    IF EXISTS (SELECT FROM pg_index WHERE indrelid = what AND indisunique AND NOT place = ANY (indkey)) THEN
        RAISE 'cannot create constraint on %', what;
    END IF;
    IF EXISTS (
        SELECT FROM pg_constraint LEFT JOIN citus_tables ON table_name = confrelid
        WHERE conrelid = what AND contype = 'f'
        AND (colocation_id IS DISTINCT FROM beside OR NOT place = ANY (conkey))
    ) THEN
        RAISE 'cannot create foreign key constraint of %', what;
    END IF;
    INSERT INTO citus_tables VALUES (what, 'distributed', column_named, beside);
END $$;
"""


@pytest.fixture
def url() -> Iterator[str]:
    made = postgres.create_copy()
    yield made
    postgres.drop_database(made)


@pytest.fixture
def citus(url: str) -> str:
    postgres.edits(url, CITUS)
    return url


def lying(url: str) -> Mapping[str, tuple[str, int]]:
    with closing(psycopg.connect(url.replace("+psycopg", ""))) as connection:
        found = connection.execute(
            "SELECT table_name::text, distribution_column, colocation_id FROM citus_tables"
        )
        return {table: (column, group) for table, column, group in found}


def test_every_table_is_distributed_as_it_says_and_those_by_one_column_lie_together(citus: str) -> None:
    done = distribute(citus, when_asked=True)
    assert sorted(done) == sorted(metadata.tables)
    found = lying(citus)
    columns = {name: None if column == "<none>" else column for name, (column, _) in found.items()}
    assert columns == {name: column_of(table) for name, table in metadata.tables.items()}
    assert len(set(found.values())) == len(set(columns.values()))
    assert distribute(citus, when_asked=True) == []


def test_what_an_upgrade_adds_is_distributed_without_being_asked_for_where_the_rest_is(citus: str) -> None:
    assert distribute(citus, when_asked=False) == []
    distribute(citus, when_asked=True)
    postgres.edits(
        citus, "DELETE FROM citus_tables WHERE table_name IN ('takings'::regclass, 'desks'::regclass)"
    )
    assert sorted(distribute(citus, when_asked=False)) == ["desks", "takings"]
    assert lying(citus)["takings"] == lying(citus)["merchants"]


def test_what_was_broken_off_goes_on_where_it_was(citus: str) -> None:
    postgres.edits(citus, "CREATE UNIQUE INDEX in_the_way ON staff (staff_id)")
    with pytest.raises(psycopg.Error, match="cannot create constraint on staff"):
        distribute(citus, when_asked=True)
    before = lying(citus)
    postgres.edits(citus, "DROP INDEX in_the_way")
    after = distribute(citus, when_asked=True)
    assert 0 < len(before) < len(metadata.tables)
    assert sorted([*before, *after]) == sorted(metadata.tables)


def test_table_that_lies_by_another_column_is_refused_before_any_other_is_distributed(citus: str) -> None:
    postgres.edits(citus, "INSERT INTO citus_tables VALUES ('customers', 'distributed', 'customer_id', 7)")
    with pytest.raises(NotDistributable, match=r"customers of .* lies by customer_id, not by merchant_id"):
        distribute(citus, when_asked=True)
    assert [*lying(citus)] == ["customers"]


def test_without_citus_nothing_is_distributed(url: str) -> None:
    assert distribute(url, when_asked=False) == []
    with pytest.raises(NotDistributable, match="has no Citus: "):
        distribute(url, when_asked=True)


@pytest.mark.parametrize("is_apart", [False, True])
async def test_only_where_people_lie_apart_from_merchants_are_they_asked_for_apart(
    citus: str, is_apart: bool
) -> None:
    """By who reads and who writes."""
    if is_apart:
        distribute(citus, when_asked=True)
    store = PostgresDatabase(citus, clock=Clock(), new_id=Ids(), chance_below=Chance())
    found = [await ask(store, lambda tx: isinstance(tx, DistributedTx)) for ask in (look, do)]
    await store.close()
    assert found == [is_apart] * 2
