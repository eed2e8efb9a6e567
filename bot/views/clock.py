"""What operators are told of the clock of the machine."""

from collections.abc import Callable

from bot.kit.clock import Jump, JumpKind
from bot.texts import Texts
from bot.views.view import View


def jump(found: Jump) -> Callable[[Texts], View]:
    """The notice of a jump, as a function: each operator reads it in their own language."""
    times = {"found": f"{found.found:%Y-%m-%d %H:%M}", "expected": f"{found.expected:%Y-%m-%d %H:%M}"}
    return lambda t: View(text=_said(t, found.kind, times))


def _said(t: Texts, kind: JumpKind, times: dict[str, str]) -> str:
    match kind:
        case JumpKind.FORWARD:
            return t(
                "🚨 <b>The machine's clock was set forward</b> from {expected} to {found} (UTC). The bot follows it.",
                **times,
            )
        case JumpKind.BACK:
            return t(
                "🚨 <b>The machine's clock was set back</b> from {expected} to {found} (UTC). The bot dates nothing"
                " earlier than before: it waits for the clock, at half the pace.",
                **times,
            )
        case JumpKind.DOUBTED:
            return t(
                "🚨 <b>The machine's clock says {found}, but it should be about {expected} (UTC).</b> The bot goes on"
                " from there, and follows the clock once it agrees with Telegram's. Is it set right?",
                **times,
            )
        case JumpKind.CONFIRMED:
            return t(
                "<b>The machine's clock agrees with Telegram's:</b> it is {found}, not {expected} (UTC). The bot"
                " follows it, and puts right what was dated ahead.",
                **times,
            )
