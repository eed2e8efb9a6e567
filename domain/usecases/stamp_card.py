"""Staff stamp a card."""

from dataclasses import dataclass

from domain.expiry import Unit
from domain.ids import EntryId
from domain.kinds import EntryKind
from domain.ports import Tx
from domain.rights import Right
from domain.rules import stamps
from domain.rules.counter import admit
from domain.usecases.card_state import CardState
from domain.usecases.once import Operation, Outcome, once
from domain.usecases.posting import draft, post, rewards_gained


@dataclass(frozen=True, slots=True, kw_only=True)
class StampCard(Operation):
    count: int

    @property
    def fingerprint(self) -> str:
        return f"stamp {self.actor.staff_id} {self.card} {self.count}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamped(Outcome):
    """``rewards_earned_now`` counts the rewards that this act completed."""

    entry_id: EntryId
    stamps: int
    rewards_earned_now: int
    may_undo: bool
    card: CardState


def stamp_card(*, tx: Tx, command: StampCard) -> Stamped:
    """Adds ``count`` stamps (1 to STAMPS_PER_ACT_MAX).

    Raises StampCountOutOfRange, OperationKeyReused, all that ``admit`` raises, CooldownActive, DailyLimitReached.
    """
    stamps.check_stamp_count(command.count)
    return once(tx, command, Stamped, _stamp)


def _stamp(tx: Tx, command: StampCard) -> Stamped:
    counter = tx.lock_counter(command.actor, command.card)
    at = admit(counter, command.actor, Right.STAMP, Unit.STAMPS, now=tx.now, pin_typed=command.pin_typed)
    card = stamps.earn(at.card, at.program, at.merchant.timezone, command.count, tx.now)
    entry = draft(tx, at, command, card, EntryKind.STAMP_EARNED, day=card.stamp_day)
    return Stamped(
        entry_id=entry.entry_id,
        stamps=command.count,
        rewards_earned_now=rewards_gained(at, card),
        may_undo=at.merchant.allow_void,
        card=post(tx, at, card, entry),
    )
