"""The steps of an update and of a message: they are counted, and the crash tests strike at them."""

from collections.abc import Callable
from enum import StrEnum


class Step(StrEnum):
    UPDATE_RECEIVED = "update_received"
    """Telegram delivered it; nothing is stored yet."""
    UPDATE_STORED = "update_stored"
    """It is in the inbox; Telegram does not know yet."""
    UPDATE_STARTED = "update_started"
    """Its person's turn has come; no handler has run."""
    COMMAND_RUN = "command_run"
    """A use case has run inside the transaction; nothing is committed."""
    GROUP_COMMITTED = "group_committed"
    """The effects are durable; no caller knows yet."""
    EFFECT_KNOWN = "effect_known"
    """The caller has the outcome; the person has no answer."""
    ANSWER_SENT = "answer_sent"
    """The person has the answer; the inbox does not know."""
    UPDATE_DONE = "update_done"
    """The inbox knows that it was answered."""
    MESSAGE_LEASED = "message_leased"
    """A dispatcher holds an outbox message; it is not sent."""
    MESSAGE_SENT = "message_sent"
    """Telegram has it; the outbox does not know."""
    MESSAGE_MARKED = "message_marked"
    """The outbox knows that it was sent."""


Trace = Callable[[Step], None]


def untraced(_step: Step) -> None:
    """Ignores the step."""
