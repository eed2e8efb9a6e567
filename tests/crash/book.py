"""The book that the people keep by themselves: what they asked for, and how each card must look after it.

Written without the rules and the views of the product, so that both can be judged by it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from bot.sandbox import Message


@dataclass(frozen=True, slots=True, order=True)
class Line:
    """One entry that must be in the ledger exactly once."""

    kind: str
    stamps: int
    staff: str


@dataclass(slots=True, kw_only=True)
class CardPage:
    """A card in the book: its entries in the order in which they were asked for."""

    merchant: str
    holder: str
    number: str
    link: str
    target: int
    reward: str
    count: int = 0
    lines: list[Line] = field(default_factory=list)
    rewards_announced: int = 0
    announcements_standing: int = 0
    announcements_over: int = 0
    is_shared: bool = False
    """Several people act on it at once, so its entries may stand in any order."""

    def comparable(self, lines: Iterable[Line]) -> list[Line]:
        return sorted(lines) if self.is_shared else list(lines)

    @property
    def spaced(self) -> str:
        return f"{self.number[:3]} {self.number[3:6]} {self.number[6:]}"

    @property
    def progress(self) -> str:
        """How full the card is, in the words that the chat must use in English."""
        rewards, towards = divmod(self.count, self.target)
        ready = f"{rewards} reward{'s' * (rewards != 1)}"
        if rewards and not towards:
            return f"{self.target} of {self.target} · {ready} ready"
        if rewards:
            return f"{ready} · {towards} of {self.target} on the next card"
        return f"{towards} of {self.target} · {self.target - towards} to go"

    def stamps(self, count: int, staff: str) -> str:
        """Enters stamps; returns how their confirmation starts."""
        self._enter(Line("stamp_earned", count, staff))
        return f"✅ {self.progress}\n+{_stamps(count)}\n{self._holder}"

    def redeems(self, staff: str) -> str:
        self._enter(Line("stamp_redeemed", -self.target, staff))
        return f"🎁 Hand out: {self.reward}\n{self.progress}\n{self._holder}"

    def takes_back(self, line: Line, staff: str) -> str:
        """Enters the void of a line."""
        if line.kind == "stamp_redeemed":
            self._enter(Line("redemption_voided", -line.stamps, staff))
            what = "The reward was not handed out: its stamps are back."
        else:
            self._enter(Line("stamp_voided", -line.stamps, staff))
            what = f"{_stamps(line.stamps)} taken back"
        return f"↩️ {self.progress}\n{what}\n{self._holder}"

    @property
    def panel(self) -> str:
        """How the card's panel starts."""
        return f"{self.progress}\n{self._holder}"

    @property
    def _holder(self) -> str:
        return f"{self.holder} · {self.spaced}"

    def _enter(self, line: Line) -> None:
        before = self.count // self.target
        self.count += line.stamps
        is_announced = self.count // self.target > before
        self.rewards_announced += is_announced
        self.announcements_standing += is_announced
        if self.count < self.target:
            self.announcements_over += self.announcements_standing
            self.announcements_standing = 0
        self.lines.append(line)


def _stamps(count: int) -> str:
    return f"{count} stamp{'s' * (count != 1)}"


def says(start: str, message: Message) -> bool:
    return message.content.body.text.startswith(start)


@dataclass(slots=True)
class Book:
    """All cards, and how many messages each person is owed in direct answer."""

    cards: list[CardPage] = field(default_factory=list)
    answers_owed: dict[int, int] = field(default_factory=dict)
    disputed: set[str] = field(default_factory=set)
    """The data of the *Not me* buttons that were pressed: each entry has its own."""

    def owes(self, person_id: int, messages: int = 1) -> None:
        self.answers_owed[person_id] = self.answers_owed.get(person_id, 0) + messages

    @property
    def entries(self) -> int:
        return sum(len(card.lines) for card in self.cards)

    @property
    def rewards_announced(self) -> int:
        return sum(card.rewards_announced for card in self.cards)

    @property
    def announcements_over(self) -> int:
        """How many announced rewards have been used or taken back since, which the announcement itself says."""
        return sum(card.announcements_over for card in self.cards)
