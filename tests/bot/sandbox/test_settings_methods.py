"""What the bot says about itself: names, commands, the menu button."""

from typing import Any

import pytest

from bot.sandbox import Person, Sandbox
from tests.bot.sandbox.api import Api


def commands(*names: str) -> list[dict[str, str]]:
    return [{"command": name, "description": f"What {name} does"} for name in names]


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("capital letter", {"commands": commands("Card")}, "BOT_COMMAND_INVALID"),
    ("hyphen", {"commands": commands("my-card")}, "BOT_COMMAND_INVALID"),
    ("slash", {"commands": commands("/card")}, "BOT_COMMAND_INVALID"),
    ("no letters", {"commands": commands("")}, "BOT_COMMAND_INVALID"),
    ("33 letters", {"commands": commands("x" * 33)}, "BOT_COMMAND_INVALID"),
    ("twice", {"commands": commands("card", "card")}, "BOT_COMMAND_INVALID: a command is listed twice"),
    (
        "no description",
        {"commands": [{"command": "a", "description": ""}]},
        "BOT_COMMAND_DESCRIPTION_INVALID",
    ),
    (
        "257 letters",
        {"commands": [{"command": "a", "description": "x" * 257}]},
        "BOT_COMMAND_DESCRIPTION_INVALID",
    ),
    ("101 commands", {"commands": commands(*(f"c{i}" for i in range(101)))}, "BOT_COMMANDS_TOO_MUCH"),
    ("no language", {"commands": [], "language_code": "lux"}, "invalid language code specified"),
    ("capital language", {"commands": [], "language_code": "DE"}, "invalid language code specified"),
    ("unknown chat", {"commands": [], "scope": {"type": "chat", "chat_id": 5}}, "chat not found"),
]


@pytest.mark.parametrize(("wrong", "expected"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
async def test_wrong_commands_are_refused(wrong: dict[str, Any], expected: str, api: Api) -> None:
    assert (await api.refused("setMyCommands", **wrong)).startswith(f"400 Bad Request: {expected}")


async def test_commands_are_kept_by_scope_and_language(api: Api) -> None:
    await api.ok("setMyCommands", commands=commands("card"))
    await api.ok("setMyCommands", commands=commands("karte"), language_code="de")
    private = {"type": "all_private_chats"}
    assert await api.ok("getMyCommands") == commands("card")
    assert await api.ok("getMyCommands", language_code="de") == commands("karte")
    assert await api.ok("getMyCommands", scope=private) == []
    await api.ok("deleteMyCommands", language_code="de")
    assert await api.ok("getMyCommands", language_code="de") == []


async def test_person_sees_the_narrowest_list_that_is_set(api: Api, sandbox: Sandbox) -> None:
    """The order that Telegram documents, walked up from the widest list to the narrowest."""
    anna = sandbox.person("Anna", language="de-AT")
    ben = sandbox.person("Ben", language="fr")
    private, chat = {"type": "all_private_chats"}, {"type": "chat", "chat_id": anna.id}
    steps: list[dict[str, Any]] = [
        {},
        {"language_code": "de"},
        {"scope": private},
        {"scope": private, "language_code": "de"},
        {"scope": chat},
        {"scope": chat, "language_code": "de"},
    ]
    seen_by_ben = []
    for number, step in enumerate(steps):
        await api.ok("setMyCommands", commands=commands(f"step{number}"), **step)
        assert [command.command for command in anna.commands()] == [f"step{number}"]
        seen_by_ben.append(ben.commands()[0].command)
    assert seen_by_ben == ["step0", "step0", "step2", "step2", "step2", "step2"]
    await api.ok("setMyCommands", commands=[], **steps[-1])
    assert anna.commands()[0].command == "step4"


async def test_group_commands_do_not_show_in_private(api: Api, anna: Person) -> None:
    await api.ok("setMyCommands", commands=commands("group"), scope={"type": "all_group_chats"})
    assert anna.commands() == ()


@pytest.mark.parametrize(
    ("what", "field", "length"),
    [
        ("Name", "name", 64),
        ("Description", "description", 512),
        ("ShortDescription", "short_description", 120),
    ],
)
async def test_texts_have_languages_and_a_length(what: str, field: str, length: int, api: Api) -> None:
    before = (await api.ok(f"getMy{what}"))[field]
    await api.ok(f"setMy{what}", **{field: "x" * length})
    await api.ok(f"setMy{what}", **{field: "Karte", "language_code": "de"})
    assert (await api.ok(f"getMy{what}", language_code="de"))[field] == "Karte"
    assert (await api.ok(f"getMy{what}", language_code="fr"))[field] == "x" * length
    refusal = await api.refused(f"setMy{what}", **{field: "x" * (length + 1)})
    assert refusal.endswith(f"is too long: at most {length} characters")
    await api.ok(f"setMy{what}", **{field: ""})
    assert (await api.ok(f"getMy{what}"))[field] == before


async def test_menu_button_of_a_chat_overrides_the_default(api: Api, anna: Person) -> None:
    assert await api.ok("getChatMenuButton") == {"type": "commands"}
    await api.ok("setChatMenuButton", chat_id=anna.id, menu_button={"type": "commands"})
    assert await api.ok("getChatMenuButton", chat_id=anna.id) == {"type": "commands"}
    await api.ok("setChatMenuButton", chat_id=anna.id, menu_button={"type": "default"})
    assert await api.refused("setChatMenuButton", chat_id=5) == "400 Bad Request: chat not found"


async def test_get_me_tells_the_bot(api: Api, sandbox: Sandbox) -> None:
    me = await api.ok("getMe")
    assert (me["id"], me["is_bot"], me["username"]) == (110201543, True, sandbox.username)
