"""The command menus: by role and language, so that a customer never sees staff commands
(https://core.telegram.org/bots/api#setmycommands)."""

from collections.abc import Collection
from enum import Enum, auto

from telegram import BotCommand

from bot.kit.refusals import NotStaff
from bot.screens.services import Services
from bot.screens.turn import Turn
from bot.texts import Texts, mark, texts
from bot.views.below_chat import Rows, below_chat
from bot.views.view import View
from domain.account import Account
from domain.delivery import ALWAYS_ON, ChannelKind
from domain.expiry import Unit
from domain.ids import UserId
from domain.quick import dataclass
from domain.rights import Right
from domain.staff import Role
from domain.usecases.duties import Duties, duties_of
from domain.usecases.my_cards import has_card
from domain.usecases.who_is import who_is
from domain.wallet import WalletKind

Way = ChannelKind | WalletKind
"""A channel or a wallet: its commands exist only where it is on."""


class Audience(Enum):
    """Groups that have a command without needing a right. Everybody but shared phones can hold a card."""

    CARD_HOLDERS = auto()
    TEAM = auto()
    OPERATORS = auto()


@dataclass(frozen=True, slots=True)
class Command:
    """``said`` is the command's line in the menu, None if it has none. ``needs`` None means that everybody has it.

    ``unit`` is what a program of the shop must count; with ``types_amounts``, a program that gives stamps for amounts
    will do too. Where ``ways`` is not empty, one of them must be on.
    """

    said: str | None
    needs: Right | Audience | None = None
    unit: Unit | None = None
    types_amounts: bool = False
    ways: frozenset[Way] = frozenset()


COMMANDS = {
    "start": Command(None),
    "stamp": Command(mark("Stamp a card"), Right.STAMP, Unit.STAMPS),
    "earn": Command(mark("Enter a purchase"), Right.EARN_POINTS, Unit.POINTS, types_amounts=True),
    "redeem": Command(mark("Redeem a reward"), Right.REDEEM),
    "void": Command(mark("Take something back"), Right.VOID_OWN),
    "today": Command(mark("Today so far"), Right.SEE_TODAY),
    "store": Command(mark("Where I am working"), Audience.TEAM),
    "newcard": Command(mark("A card by e-mail"), Right.SEE_CARD, ways=frozenset({ChannelKind.EMAIL})),
    "adjust": Command(mark("Put points right"), Right.ADJUST, Unit.POINTS),
    "find": Command(mark("Find a customer's card"), Right.MANAGE_CARDS),
    "report": Command(mark("How things are going"), Right.SEE_SUMMARY),
    "export": Command(None, Right.EXPORT),
    "poster": Command(mark("The poster for the counter"), Right.PRINT_POSTER),
    "settings": Command(mark("Change the shop"), Right.CHANGE_FIELDS),
    "stores": Command(None, Right.CHANGE_FIELDS),
    "team": Command(None, Right.MANAGE_TEAM),
    "messages": Command(None, Right.CHANGE_FIELDS),
    "newshop": Command(None, Audience.CARD_HOLDERS),
    "flags": Command(None, Right.SEE_FLAGS),
    "takings": Command(None, Right.ENTER_TAKINGS),
    "broadcast": Command(None, Right.BROADCAST),
    "status": Command(mark("How the bot is doing"), Audience.OPERATORS),
    "birthday": Command(None, Audience.CARD_HOLDERS),
    "invite": Command(None, Audience.CARD_HOLDERS),
    "card": Command(mark("Show my card"), Audience.CARD_HOLDERS),
    "balance": Command(mark("What is on my cards"), Audience.CARD_HOLDERS),
    "rewards": Command(mark("What I can get"), Audience.CARD_HOLDERS),
    "history": Command(mark("What happened on my card"), Audience.CARD_HOLDERS),
    "email": Command(mark("Messages by e-mail"), Audience.CARD_HOLDERS, ways=frozenset({ChannelKind.EMAIL})),
    "wallet": Command(
        mark("My card in the phone's wallet"), Audience.CARD_HOLDERS, ways=frozenset(WalletKind)
    ),
    "language": Command(mark("Change the language")),
    "help": Command(mark("How this works")),
    **{name: Command(None) for name in ("cards", "privacy", "delete", "stop")},
}
"""Every command of the chat, in the order of the menus."""


def open_to(duties: Duties, ways_on: Collection[Way] = ALWAYS_ON, *, is_operator: bool = False) -> list[str]:
    """The commands of a person with these duties; a customer has no duties."""
    granted: set[Right | Audience | None] = {None, *duties.rights}
    granted |= {Audience.TEAM} if duties.roles else set()
    granted |= {Audience.CARD_HOLDERS} if Role.TERMINAL not in duties.roles else set()
    granted |= {Audience.OPERATORS} if is_operator else set()
    return [
        name
        for name, command in COMMANDS.items()
        if command.needs in granted
        and (command.unit in {None, *duties.units} or (command.types_amounts and duties.stamps_for_amounts))
        and (not command.ways or command.ways & {*ways_on})
    ]


def commands(
    t: Texts, duties: Duties, ways_on: Collection[Way], *, is_operator: bool = False
) -> list[BotCommand]:
    lines = ((name, COMMANDS[name].said) for name in open_to(duties, ways_on, is_operator=is_operator))
    return [BotCommand(name, t(said)) for name, said in lines if said is not None]


async def show_menu_of(turn: Turn, account: Account) -> tuple[Texts, bool]:
    """Shows another person the command menu for their present duties. Returns the texts in their language, and
    whether they still have a role."""
    duties, caller = await turn.read(duties_of, account), await turn.read(who_is, account)
    locale = caller.person.locale if caller.person else None
    t = texts(locale or turn.services.default_locale)
    await put_menu(turn.services, account.user_id, t, duties)
    return t, bool(duties.roles)


async def put_menu(services: Services, user_id: UserId, t: Texts, duties: Duties) -> None:
    """Shows a person the command menu for these duties."""
    menu = commands(t, duties, services.ways_on, is_operator=user_id in services.operator_ids)
    await services.chat.set_commands(user_id, menu)


async def take_tools(turn: Turn) -> View:
    """For a person who works nowhere any more and was not told: takes back the team's commands. The view says so, and
    takes back the team's keyboard."""
    await show_menu_of(turn, turn.account)
    holds_card = await turn.read(has_card, turn.account)
    menu = below_chat(turn.t, is_staff=False, has_card=holds_card)
    return View(text=turn.said(NotStaff()), menu=menu)


async def keys_below(turn: Turn) -> Rows:
    """What belongs below this person's chat, once another keyboard there is done with."""
    holds_card = await turn.read(has_card, turn.account)
    return below_chat(turn.t, is_staff=turn.caller.is_staff, has_card=holds_card)


async def show_menu(turn: Turn) -> None:
    """Gives a member of a team or an operator the menu of their duties in their language."""
    duties = await turn.read(duties_of, turn.account)
    if duties.roles or turn.is_operator:
        menu = commands(turn.t, duties, turn.services.ways_on, is_operator=turn.is_operator)
        await turn.services.chat.set_commands(turn.user.id, menu)
