"""The way of an update and of a message, step by step: what is counted, and where the crash tests strike."""

from collections.abc import Callable
from enum import StrEnum


class Step(StrEnum):
    UPDATE_RECEIVED = "update_received"
    """Telegram handed it over; nothing is kept yet."""
    UPDATE_STORED = "update_stored"
    """It is in the inbox; Telegram does not know yet."""
    UPDATE_STARTED = "update_started"
    """Its person's turn has come; no handler has run."""
    COMMAND_RUN = "command_run"
    """A use case has run inside the transaction; nothing is committed."""
    GROUP_COMMITTED = "group_committed"
    """Effects are durable; no caller knows yet."""
    EFFECT_KNOWN = "effect_known"
    """The caller has the outcome; the person has no answer."""
    ANSWER_SENT = "answer_sent"
    """The person has the answer; the inbox does not know."""
    UPDATE_DONE = "update_done"
    """The inbox knows."""
    MESSAGE_LEASED = "message_leased"
    """A dispatcher holds an outbox message; it is not sent."""
    MESSAGE_SENT = "message_sent"
    """Telegram has it; the outbox does not know."""
    MESSAGE_MARKED = "message_marked"
    """The outbox knows."""


Trace = Callable[[Step], None]


def untraced(_step: Step) -> None:
    """Nobody listens."""
