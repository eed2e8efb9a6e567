"""The keyboard below the chat: the team's keys, and those of customers with a card."""

from collections.abc import Callable, Iterator

from bot.texts import Texts, texts
from domain.account import Locale

Rows = tuple[tuple[str, ...], ...]


def below_chat(t: Texts, *, is_staff: bool, has_card: bool) -> Rows:
    """The rows of a person: the team's, then those for a card; none for a person who is neither."""
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


def stop_label(t: Texts) -> str:
    """Beside the key with which a person is chosen."""
    return t("✖️ Cancel")


LABELS = (my_card_label, rewards_label, scan_label, today_label, last_act_label)


def tapped(words: str) -> Callable[[Texts], str] | None:
    """The label that has these words in any language, None if there is none."""
    return next((label for label, shown in _shown(*LABELS, stop_label) if shown == words), None)


def typed(words: str) -> Callable[[Texts], str] | None:
    """The label that has these words, without its emoji, in any language. Case and spacing do not matter."""
    plain = " ".join(words.casefold().split())
    return next(
        (label for label, shown in _shown(*LABELS) if shown.partition(" ")[2].casefold() == plain), None
    )


def _shown(*labels: Callable[[Texts], str]) -> Iterator[tuple[Callable[[Texts], str], str]]:
    return ((label, label(texts(locale))) for label in labels for locale in Locale)
