"""Compares what is in the chats, in the database and in the book at the end."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.app.database import open_database
from bot.kit.settings import Settings
from bot.sandbox import Call, Message, Sandbox
from bot.sandbox.changes import Change, ChangeKind
from domain.invariants import Violation
from tests.crash.book import Book, Line
from tests.crash.town import Doors
from tests.support.async_shop import violations
from tests.support.databases import rows
from tests.support.patience import PATIENCE_S
from tests.support.receipts import entry_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What was counted; everything else was proved."""

    updates: int
    entries: int
    messages: int
    answers_repeated: int
    receipts_repeated: int
    other_messages_repeated: int
    late_answers_to_taps: int

    @property
    def repeated(self) -> int:
        return self.answers_repeated + self.receipts_repeated + self.other_messages_repeated


class Witness:
    """Counts the bot's messages when they are first shown, the receipts that appear on a card that is there already,
    and the answers to taps that Telegram refused."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._seen: dict[tuple[int, int], str | None] = {}
        self._last_call: Call | None = None
        self.answers: Counter[int] = Counter()
        self.receipts: Counter[str] = Counter()
        self.rewards: Counter[int] = Counter()
        self.disputes: Counter[int] = Counter()
        self.late_answers = 0
        sandbox.world.changes.watch(self._look)

    def counts_calls(self) -> None:
        """To be called after every life, since the sandbox keeps only the last calls."""
        calls = self._sandbox.calls
        for call in reversed(calls):
            if call is self._last_call:
                break
            self.late_answers += call.method == "answerCallbackQuery" and not call.ok
        self._last_call = calls[-1]

    @property
    def other_messages(self) -> int:
        return self.rewards.total() + self.disputes.total()

    def _look(self, change: Change) -> None:
        if change.kind is not ChangeKind.MESSAGE or change.chat_id is None:
            return
        message = self._sandbox.world.chats[change.chat_id].messages[int(change.ref or 0)]
        if not message.from_bot:
            return
        place, entry = (message.chat_id, message.id), entry_of(message)
        if place not in self._seen:
            self._sort(message)
        elif entry is not None and entry != self._seen[place]:
            self.receipts[entry] += 1
        self._seen[place] = entry

    def _sort(self, message: Message) -> None:
        entry = entry_of(message)
        if entry is not None:
            self.receipts[entry] += 1
        elif message.text.startswith("🎉 "):
            self.rewards[message.chat_id] += 1
        elif message.text.startswith("⚠️ "):
            self.disputes[message.chat_id] += 1
        else:
            self.answers[message.chat_id] += 1


async def all_is_delivered(sandbox: Sandbox, witness: Witness, book: Book, database: Path) -> None:
    """Waits until at least what the book demands has been seen, the outbox owes nothing, and Telegram has no update.

    The outbox is asked too, since not all of it is ever seen: a receipt that a later one overtook is shown nowhere.
    """

    def is_delivered() -> bool:
        return (
            rows(database, "SELECT count(*) FROM entries") == [(book.entries,)]
            and not _unseen(database, witness)
            and witness.rewards.total() >= book.rewards_announced
            and witness.disputes.total() >= len(book.disputed)
            and not sandbox.world.updates.pending
            and not _owed(database)
        )

    try:
        await sandbox.until(is_delivered, timeout=PATIENCE_S)
    except TimeoutError:
        raise AssertionError(
            f"of {book.entries} receipts {len(witness.receipts)} came, of {book.rewards_announced} rewards"
            f" {witness.rewards.total()}, of {len(book.disputed)} disputes {witness.disputes.total()},"
            f" {len(sandbox.world.updates.pending)} updates were not taken, {len(_owed(database))} messages are owed"
        ) from None


def _owed(database: Path) -> list[tuple[Any, ...]]:
    return rows(database, "SELECT message_id, error FROM deliveries WHERE delivered_at IS NULL")


def _unseen(database: Path, witness: Witness) -> list[str]:
    """Entries whose receipts should have been seen and were not. A stamp's receipt may be overtaken by a later one of
    the same card, so it must be seen only where its entry is the card's last."""
    later = "SELECT 1 FROM entries AS l WHERE l.card_id = entries.card_id AND l.entry_no > entries.entry_no"
    must_be_seen = f"SELECT entry_id FROM entries WHERE kind <> 'stamp_earned' OR NOT EXISTS ({later})"
    return [entry for (entry,) in rows(database, must_be_seen) if entry not in witness.receipts]


