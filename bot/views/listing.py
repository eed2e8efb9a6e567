"""A title and a list of lines, cut to what a caption holds."""

from collections.abc import Sequence

from bot.texts import Texts, length
from bot.views.view import CAPTION_LENGTH_MAX

LINES_MAX = 20


def listed(t: Texts, title: str, lines: Sequence[str]) -> str:
    """As many of the lines as a caption holds, LINES_MAX at most, then how many are left out."""
    for shown in range(min(len(lines), LINES_MAX), 0, -1):
        left_out = len(lines) - shown
        more = [t.n("and {count} more", "and {count} more", left_out)] if left_out else []
        text = "\n".join([title, *lines[:shown], *more])
        if length(text) <= CAPTION_LENGTH_MAX:
            return text
    return title
