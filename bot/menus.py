"""The command menus: by role and language, so that a customer never sees staff commands
(https://core.telegram.org/bots/api#setmycommands)."""

from collections.abc import Sequence

from telegram import BotCommand

from bot.texts import Texts, mark
from bot.turn import Turn
from domain.staff import Role

CUSTOMER = (
    ("card", mark("Show my card")),
    ("balance", mark("What is on my cards")),
    ("rewards", mark("What I can get")),
    ("history", mark("What happened on my card")),
    ("language", mark("Change the language")),
    ("help", mark("How this works")),
)
STAFF = (
    ("stamp", mark("Stamp a card")),
    ("earn", mark("Give points for a purchase")),
    ("redeem", mark("Hand out a reward")),
    ("void", mark("Take something back")),
    ("today", mark("Today so far")),
    ("store", mark("Where I am working")),
)
MANAGEMENT = (
    ("adjust", mark("Put points right")),
    ("poster", mark("The poster for the counter")),
)
OPERATOR = (("status", mark("How the bot is doing")),)


def commands(t: Texts, roles: Sequence[Role], *, is_operator: bool = False) -> list[BotCommand]:
    """The menu of somebody with these roles; a customer has none. An operator has one line more."""
    found: tuple[tuple[str, str], ...] = ()
    if roles:
        found += STAFF
    if any(role.is_merchant_wide for role in roles):
        found += MANAGEMENT
    if is_operator:
        found += OPERATOR
    if Role.TERMINAL in roles:
        own_cards = {"card", "balance", "rewards", "history"}
        return [_command(t, *line) for line in (*found, *CUSTOMER) if line[0] not in own_cards]
    return [_command(t, *line) for line in (*found, *CUSTOMER)]


async def show_menu(turn: Turn) -> None:
    """Gives a member of a team or an operator the menu of their roles in their language."""
    roles = [membership.staff.role for membership in turn.caller.memberships]
    if roles or turn.is_operator:
        menu = commands(turn.t, roles, is_operator=turn.is_operator)
        await turn.services.chat.set_commands(turn.user.id, menu)


def _command(t: Texts, name: str, description: str) -> BotCommand:
    return BotCommand(name, t(description))
