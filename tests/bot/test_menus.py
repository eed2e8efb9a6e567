"""The command menu of each role in each language, as Telegram resolves it."""

from pathlib import Path

import pytest

from bot.routes import table
from bot.sandbox import Person, Sandbox
from bot.screens.menus import COMMANDS, Audience, open_to
from bot.texts import texts
from domain.account import Locale
from domain.expiry import Unit
from domain.merchant import PointReward, ProgramKind
from domain.rights import Right
from domain.staff import Role
from domain.usecases.duties import Duties
from tests.support.house import House, Shop, house

MANAGERS = ("find", "report", "poster", "settings")
IN_SETTINGS = ("stores", "team", "messages", "flags", "broadcast")
"""Which have no line in the menu: the settings lead there."""
OWNERS_OF_BOTH = (
    *("stamp", "earn", "redeem", "void", "today", "store", "adjust", *MANAGERS),
    *("card", "balance", "rewards", "history", "language", "help"),
)
"""Of a shop whose cards collect stamps and points."""
CUSTOMERS = ("card", "balance", "rewards", "history", "language", "help")
STAFFS = ("stamp", "redeem", "void", "today", "store")
MENUS = {
    Role.STAFF: (*STAFFS, *CUSTOMERS),
    Role.MANAGER: (*STAFFS, *MANAGERS, *CUSTOMERS),
    Role.OWNER: (*STAFFS, *MANAGERS, *CUSTOMERS),
    Role.TERMINAL: (*STAFFS, "language", "help"),
}
SAID = {name: command.said or "" for name, command in COMMANDS.items()}


def menu(person: Person) -> list[tuple[str, str]]:
    return [(command.command, command.description) for command in person.commands()]


def expected(locale: Locale, *names: str) -> list[tuple[str, str]]:
    return [(name, texts(locale)(SAID[name])) for name in names]


async def until_menu(home: House, person: Person, wanted: list[tuple[str, str]]) -> None:
    try:
        await home.sandbox.until(lambda: menu(person) == wanted)
    except TimeoutError:
        assert menu(person) == wanted


def test_every_command_says_what_it_needs() -> None:
    assert set(COMMANDS) == set(table.COMMANDS)


NEEDS = """
start     everybody
stamp     stamp         stamps
earn      earn_points   points
redeem    redeem
void      void_own
today     see_today
store     the team
newcard   see_card
adjust    adjust        points
find      manage_cards
report    see_summary
export    export
poster    print_poster
settings  change_fields
stores    change_fields
team      manage_team
messages  change_fields
newshop   card holders
flags     see_flags
takings   enter_takings
broadcast broadcast
status    operators
birthday  card holders
invite    card holders
card      card holders
balance   card holders
rewards   card holders
history   card holders
email     card holders
wallet    card holders
language  everybody
help      everybody
cards     everybody
privacy   everybody
delete    everybody
stop      everybody
"""


def test_table_of_what_each_command_needs() -> None:
    who: dict[Right | Audience | None, str] = {
        None: "everybody",
        Audience.CARD_HOLDERS: "card holders",
        Audience.TEAM: "the team",
        Audience.OPERATORS: "operators",
        **{right: right.value for right in Right},
    }
    rows = [f"{name:<10}{who[each.needs]:<14}{each.unit or ''}".rstrip() for name, each in COMMANDS.items()]
    assert "\n".join(rows) == NEEDS.strip()


@pytest.mark.parametrize(
    ("duties", "more"),
    [
        (Duties(), set()),
        (Duties((Role.STAFF,), frozenset({Unit.STAMPS})), {"stamp"}),
        (Duties((Role.STAFF,), frozenset(Unit)), {"stamp", "earn"}),
        (Duties((Role.STAFF,), frozenset({Unit.STAMPS}), stamps_for_amounts=True), {"stamp", "earn"}),
        (Duties((Role.MANAGER,), frozenset({Unit.STAMPS})), {"stamp", *MANAGERS, *IN_SETTINGS}),
        (
            Duties((Role.OWNER,), frozenset(Unit)),
            {"stamp", "earn", "adjust", "export", "takings", *MANAGERS, *IN_SETTINGS},
        ),
        (
            Duties((Role.STAFF, Role.MANAGER), frozenset({Unit.POINTS})),
            {"earn", "adjust", *MANAGERS, *IN_SETTINGS},
        ),
        (Duties((Role.TERMINAL,), frozenset(Unit)), {"stamp", "earn"}),
    ],
    ids=lambda value: "+".join(value.roles) or "customer" if isinstance(value, Duties) else "",
)
def test_commands_are_open_to_who_has_the_right_for_them(duties: Duties, more: set[str]) -> None:
    team = {"redeem", "void", "today", "store"} if duties.roles else set()
    own_card = (
        set()
        if Role.TERMINAL in duties.roles
        else {"card", "balance", "rewards", "history", "newshop", "birthday", "invite"}
    )
    wanted = {"start", "language", "help", "cards", "privacy", "delete", "stop"} | team | own_card | more
    assert set(open_to(duties)) == wanted
    assert set(open_to(duties, is_operator=True)) == wanted | {"status"}


