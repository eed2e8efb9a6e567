"""Messages that wait for their turn: a line for each chat, so that nobody waits for anybody else's chat."""

from bisect import insort
from datetime import datetime, timedelta

from bot.telegram.pacing import Pacer
from domain.ids import MessageId
from domain.messages import LeasedMessage, Message

LINE_PATIENCE = timedelta(seconds=30)
"""So long after it was due again an older message to the same person is waited for; then it holds nobody up."""
A_MOMENT = timedelta(milliseconds=1)


class Lines:
    """Leased messages that may go as soon as their chat may get them, one at a time to a chat."""

    def __init__(self, pacer: Pacer) -> None:
        self._pacer = pacer
        self._lines: dict[int, list[LeasedMessage]] = {}
        self._busy: set[int] = set()
        self._held: set[MessageId] = set()

    def __len__(self) -> int:
        """How many messages wait."""
        return len(self._held)

    def holds(self, message: Message) -> bool:
        return message.message_id in self._held

    def add(self, leased: LeasedMessage) -> None:
        insort(self._lines.setdefault(_chat_of(leased), []), leased, key=_rank)
        self._held.add(leased.message.message_id)

    def seconds_for_another(self, chat_id: int) -> float:
        """How long one more message to this chat would wait here."""
        ahead = len(self._lines.get(chat_id, ())) + (chat_id in self._busy)
        return self._pacer.wait_in(chat_id) + ahead * self._pacer.interval_in(chat_id)

    def take_next(self) -> LeasedMessage | None:
        """The most urgent message of all whose chat may get one now: transactional before marketing, then the
        oldest. Its chat gets no other until ``landed``."""
        free = [chat for chat in self._lines if chat not in self._busy and not self._pacer.wait_in(chat)]
        if not free:
            return None
        chat_id = min(free, key=lambda chat: _rank(self._lines[chat][0]))
        leased = self._lines[chat_id].pop(0)
        self._busy.add(chat_id)
        self._forget(chat_id, [leased])
        return leased

    def landed(self, chat_id: int) -> None:
        """What was taken for this chat has been sent, or has not."""
        self._busy.discard(chat_id)

    def take_all(self, chat_id: int) -> list[LeasedMessage]:
        """Whatever else waits for this chat."""
        taken = list(self._lines.get(chat_id, ()))
        self._lines[chat_id] = []
        self._forget(chat_id, taken)
        return taken

    def seconds_until_next(self) -> float | None:
        """Until a chat that is waited for may get a message; None when something must land first."""
        waits = [self._pacer.wait_in(chat) for chat in self._lines if chat not in self._busy]
        return min(waits, default=None)

    def _forget(self, chat_id: int, taken: list[LeasedMessage]) -> None:
        self._held.difference_update(leased.message.message_id for leased in taken)
        if not self._lines[chat_id]:
            del self._lines[chat_id]


class GoneBack:
    """Messages that went back to the outbox until their chat may get them: newer ones come behind them."""

    def __init__(self) -> None:
        self._due_at: dict[int, dict[MessageId, datetime]] = {}

    def __contains__(self, message: Message) -> bool:
        return message.message_id in self._due_at.get(message.recipient.user_id, {})

    def add(self, message: Message, not_before: datetime, now: datetime, step: timedelta) -> datetime:
        """When the message is due again: ``step`` behind what is older and waits there for the same chat."""
        behind = [due_at + max(step, A_MOMENT) for due_at in self._older(message, now)]
        due_at = max([not_before, *behind])
        self._due_at.setdefault(message.recipient.user_id, {})[message.message_id] = due_at
        return due_at

    def holds_up(self, message: Message, now: datetime) -> bool:
        """Whether an older message to the same person is still there."""
        return bool(self._older(message, now))

    def came(self, message: Message) -> None:
        line = self._due_at.get(message.recipient.user_id, {})
        line.pop(message.message_id, None)
        if not line:
            self._due_at.pop(message.recipient.user_id, None)

    def _older(self, message: Message, now: datetime) -> list[datetime]:
        """When they are due again, save those that never came back."""
        return [
            due_at
            for message_id, due_at in self._due_at.get(message.recipient.user_id, {}).items()
            if message_id < message.message_id and now < due_at + LINE_PATIENCE
        ]


def _chat_of(leased: LeasedMessage) -> int:
    return leased.message.recipient.user_id


def _rank(leased: LeasedMessage) -> tuple[bool, MessageId]:
    return leased.message.kind.is_marketing, leased.message.message_id
