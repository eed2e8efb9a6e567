"""Rule 1 of the order of refusals: an operation key has at most one effect."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypedDict, TypeVar

from domain.card import CardRef
from domain.entry import Origin
from domain.ids import OperationKey
from domain.ports import Tx
from domain.refusals import OperationKeyReused
from domain.staff import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """``replayed`` says that the operation had been carried out before and this is what it gave then."""

    replayed: bool = False


class AtCounter(TypedDict):
    """Who asks, for which card, by which operation, from where."""

    actor: Actor
    card: CardRef
    operation_key: OperationKey
    origin: Origin
    pin_typed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffCommand:
    """What staff ask for at the counter, on one card.

    ``pin_typed`` says that the PIN was typed and verified for this very act; ``note`` is kept on the entry.
    """

    actor: Actor
    card: CardRef
    operation_key: OperationKey
    origin: Origin
    pin_typed: bool = False
    note: str | None = None

    @property
    def at_counter(self) -> AtCounter:
        return AtCounter(
            actor=self.actor,
            card=self.card,
            operation_key=self.operation_key,
            origin=self.origin,
            pin_typed=self.pin_typed,
        )


class Operation(StaffCommand, ABC):
    """A command that changes a balance. ``fingerprint`` is all of its input that matters."""

    __slots__ = ()

    @property
    @abstractmethod
    def fingerprint(self) -> str: ...


OutcomeT = TypeVar("OutcomeT", bound=Outcome)
OperationT = TypeVar("OperationT", bound=Operation)


def once(
    tx: Tx, operation: OperationT, kind: type[OutcomeT], act: Callable[[Tx, OperationT], OutcomeT]
) -> OutcomeT:
    """The outcome of ``act``, or the recorded one if this key was seen. Raises OperationKeyReused."""
    merchant_id, key = operation.actor.merchant_id, operation.operation_key
    recorded = tx.recorded_fingerprint(merchant_id, key)
    if recorded is None:
        outcome = act(tx, operation)
        tx.record_outcome(merchant_id, key, operation.fingerprint, outcome)
        return outcome
    if recorded != operation.fingerprint:
        raise OperationKeyReused
    return replace(tx.recorded_outcome(merchant_id, key, kind), replayed=True)
