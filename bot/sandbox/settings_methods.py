"""Methods about the bot itself: https://core.telegram.org/bots/api#setmycommands and the like."""

from bot.sandbox import wire
from bot.sandbox.api_methods import (
    DeleteMyCommands,
    GetChatMenuButton,
    GetMe,
    GetMyCommands,
    GetMyDescription,
    GetMyName,
    GetMyShortDescription,
    SetChatMenuButton,
    SetMyCommands,
    SetMyDescription,
    SetMyName,
    SetMyShortDescription,
)
from bot.sandbox.api_types import BotCommand, as_json
from bot.sandbox.bot_profile import ScopeKey, scope_key
from bot.sandbox.changes import Change, ChangeKind
from bot.sandbox.wire import Json
from bot.sandbox.world import World


async def get_me(world: World, _: GetMe) -> Json:
    return wire.me_json(world)


async def set_my_commands(world: World, request: SetMyCommands) -> bool:
    return _set_commands(world, request, request.commands)


async def delete_my_commands(world: World, request: DeleteMyCommands) -> bool:
    return _set_commands(world, request, ())


async def get_my_commands(world: World, request: GetMyCommands) -> list[Json]:
    commands = world.profile.get_commands(_scope(world, request), request.language_code)
    return [as_json(command) for command in commands]


async def set_my_name(world: World, request: SetMyName) -> bool:
    world.profile.name.put(request.name, request.language_code)
    return _announced(world)


async def get_my_name(world: World, request: GetMyName) -> Json:
    return {"name": world.profile.name_for(request.language_code)}


async def set_my_description(world: World, request: SetMyDescription) -> bool:
    world.profile.description.put(request.description, request.language_code)
    return _announced(world)


async def get_my_description(world: World, request: GetMyDescription) -> Json:
    return {"description": world.profile.description.get(request.language_code)}


async def set_my_short_description(world: World, request: SetMyShortDescription) -> bool:
    world.profile.short_description.put(request.short_description, request.language_code)
    return _announced(world)


async def get_my_short_description(world: World, request: GetMyShortDescription) -> Json:
    return {"short_description": world.profile.short_description.get(request.language_code)}


async def set_chat_menu_button(world: World, request: SetChatMenuButton) -> bool:
    if request.chat_id is not None:
        world.chat(request.chat_id)
    world.profile.set_menu_button(request.chat_id, request.menu_button)
    return _announced(world)


async def get_chat_menu_button(world: World, request: GetChatMenuButton) -> Json:
    if request.chat_id is not None:
        world.chat(request.chat_id)
    button: Json = as_json(world.profile.menu_button(request.chat_id))
    return button


def _set_commands(
    world: World, request: SetMyCommands | DeleteMyCommands, commands: tuple[BotCommand, ...]
) -> bool:
    world.profile.set_commands(commands, _scope(world, request), request.language_code)
    return _announced(world)


def _scope(world: World, request: SetMyCommands | DeleteMyCommands | GetMyCommands) -> ScopeKey:
    kind, chat_id = scope_key(request.scope)
    if chat_id is not None:
        world.chat(chat_id)
    return kind, chat_id


def _announced(world: World) -> bool:
    world.changes.announce(Change(ChangeKind.PROFILE))
    return True