def last_update(sandbox: Sandbox, database: Path) -> int:
    """The newest update that anybody has sent so far."""
    [[kept]] = rows(database, "SELECT coalesce(max(update_id), 0) FROM inbox")
    return max([int(kept), *(update.update_id for update in sandbox.world.updates.pending)])


def is_done_up_to(update_id: int, sandbox: Sandbox, database: Path) -> bool:
    """Whether no update up to this one waits, at Telegram's or in the inbox."""
    if any(update.update_id <= update_id for update in sandbox.world.updates.pending):
        return False
    unfinished = "SELECT 1 FROM inbox WHERE done_at IS NULL AND failed_at IS NULL AND update_id <= ?"
    return not rows(database, unfinished, update_id)


async def judge(sandbox: Sandbox, settings: Settings, doors: Doors, witness: Witness, book: Book) -> Findings:
    """Proves: nothing lost, nothing doubled, everybody answered, every message sent, verify clean."""
    ledger = await _ledger(settings, doors)
    expected = {card.number: card.comparable(card.lines) for card in book.cards}
    found = {card.number: card.comparable(ledger.get(card.number, [])) for card in book.cards}
    assert found == expected
    assert set(ledger) <= set(expected), "a card that nobody asked for"
    assert await _violations(settings) == []
    unanswered = [query.data for query in sandbox.world.queries.values() if query.answer is None]
    assert unanswered == []
    missing = {
        person_id: owed - witness.answers[person_id]
        for person_id, owed in book.answers_owed.items()
        if witness.answers[person_id] < owed
    }
    assert missing == {}, "messages that nobody answered"
    assert _unseen(settings.database_path, witness) == []
    updates, messages = _check_database(settings.database_path, sandbox, book)
    return Findings(
        updates=updates,
        entries=book.entries,
        messages=messages,
        answers_repeated=witness.answers.total() - sum(book.answers_owed.values()),
        receipts_repeated=witness.receipts.total() - len(witness.receipts),
        other_messages_repeated=witness.other_messages - (messages - book.entries - book.announcements_over),
        late_answers_to_taps=witness.late_answers,
    )


def _check_database(path: Path, sandbox: Sandbox, book: Book) -> tuple[int, int]:
    """The inbox is done, the outbox delivered; returns how many updates and messages there were."""
    assert rows(path, "SELECT update_id, error FROM inbox WHERE done_at IS NULL") == []
    assert _owed(path) == []
    [[updates]] = rows(path, "SELECT count(*) FROM inbox")
    sent = rows(path, "SELECT CAST(address AS INTEGER), CAST(reference AS INTEGER) FROM deliveries")
    kinds = Counter(kind for (kind,) in rows(path, "SELECT kind FROM outbox"))
    kinds.pop(
        "pin_tried", 0
    )  # a try that was under way in a crash counts as wrong until the PIN is typed again
    assert kinds == Counter(
        {
            "receipt": book.entries,
            "reward_ready": book.rewards_announced,
            "notice_over": book.announcements_over,
            "dispute": len(book.disputed),
        }
    )
    chats, nowhere = sandbox.world.chats, 0
    """The reference of a receipt that was overtaken before any card was shown."""
    assert [place for place in sent if place[1] not in (nowhere, *chats[place[0]].messages)] == []
    return updates, len(sent)


async def _ledger(settings: Settings, doors: Doors) -> dict[str, list[Line]]:
    found: dict[str, list[Line]] = {}
    async with open_database(settings) as store:
        for shop in (doors.cafe, doors.bakery):
            async for entry in store.ledger(shop.merchant_id, None):
                line = Line(entry.kind.value, entry.stamps_delta, entry.staff_name or "")
                found.setdefault(entry.card_number, []).append(line)
    return found


async def _violations(settings: Settings) -> list[Violation]:
    async with open_database(settings) as store:
        return await violations(store)