@pytest.mark.parametrize("locale", Locale, ids=str)
async def test_everybody_sees_the_customers_menu_in_their_language_before_saying_a_word(
    locale: Locale, home: House
) -> None:
    stranger = home.sandbox.person("Anna", language=locale.value)
    await until_menu(home, stranger, expected(locale, *CUSTOMERS))


async def test_other_languages_see_the_menu_in_english(home: House) -> None:
    await until_menu(home, home.sandbox.person("Olga", language="uk"), expected(Locale.EN, *CUSTOMERS))


@pytest.mark.parametrize("locale", Locale, ids=str)
@pytest.mark.parametrize("role", MENUS, ids=str)
async def test_members_of_a_team_see_the_menu_of_their_role(
    role: Role, locale: Locale, home: House, shop: Shop
) -> None:
    member = await home.member(shop, "Sam", role, language=locale.value)
    await until_menu(home, member, expected(locale, *MENUS[role]))


@pytest.mark.parametrize(
    ("kind", "hidden"),
    [(ProgramKind.POINTS, {"stamp"}), (ProgramKind.HYBRID, set())],
    ids=["points", "hybrid"],
)
async def test_menu_and_help_name_no_command_for_what_the_shop_does_not_count(
    kind: ProgramKind, hidden: set[str], home: House
) -> None:
    shop = await home.opens_shop(
        kind=kind, points_per_unit_milli=1000, point_rewards=(PointReward(cost=50, name="An espresso"),)
    )
    paul = await home.owner(shop)
    shown = [name for name in OWNERS_OF_BOTH if name not in hidden]
    await until_menu(home, paul, expected(Locale.EN, *shown))
    await paul.sends("/help")
    told = await paul.sees("At the counter", new=True)
    assert {name for name in ("stamp", "earn", "adjust") if f"/{name}" in told.text} == {
        "stamp",
        "earn",
        "adjust",
    } - hidden


async def test_customer_never_sees_a_command_for_staff(home: House, shop: Shop) -> None:
    anna = await home.customer(shop, "Anna", "fr")
    await home.member(shop, "Sam", Role.OWNER)
    await anna.sends("/language")
    await anna.taps("Deutsch")
    await until_menu(home, anna, expected(Locale.DE, *CUSTOMERS))
    assert not set(dict(menu(anna))) & {*STAFFS, "adjust", *MANAGERS}


async def test_every_command_of_a_menu_is_answered(home: House, shop: Shop) -> None:
    paul = await home.owner(shop)
    await until_menu(home, paul, expected(Locale.EN, *MENUS[Role.OWNER]))
    for name, _ in menu(paul):
        await paul.sends(f"/{name}")
        answer = await paul.sees(lambda _message: True, new=True)
        assert "not understood" not in (answer.text or answer.caption)


async def test_descriptions_are_set_in_every_language(home: House) -> None:
    profile = home.sandbox.world.profile
    await home.sandbox.until(lambda: len(profile.short_description.by_language) == len(Locale))
    for texts_of in (profile.description, profile.short_description):
        assert set(texts_of.by_language) == {"", "fr", "de", "lb"}
        assert len(set(texts_of.by_language.values())) == len(Locale)


async def test_what_telegram_knows_already_is_not_told_again(tmp_path: Path) -> None:
    async with Sandbox() as sandbox:
        async with house(tmp_path / "a.db", sandbox=sandbox) as first:
            await first.until_rows("SELECT count(*) FROM bots WHERE menus IS NOT NULL", [(1,)])
        told = [call.method for call in sandbox.calls if call.method.startswith("setMy")]
        assert len(told) == 3 * len(Locale)
        async with house(tmp_path / "a.db", sandbox=sandbox) as second:
            await second.at_rest()
        assert [call.method for call in sandbox.calls if call.method.startswith("setMy")] == told


async def test_what_could_not_be_told_is_told_at_the_next_start(tmp_path: Path) -> None:
    async with Sandbox() as sandbox:
        fault = sandbox.faults.server_error(method="setMyDescription")
        async with house(tmp_path / "a.db", sandbox=sandbox):
            await sandbox.until(lambda: fault.hits)
        async with house(tmp_path / "a.db", sandbox=sandbox) as second:
            await second.until_rows("SELECT count(*) FROM bots WHERE menus IS NOT NULL", [(1,)])
