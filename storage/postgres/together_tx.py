"""What a command may do that shares its transaction with others, and how it reads and writes there.

It may write what no other such command can have changed meanwhile, in any process: the locked card, the rows that
belong to it, and new rows (``WRITTEN``).
"""

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ClauseElement, Select, bindparam, select

from domain import ports
from domain.acts import Operation
from domain.card import CardRef, Holding
from domain.ids import CardId, MerchantId, OperationKey
from domain.plumbing.inbox import begin_update, finish_updates, receive_updates
from domain.rules.counter import Counter
from domain.staff import Actor
from domain.usecases.earn_points import earn_points
from domain.usecases.redeem_reward import redeem_reward
from domain.usecases.stamp_card import stamp_card
from storage import inbox, ledger, tables
from storage.at_counter import KnowingTx
from storage.base import NOTHING
from storage.clauses import has
from storage.customers import NAMED_BY
from storage.known import Known
from storage.postgres.pipeline import Answer
from storage.postgres.together_group import Group
from storage.statements import Row
from storage.unawaited import UNAWAITED

T = TypeVar("T")

TOGETHER: Collection[Callable[..., Any]] = frozenset(
    (stamp_card, earn_points, redeem_reward, receive_updates, begin_update, finish_updates)
)
"""The use cases that run here, which are the frequent ones. They decide by the card that they lock and by what they
read after that; those of the inbox lock the person, or decide by nothing."""
WRITTEN: frozenset[ClauseElement] = frozenset((*UNAWAITED, inbox.INSERT_UPDATE, inbox.UPDATE_FAILED))
"""All statements that may write here: rows of the locked card, new rows, or until when a member's PIN counts,
whatever it was. Only the process that handles an update writes to its row."""


def _lock(select_it: Select[Any], *, waits: bool) -> Select[Any]:
    return select_it.with_for_update(key_share=True, skip_locked=not waits)


_LOCK = {
    (by, waits): _lock(
        select(tables.cards.c.card_id).where(
            has(tables.cards, "merchant_id"), column == bindparam("card_ref")
        ),
        waits=waits,
    )
    for by, column in NAMED_BY.items()
    for waits in (False, True)
}


class RunAlone(BaseException):
    """The command needs more than may be done here. A BaseException, so that no use case takes it for an error of its
    own."""


class TakenElsewhere(RunAlone):
    """Another process has locked the card."""


class SessionTogether:
    """Implements ``storage.base.Session``. A presumption is confirmed before anything is written."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self._group: Group | None = None
        self._presumed: Answer | None = None

    def begin(self, group: Group) -> None:
        self._group, self._presumed = group, None

    def all(self, statement: ClauseElement, **values: object) -> Sequence[Row]:
        return self.group.ask(statement, values).rows()

    def one(self, statement: ClauseElement, **values: object) -> Row | None:
        return next(iter(self.group.ask(statement, values).rows()), None)

    def run(self, statement: ClauseElement, row: Mapping[str, object] = NOTHING, /, **values: object) -> int:
        """Returns 1 for a statement of ``UNAWAITED``, whatever it changes. Raises RunAlone for one that may not
        write here."""
        if statement not in WRITTEN:
            raise RunAlone
        self.confirm()
        self.group.note_write()
        given = {**row, **values} if row and values else row or values
        if statement in UNAWAITED:
            self.group.send(statement, given)
            return 1
        return self.group.ask(statement, given).count

    def presume_none(self, statement: ClauseElement, **values: object) -> None:
        """Presumes that there is no such row, until ``confirm`` has looked."""
        self.confirm()
        self._presumed = self.group.send(statement, values)

    def confirm(self) -> None:
        """Raises RunAlone where what was presumed is not so."""
        presumed, self._presumed = self._presumed, None
        if presumed is not None and self.group.wait_for(presumed).rows():
            raise RunAlone

    def own(self, what: Hashable) -> int:
        return self.group.own(what)

    @property
    def group(self) -> Group:
        assert self._group is not None
        return self._group


class TxTogether(KnowingTx):
    """Locks the card, then reads it. Its moment is taken after the lock, so that no entry lies before the one that it
    follows."""

    session: SessionTogether

    def __init__(self, clock: Callable[[], datetime], known: Known, *parts: Any) -> None:
        super().__init__(SessionTogether(known), *parts)
        self._clock = clock

    def starts(self, group: Group) -> ports.Tx:
        self.session.begin(group)
        return self.begin(self._clock())

    def operation(self, merchant_id: MerchantId, key: OperationKey) -> Operation | None:
        """Before the command has written, presumes that there is none, so that it does not wait for this answer
        alone. If there is one after all, the command runs alone."""
        self.session.own((merchant_id, "operation", key))
        if self.session.group.has_written:
            return super().operation(merchant_id, key)
        self.session.presume_none(ledger.SELECT_OPERATION, merchant_id=merchant_id, operation_key=key)
        return None

    def lock_counter(self, actor: Actor, card: CardRef) -> Counter:
        def read() -> tuple[CardId | None, Counter]:
            counter = super(TxTogether, self).lock_counter(actor, card)
            is_there = counter.card is not None and counter.blank is None
            return counter.card.card_id if counter.card and is_there else None, counter

        return self._locked(actor.merchant_id, card, read)

    def lock_card(self, merchant_id: MerchantId, card_id: CardId) -> Holding | None:
        def read() -> tuple[CardId | None, Holding | None]:
            held = super(TxTogether, self).lock_card(merchant_id, card_id)
            return held.card.card_id if held else None, held

        return self._locked(merchant_id, CardRef("id", card_id), read)

    def _at_counter(self, actor: Actor, card: CardRef | None) -> Counter | None:
        """Reads by what is known from the group before, and again if that turns out to be of another edition."""
        known, group = self.session.known, self.session.group
        before, found = known.mark, super()._at_counter(actor, card)
        known.begins(group.edition())
        return found if known.mark == before else super()._at_counter(actor, card)

    def _locked(
        self, merchant_id: MerchantId, ref: CardRef, read: Callable[[], tuple[CardId | None, T]]
    ) -> T:
        """Locks and reads the card in one trip, and reads it once more where another command of the group has had it
        since. Raises TakenElsewhere, and RunAlone where another card stands for it."""
        session = self.session
        session.own((merchant_id, ref))
        known = session.group.over
        lock_it = _LOCK[ref.by, session.group.may_wait()]
        lock = session.group.send(lock_it, {"merchant_id": merchant_id, "card_ref": ref.value})
        card_id, found = read()
        session.confirm()
        [locked] = next(iter(lock.rows()), (None,))
        if locked != card_id:
            raise TakenElsewhere if locked is None else RunAlone
        if card_id is None:
            return found
        if session.own((merchant_id, "card", card_id)) > known:
            _, found = read()
        if not session.group.has_written:
            self.now = self._clock()
        return found
