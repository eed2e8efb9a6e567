"""The command menus: by role and language, so that a customer never sees staff commands
(https://core.telegram.org/bots/api#setmycommands)."""

from telegram import BotCommand

from bot.screens.turn import Turn
from bot.texts import Texts, mark
from domain.expiry import Unit
from domain.staff import Role
from domain.usecases.duties import Duties, duties_of

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
ONLY_WITH = {"stamp": Unit.STAMPS, "earn": Unit.POINTS, "adjust": Unit.POINTS}
"""What needs a program that counts this."""
OPERATOR = (("status", mark("How the bot is doing")),)


def commands(t: Texts, duties: Duties, *, is_operator: bool = False) -> list[BotCommand]:
    """The menu of somebody with these duties; a customer has none. An operator has one line more."""
    found: tuple[tuple[str, str], ...] = ()
    if duties.roles:
        found += STAFF
    if any(role.is_merchant_wide for role in duties.roles):
        found += MANAGEMENT
    if is_operator:
        found += OPERATOR
    found += CUSTOMER
    if Role.TERMINAL in duties.roles:
        own_cards = {"card", "balance", "rewards", "history"}
        found = tuple(line for line in found if line[0] not in own_cards)
    return [_command(t, *line) for line in found if ONLY_WITH.get(line[0]) in {None, *duties.units}]


async def show_menu(turn: Turn) -> None:
    """Gives a member of a team or an operator the menu of their duties in their language."""
    duties = await turn.read(duties_of, turn.account)
    if duties.roles or turn.is_operator:
        menu = commands(turn.t, duties, is_operator=turn.is_operator)
        await turn.services.chat.set_commands(turn.user.id, menu)


def _command(t: Texts, name: str, description: str) -> BotCommand:
    return BotCommand(name, t(description))
