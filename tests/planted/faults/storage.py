"""Faults in the database layer."""

from tests.planted.fault import Fault


def fault(says: str, file: str, old: str, new: str, *caught_by: str) -> Fault:
    return Fault(says=says, file=f"storage/{file}", old=old, new=new, caught_by=caught_by)


FIRST_MIGRATION = "migrations/versions/0001_the_main_job.py"

FAULTS = (
    fault(
        "a transaction takes its lock only when it writes",
        "sqlite/writer.py",
        '        driver.execute("BEGIN IMMEDIATE")\n        ends_at',
        '        driver.execute("BEGIN")\n        ends_at',
        "tests/storage/test_writer.py",
    ),
    fault(
        "a refused command leaves what it wrote",
        "sqlite/writer.py",
        '                driver.execute("ROLLBACK TO job")\n',
        "",
        "tests/storage/test_writer.py",
    ),
    fault(
        "the first command that is refused takes its group with it",
        "sqlite/writer.py",
        "                self._run_apart(driver, tx, group)\n",
        "                driver.execute('BEGIN IMMEDIATE')\n",
        "tests/storage/test_writer.py",
    ),
    fault(
        "callers are answered before the commit",
        "sqlite/writer.py",
        "            group.enqueued += tx.enqueued\n        self._trace(Step.COMMAND_RUN)",
        "            group.enqueued += tx.enqueued\n            self._loop.call_soon_threadsafe(job.resolve)\n"
        "        self._trace(Step.COMMAND_RUN)",
        "tests/storage/test_writer.py",
    ),
    fault(
        "a failed commit is told as a success",
        "sqlite/writer.py",
        "            job.error = ports.DatabaseUnavailable(str(error))\n            job.error.__cause__ = error\n",
        "            job.error = None\n",
        "tests/storage/test_writer.py",
    ),
    fault(
        "the clock is read before the lock",
        "sqlite/writer.py",
        '        driver.execute("BEGIN IMMEDIATE")\n        ends_at = time.monotonic() + GROUP_TIME_MAX_S\n',
        "        early = self._clock()\n        self._clock = lambda: early\n"
        '        driver.execute("BEGIN IMMEDIATE")\n        ends_at = time.monotonic() + GROUP_TIME_MAX_S\n',
        "tests/storage/test_writer.py",
    ),
    fault(
        "nobody is woken by a message in the outbox",
        "sqlite/writer.py",
        "        if group.enqueued:\n            self._on_enqueued()",
        "        if group.enqueued < 0:\n            self._on_enqueued()",
        "tests/storage/test_contract_store.py",
    ),
    fault(
        "a commit may be lost with the power",
        "sqlite/engine.py",
        "PRAGMA synchronous=FULL",
        "PRAGMA synchronous=OFF",
        "tests/storage/test_connections.py",
    ),
    fault(
        "readers and the writer wait for each other",
        "sqlite/engine.py",
        "PRAGMA journal_mode=WAL",
        "PRAGMA journal_mode=DELETE",
        "tests/storage/test_connections.py",
    ),
    fault(
        "foreign keys are not looked at",
        "sqlite/engine.py",
        "PRAGMA foreign_keys=ON",
        "PRAGMA foreign_keys=OFF",
        "tests/storage/test_writer.py",
    ),
    fault(
        "a reader may write",
        "sqlite/engine.py",
        'cursor.execute("PRAGMA query_only=ON")',
        "pass",
        "tests/storage/test_contract_store.py",
    ),
    fault(
        "another merchant's card is found",
        "ledger.py",
        ".outerjoin(cards, within(cards, card_is))",
        ".outerjoin(cards, card_is)",
        "tests/storage/test_contract_ledger.py",
    ),
    fault(
        "another merchant's staff are found",
        "ledger.py",
        '.outerjoin(_member, within(_member, _member.c.staff_id == bindparam("staff_id")))',
        '.outerjoin(_member, _member.c.staff_id == bindparam("staff_id"))',
        "tests/storage/test_contract_ledger.py",
    ),
    fault(
        "another merchant's operation key is found",
        "ledger.py",
        '    tables.operations.c.merchant_id == bindparam("merchant_id"),\n'
        '    tables.operations.c.operation_key == bindparam("operation_key"),\n',
        '    tables.operations.c.operation_key == bindparam("operation_key"),\n'
        '    bindparam("merchant_id") == bindparam("merchant_id"),\n',
        "tests/storage/rules/test_operations.py",
    ),
    fault(
        "another merchant's entry is found",
        "ledger.py",
        "SELECT_ENTRY = select(*rows.ENTRY).where(_entry_merchant, ",
        "SELECT_ENTRY = select(*rows.ENTRY).where(",
        "tests/storage/test_contract_ledger.py",
    ),
    fault(
        "another merchant's card is found by its holder",
        "customers.py",
        '    .where(_cards.c.merchant_id == bindparam("merchant_id"))\n)\nSELECT_CARD_BY_ID',
        "    .where(_cards.c.merchant_id == _cards.c.merchant_id)\n)\nSELECT_CARD_BY_ID",
        "tests/storage/test_contract_directory.py",
    ),
    fault(
        "a store one works at counts at every store",
        "ledger.py",
        "                _member_store.c.store_id == stores.c.store_id,\n",
        "",
        "tests/storage/rules/test_rights.py",
    ),
    fault(
        "a lease is ignored",
        "outbox.py",
        '        or_(_deliveries.c.leased_until.is_(None), _deliveries.c.leased_until <= bindparam("now")),\n',
        "",
        "tests/storage/rules/test_outbox.py",
    ),
    fault(
        "a lease never ends",
        "outbox.py",
        'or_(_deliveries.c.leased_until.is_(None), _deliveries.c.leased_until <= bindparam("now"))',
        "_deliveries.c.leased_until.is_(None)",
        "tests/storage/rules/test_outbox.py",
    ),
    fault(
        "a message is sent before it is due",
        "outbox.py",
        '        _deliveries.c.due_at <= bindparam("now"),\n',
        "",
        "tests/storage/rules/test_outbox.py",
    ),
    fault(
        "marketing goes first",
        "outbox.py",
        "for is_marketing in (0, 1):",
        "for is_marketing in (1, 0):",
        "tests/storage/rules/test_outbox.py",
    ),
    fault(
        "a message that was given up is sent all the same",
        "outbox.py",
        "_is_owed = and_(_deliveries.c.delivered_at.is_(None), _deliveries.c.failed_at.is_(None))",
        "_is_owed = and_(_deliveries.c.delivered_at.is_(None))",
        "tests/storage/rules/test_outbox.py",
    ),
    fault(
        "an update that comes again is taken for a new one",
        "inbox.py",
        "return inserted == 1",
        "return inserted >= 0",
        "tests/storage/rules/test_inbox.py",
    ),
    fault(
        "updates are taken up again out of order",
        "inbox.py",
        "    .order_by(_inbox.c.update_id)\n)\nUPDATE_DONE",
        "    .order_by(_inbox.c.update_id.desc())\n)\nUPDATE_DONE",
        "tests/storage/rules/test_inbox.py",
    ),
    fault(
        "the content of an update stays when it is done",
        "inbox.py",
        '.values(done_at=bindparam("done_at"), payload=None)',
        '.values(done_at=bindparam("done_at"))',
        "tests/storage/test_inbox_rows.py",
    ),
    fault(
        "another bot's updates are taken up",
        "inbox.py",
        '_inbox.c.bot_id == bindparam("bot_id"), _inbox.c.done_at.is_(None), _inbox.c.failed_at.is_(None))\n'
        "    .order_by",
        'bindparam("bot_id") == bindparam("bot_id"), _inbox.c.done_at.is_(None))\n    .order_by',
        "tests/storage/rules/test_inbox.py",
    ),
    fault(
        "an inactive member is still a member",
        "team.py",
        "            _staff.c.user_id == tables.acquaintances.c.user_id,\n            _is_active,\n",
        "            _staff.c.user_id == tables.acquaintances.c.user_id,\n",
        "tests/storage/rules/test_desks.py",
    ),
    fault(
        "who was removed is still told as a manager",
        "team.py",
        "    _of_merchant, _is_active, _is_merchant_wide, _staff.c.user_id.is_not(None)",
        "    _of_merchant, _is_merchant_wide, _staff.c.user_id.is_not(None)",
        "tests/storage/rules/test_disputes.py",
    ),
    fault(
        "two bots run on one database",
        "sqlite/instance.py",
        "fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)",
        "fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)",
        "tests/cli/test_database.py",
    ),
    fault(
        "a schema of a newer program is opened",
        "migrate.py",
        "if present is not None and present not in _known():",
        "if present == '':",
        "tests/storage/test_migrations.py",
    ),
    fault(
        "a migration takes no copy first",
        "migrate.py",
        "    copy_database(path, copy)\n",
        "",
        "tests/storage/test_migrations.py",
    ),
    fault(
        "an entry can be voided twice in the database",
        FIRST_MIGRATION,
        '            "uq_entries_voided_once",\n            ["merchant_id", "related_entry_id"],\n'
        "            unique=True,",
        '            "uq_entries_voided_once",\n            ["merchant_id", "related_entry_id"],\n'
        "            unique=False,",
        "tests/storage/test_constraints.py",
    ),
    fault(
        "a balance may be negative in the database",
        FIRST_MIGRATION,
        '        sa.CheckConstraint("stamp_count >= 0", name=op.f("ck_cards_stamps_not_negative")),\n',
        "",
        "tests/storage/test_constraints.py",
    ),
    fault(
        "a table is not what the migrations make of it",
        "tables.py",
        '    CheckConstraint("stamp_count >= 0", name="stamps_not_negative"),\n',
        "",
        "tests/storage/test_migrations.py",
    ),
)
