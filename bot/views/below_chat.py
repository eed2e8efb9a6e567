"""The keyboard below the chat: the team's keys, and those of who has a card."""

from collections.abc import Callable, Iterator

from bot.texts import Texts, texts
from domain.account import Locale

Rows = tuple[tuple[str, ...], ...]


def below_chat(t: Texts, *, is_staff: bool, has_card: bool) -> Rows:
    """All that somebody has, whichever they came to first; no rows for who has neither."""
    team = ((scan_label(t),), (today_label(t), last_act_label(t))) if is_staff else ()
    cards = ((my_card_label(t), rewards_label(t)),) if has_card else ()
    return (*team, *cards)


def my_card_label(t: Texts) -> str:
    return t("💳 My card")


def rewards_label(t: Texts) -> str:
    return t("🎁 My rewards")


def scan_label(t: Texts) -> str:
    return t("📷 Scan by photo")


def today_label(t: Texts) -> str:
    return t("📊 Today")


def last_act_label(t: Texts) -> str:
    return t("↩️ Last act")


LABELS = (my_card_label, rewards_label, scan_label, today_label, last_act_label)


def tapped(words: str) -> Callable[[Texts], str] | None:
    """Which label these words are, in whatever language it was shown."""
    return next((label for label, shown in _shown() if shown == words), None)


def typed(words: str) -> Callable[[Texts], str] | None:
    """Which label these words are without its sign, as somebody types it; an answer to a question comes first."""
    plain = " ".join(words.casefold().split())
    return next((label for label, shown in _shown() if shown.partition(" ")[2].casefold() == plain), None)


def _shown() -> Iterator[tuple[Callable[[Texts], str], str]]:
    return ((label, label(texts(locale))) for label in LABELS for locale in Locale)
