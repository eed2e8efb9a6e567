"""Faults in what is PostgreSQL's alone."""

from tests.planted.fault import fault

TESTS = "tests/storage/test_postgres.py"
FAULTS = (
    fault(
        "the server hears of a group's statements only when their answers are asked for",
        "storage.postgres.pipeline:Pipeline._push",
        "self._server.flush()",
        "pass",
        TESTS,
    ),
    fault(
        "who writes alone lets others write beside",
        "storage.postgres.writer:Writer._begin",
        "WRITES_ALONE",
        "'BEGIN'",
        TESTS,
    ),
    fault(
        "who writes together reads the card without a lock",
        "storage.postgres.together:_lock",
        "select_it.with_for_update(key_share=True, skip_locked=not waits)",
        "select_it",
        TESTS,
    ),
    fault(
        "who has found the card taken asks for it over and over",
        "storage.postgres.together:Group.may_wait",
        "self.is_again and is_first",
        "False",
        TESTS,
    ),
    fault(
        "two commands of a group read one card side by side",
        "storage.postgres.together:TxTogether._locked",
        "session.own((merchant_id, 'card', card_id)) > known",
        "False",
        TESTS,
    ),
    fault(
        "what another command of the group has made of the card meanwhile is not read",
        "storage.postgres.together:TxTogether._locked",
        "session.own((merchant_id, 'card', card_id)) > known",
        "session.own((merchant_id, 'card', card_id)) > known + 64",
        TESTS,
    ),
    fault(
        "a key that was presumed to be new is not looked up",
        "storage.postgres.together:SessionTogether.confirm",
        "presumed is not None and self.group.wait_for(presumed).rows()",
        "False",
        TESTS,
    ),
    fault(
        "what is kept in memory is not read again where another process has changed it",
        "storage.postgres.together:TxTogether._at_counter",
        "known.begins(group.edition())",
        "known.begins(0)",
        TESTS,
    ),
    fault(
        "the first to notice a change goes on by what it knew before",
        "storage.postgres.together:TxTogether._at_counter",
        "known.mark == before",
        "True",
        TESTS,
    ),
    fault(
        "who changes what others keep in memory says nothing of it",
        "storage.postgres.session:PostgresSession.run",
        "compiled_for(statement).written in FIXED",
        "False",
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
        "what was ended by a time-out is the command's own fault",
        "storage.postgres.engine:_OUTAGE_CLASSES",
        "('08', '53', '57', '58')",
        "('08', '53', '58')",
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
