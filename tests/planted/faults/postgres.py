"""Faults in what is PostgreSQL's alone."""

from tests.planted.fault import fault

TESTS = "tests/storage/test_postgres.py"
FAULTS = (
    fault(
        "who writes alone lets others write beside",
        "storage.postgres.writer:Writer._begin",
        "WRITES_ALONE",
        "'BEGIN'",
        TESTS,
    ),
    fault(
        "who writes together reads the card without a lock",
        "storage.postgres.together:TxTogether._locks",
        "_LOCK[ref.by]",
        "_FIND[ref.by]",
        TESTS,
    ),
    fault(
        "two commands of a group read one card side by side",
        "storage.postgres.together:TxTogether._locks",
        "self.session._group.own((merchant_id, 'card', found[0]))",
        "",
        TESTS,
    ),
    fault(
        "what a command has written before it broke is committed with the others'",
        "storage.postgres.together:Together._go_on",
        "raise TakenBack from error",
        "pass",
        TESTS,
    ),
    fault(
        "a commit whose answer was lost is run again",
        "storage.postgres.together:Together._give_up",
        "self._takes_back(group) and group.is_committing",
        "self._takes_back(group) and False",
        TESTS,
    ),
    fault(
        "a connection that was lost is an outage",
        "storage.postgres.writer:Writer._commit",
        "was_lost or is_conflict(error)",
        "is_conflict(error)",
        TESTS,
    ),
    fault(
        "a NUL comes in",
        "bot.telegram.updates:_without_nul",
        "return _ESCAPED.sub(lambda found: REPLACEMENT if found[0] in NULS else found[0], text)",
        "return text",
        "tests/bot/telegram/test_nul.py",
    ),
)
