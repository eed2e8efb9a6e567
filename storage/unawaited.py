"""Statements that write and whose answers no command waits for.

They change the acting command's own card and what belongs to it, or add rows: an entry or a message that is there
already violates its key. An engine may carry them out later than it is told to, before anything can notice
(docs/decisions/0107).
"""

from collections.abc import Mapping

from sqlalchemy import ClauseElement

from storage import inbox, ledger, outbox, team, wallets

UNAWAITED: Mapping[ClauseElement, tuple[str, ...]] = {
    ledger.INSERT_ENTRY: (),
    ledger.UPDATE_BALANCES: ("card_id",),
    ledger.UPDATE_HELD: ("card_id",),
    outbox.INSERT_MESSAGE: (),
    outbox.INSERT_DELIVERY: (),
    team.SAVE_WINDOW: ("staff_id",),
    wallets.MARK_PASSES: (),
    inbox.UPDATE_DONE: (),
}
"""Key: the statement. Value: the parameters by which an act at the counter asks for the row that it changes."""
