"""Faults in the database layer."""

from tests.planted.fault import fault

FAULTS = (
    fault(
        "a transaction takes its lock only when it writes",
        "storage.sqlite.writer:Writer._run_together",
        "'BEGIN IMMEDIATE'",
        "'BEGIN'",
        "tests/storage/test_writer.py",
    ),
    fault(
        "a refused command leaves what it wrote",
        "storage.sqlite.writer:Writer._run_apart",
        "driver.execute('ROLLBACK TO job')",
        "",
        "tests/storage/test_writer.py",
    ),
    fault(
        "the first command that is refused takes its group with it",
        "storage.sqlite.writer:Writer._commit",
        "self._run_apart(driver, tx, group)",
        "driver.execute('BEGIN IMMEDIATE')",
        "tests/storage/test_writer.py",
    ),
    fault(
        "callers are answered before the commit",
        "storage.sqlite.writer:Writer._run",
        "group.enqueued += tx.enqueued",
        """
            group.enqueued += tx.enqueued
            self._loop.call_soon_threadsafe(job.resolve)
        """,
        "tests/storage/test_writer.py",
    ),
    fault(
        "a failed commit is told as a success",
        "storage.sqlite.writer:Writer._tell_unavailable",
        """
            job.error = ports.DatabaseUnavailable(str(error))
            job.error.__cause__ = error
        """,
        "job.error = None",
        "tests/storage/test_writer.py",
    ),
    fault(
        "the clock is read before the lock",
        "storage.sqlite.writer:Writer._run_together",
        "session.driver.execute('BEGIN IMMEDIATE')",
        """
            early = self._clock()
            self._clock = lambda: early
            session.driver.execute('BEGIN IMMEDIATE')
        """,
        "tests/storage/test_writer.py",
    ),
    fault(
        "nobody is woken by a message in the outbox",
        "storage.sqlite.writer:Writer._resolve",
        "group.enqueued",
        "group.enqueued < 0",
        "tests/storage/test_contract_store.py",
    ),
    fault(
        "a commit may be lost with the power",
        "storage.sqlite.engine:_set_up.connect",
        "'PRAGMA synchronous=FULL'",
        "'PRAGMA synchronous=OFF'",
        "tests/storage/test_connections.py",
    ),
    fault(
        "readers and the writer wait for each other",
        "storage.sqlite.engine:_set_up.connect",
        "'PRAGMA journal_mode=WAL'",
        "'PRAGMA journal_mode=DELETE'",
        "tests/storage/test_connections.py",
    ),
    fault(
        "foreign keys are not looked at",
        "storage.sqlite.engine:_set_up.connect",
        "'PRAGMA foreign_keys=ON'",
        "'PRAGMA foreign_keys=OFF'",
        "tests/storage/test_writer.py",
    ),
    fault(
        "a reader may write",
        "storage.sqlite.engine:_set_up.connect",
        "cursor.execute('PRAGMA query_only=ON')",
        "pass",
        "tests/storage/test_contract_store.py",
    ),
    fault(
        "another merchant's card is found",
        "storage.ledger:_select_counter",
        "within(cards, card_is)",
        "card_is",
        "tests/storage/test_contract_ledger.py",
    ),
    fault(
        "another merchant's staff are found",
        "storage.ledger:_select_counter",
        "within(_member, has(_member, 'staff_id'))",
        "has(_member, 'staff_id')",
        "tests/storage/test_contract_ledger.py",
    ),
    fault(
        "another merchant's operation key is found",
        "storage.ledger:SELECT_OPERATION",
        "'merchant_id'",
        "'operation_key'",
        "tests/domain/test_operations.py",
    ),
    fault(
        "another merchant's entry is found",
        "storage.ledger:SELECT_ENTRY",
        "'merchant_id'",
        "'entry_id'",
        "tests/storage/test_contract_ledger.py",
    ),
    fault(
        "another merchant's card is found by its holder",
        "storage.customers:_SELECT_CARD",
        "has(_cards, 'merchant_id')",
        "_cards.c.merchant_id == _cards.c.merchant_id",
        "tests/storage/test_contract_directory.py",
    ),
    fault(
        "a store one works at counts at every store",
        "storage.ledger:_select_counter.works_at",
        "other.c.store_id == stores.c.store_id",
        "other.c.store_id == other.c.store_id",
        "tests/domain/test_rights.py",
    ),
    fault(
        "a lease is ignored",
        "storage.outbox:SELECT_DUE",
        "or_(_deliveries.c.leased_until.is_(None), _deliveries.c.leased_until <= bindparam('now'))",
        "_is_owed",
        "tests/domain/test_outbox.py",
    ),
    fault(
        "a lease never ends",
        "storage.outbox:SELECT_DUE",
        "or_(_deliveries.c.leased_until.is_(None), _deliveries.c.leased_until <= bindparam('now'))",
        "_deliveries.c.leased_until.is_(None)",
        "tests/domain/test_outbox.py",
    ),
    fault(
        "a message is sent before it is due",
        "storage.outbox:SELECT_DUE",
        "_deliveries.c.due_at <= bindparam('now')",
        "_is_owed",
        "tests/domain/test_outbox.py",
    ),
    fault(
        "marketing goes first",
        "storage.outbox:OutboxRows.lease_due",
        "(0, 1)",
        "(1, 0)",
        "tests/domain/test_outbox.py",
    ),
    fault(
        "a message that was given up is sent all the same",
        "storage.outbox:_is_owed",
        "_deliveries.c.failed_at.is_(None)",
        "_deliveries.c.delivered_at.is_(None)",
        "tests/domain/test_outbox.py",
    ),
    fault(
        "an update that comes again is taken for a new one",
        "storage.inbox:InboxRows.receive",
        "inserted == 1",
        "inserted >= 0",
        "tests/domain/test_inbox.py",
    ),
    fault(
        "updates are taken up again out of order",
        "storage.inbox:SELECT_UNFINISHED",
        "_inbox.c.update_id",
        "_inbox.c.update_id.desc()",
        "tests/domain/test_inbox.py",
    ),
    fault(
        "whoever has a card is forgotten like a stranger",
        "storage.people:SELECT_STRANGERS",
        "_known.c.merchant_id.is_(None)",
        "_known.c.merchant_id.is_not(None)",
        "tests/domain/test_people.py",
    ),
    fault(
        "the content of an update stays when it is done",
        "storage.inbox:UPDATE_DONE",
        "change(_inbox, 'done_at').values(payload=None)",
        "change(_inbox, 'done_at')",
        "tests/storage/test_inbox_rows.py",
    ),
    fault(
        "another bot's updates are taken up",
        "storage.inbox:_is_unfinished",
        "_of_bot",
        "_inbox.c.bot_id == _inbox.c.bot_id",
        "tests/domain/test_inbox.py",
    ),
    fault(
        "an inactive member is still a member",
        "storage.team:SELECT_MEMBERSHIPS",
        "_is_active",
        "_staff.c.user_id == _known.c.user_id",
        "tests/domain/test_desks.py",
    ),
    fault(
        "who was removed is still told as a manager",
        "storage.team:SELECT_MANAGERS",
        "_is_active",
        "_is_told",
        "tests/domain/test_disputes.py",
    ),
    fault(
        "two bots run on one database",
        "storage.sqlite.instance:sole_user",
        "fcntl.LOCK_EX",
        "fcntl.LOCK_SH",
        "tests/cli/test_database.py",
    ),
    fault(
        "a schema of a newer program is opened",
        "storage.migrate:check_known",
        "present is not None and present not in known",
        "present == ''",
        "tests/storage/test_migrations.py",
    ),
    fault(
        "a migration takes no copy first",
        "storage.sqlite.migrate:_copy_first",
        "copy_database(path, copy)",
        "",
        "tests/storage/test_migrations.py",
    ),
    fault(
        "an entry can be voided twice in the database",
        "storage.migrations.versions.0001_the_main_job:upgrade",
        """
            batch_op.create_index(
                "uq_entries_voided_once",
                ["merchant_id", "related_entry_id"],
                unique=True,
                sqlite_where=sa.text("kind IN ('stamp_voided', 'points_voided', 'redemption_voided')"),
                postgresql_where=sa.text("kind IN ('stamp_voided', 'points_voided', 'redemption_voided')"),
            )
        """,
        """
            batch_op.create_index(
                "uq_entries_voided_once",
                ["merchant_id", "related_entry_id"],
                unique=False,
                sqlite_where=sa.text("kind IN ('stamp_voided', 'points_voided', 'redemption_voided')"),
                postgresql_where=sa.text("kind IN ('stamp_voided', 'points_voided', 'redemption_voided')"),
            )
        """,
        "tests/storage/test_constraints.py",
    ),
    fault(
        "a balance may be negative in the database",
        "storage.migrations.versions.0001_the_main_job:upgrade",
        "'stamp_count >= 0'",
        "'stamp_count >= -1'",
        "tests/storage/test_constraints.py",
    ),
    fault(
        "a table is not what the migrations make of it",
        "storage.tables:cards",
        "'stamp_count >= 0'",
        "'stamp_count >= -1'",
        "tests/storage/test_migrations.py",
    ),
    fault(
        "a message that cannot be read looks like a fault of the database",
        "storage.outbox:OutboxRows.message",
        "Exception",
        "KeyError",
        "tests/bot/telegram/test_outbox_unreadable.py",
    ),
)
