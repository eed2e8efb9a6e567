"""Staff hand out the reward for a full card."""

from dataclasses import dataclass

from domain.expiry import Unit
from domain.ids import EntryId
from domain.kinds import EntryKind
from domain.ports import Tx
from domain.refusals import NotEnoughStamps
from domain.rights import Right
from domain.rules.counter import admit
from domain.usecases.card_state import CardState
from domain.usecases.once import Operation, Outcome, once
from domain.usecases.posting import draft, post


@dataclass(frozen=True, slots=True, kw_only=True)
class RedeemReward(Operation):
    @property
    def fingerprint(self) -> str:
        return f"redeem {self.actor.staff_id} {self.card}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Redeemed(Outcome):
    entry_id: EntryId
    stamps: int
    reward: str
    may_undo: bool
    card: CardState


def redeem_reward(*, tx: Tx, command: RedeemReward) -> Redeemed:
    """Takes ``stamps_target`` stamps for one reward, never all of them.

    Raises OperationKeyReused, all that ``admit`` raises, NotEnoughStamps.
    """
    return once(tx, command, Redeemed, _redeem)


def _redeem(tx: Tx, command: RedeemReward) -> Redeemed:
    counter = tx.lock_counter(command.actor, command.card)
    at = admit(counter, command.actor, Right.REDEEM, Unit.STAMPS, now=tx.now, pin_typed=command.pin_typed)
    need = at.program.stamps_target
    if at.card.stamp_count < need:
        raise NotEnoughStamps(have=at.card.stamp_count, need=need)
    card = at.card.plus(Unit.STAMPS, -need)
    entry = draft(tx, at, command, card, EntryKind.STAMP_REDEEMED, reward=at.program.reward)
    return Redeemed(
        entry_id=entry.entry_id,
        stamps=need,
        reward=at.program.reward,
        may_undo=at.merchant.allow_void,
        card=post(tx, at, card, entry),
    )
