"""What a bot says about itself: names, descriptions, commands and the menu button, by language and scope."""

import re
from dataclasses import dataclass, field

from bot.sandbox.api_types import (
    BotCommand,
    BotCommandScope,
    BotCommandScopeChat,
    BotCommandScopeDefault,
    MenuButton,
    MenuButtonCommands,
    MenuButtonDefault,
)
from bot.sandbox.errors import bad_request
from bot.sandbox.html import utf16_length

COMMANDS_MAX = 100
_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_LANGUAGE = re.compile(r"[a-z]{2}")

ScopeKey = tuple[str, int | None]


@dataclass(slots=True)
class LocalizedText:
    """A text with a default ("") and dedicated versions for languages."""

    what: str
    length_max: int
    by_language: dict[str, str] = field(default_factory=dict)

    def put(self, text: str | None, language_code: str | None) -> None:
        """Sets the version of a language; an empty text removes it."""
        language = checked_language(language_code)
        if utf16_length(text or "") > self.length_max:
            raise bad_request(f"{self.what} is too long: at most {self.length_max} characters")
        if text:
            self.by_language[language] = text
        else:
            self.by_language.pop(language, None)

    def get(self, language_code: str | None) -> str:
        """What a person with this language sees."""
        return self.by_language.get(checked_language(language_code), self.by_language.get("", ""))


class BotProfile:
    def __init__(self, name: str) -> None:
        self._first_name = name
        self.name = LocalizedText("bot name", 64)
        self.description = LocalizedText("bot description", 512)
        self.short_description = LocalizedText("bot short description", 120)
        self._commands: dict[tuple[ScopeKey, str], tuple[BotCommand, ...]] = {}
        self._menu_buttons: dict[int | None, MenuButton] = {}

    def name_for(self, language_code: str | None) -> str:
        return self.name.get(language_code) or self._first_name

    # -- commands ------------------------------------------------------------------------------------------

    def set_commands(self, commands: tuple[BotCommand, ...], scope: ScopeKey, language: str | None) -> None:
        """At most 100 commands, each of 1-32 of a-z 0-9 _ with a description of 1-256 characters."""
        if len(commands) > COMMANDS_MAX:
            raise bad_request("BOT_COMMANDS_TOO_MUCH: at most 100 commands can be specified")
        for command in commands:
            if not _COMMAND.fullmatch(command.command):
                raise bad_request("BOT_COMMAND_INVALID")
            if not 1 <= utf16_length(command.description) <= 256:
                raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
        if len({command.command for command in commands}) != len(commands):
            raise bad_request("BOT_COMMAND_INVALID: a command is listed twice")
        key = (scope, checked_language(language))
        if commands:
            self._commands[key] = commands
        else:
            self._commands.pop(key, None)

    def get_commands(self, scope: ScopeKey, language: str | None) -> tuple[BotCommand, ...]:
        """The list of exactly this scope and language."""
        return self._commands.get((scope, checked_language(language)), ())

    def commands_for(self, chat_id: int, language_code: str) -> tuple[BotCommand, ...]:
        """The menu that a person sees in the private chat: the first list that is set, narrowest scope first.

        Order: https://core.telegram.org/bots/api#determining-list-of-commands
        """
        for scope in (("chat", chat_id), ("all_private_chats", None), ("default", None)):
            for language in (two_letters(language_code), ""):
                if commands := self._commands.get((scope, language)):
                    return commands
        return ()

    # -- the menu button -----------------------------------------------------------------------------------

    def set_menu_button(self, chat_id: int | None, button: MenuButton | None) -> None:
        if button is None or isinstance(button, MenuButtonDefault):
            self._menu_buttons.pop(chat_id, None)
        else:
            self._menu_buttons[chat_id] = button

    def menu_button(self, chat_id: int | None) -> MenuButton:
        default = self._menu_buttons.get(None, MenuButtonCommands(type="commands"))
        return self._menu_buttons.get(chat_id, default)


def scope_key(scope: BotCommandScope | None) -> ScopeKey:
    """What tells one command scope from another."""
    if isinstance(scope, BotCommandScopeChat):
        if not isinstance(scope.chat_id, int):
            raise bad_request("chat not found")
        return ("chat", scope.chat_id)
    return ((scope or BotCommandScopeDefault(type="default")).TAG, None)


def checked_language(language_code: str | None) -> str:
    """A two-letter code, or "" for everyone else."""
    if language_code and not _LANGUAGE.fullmatch(language_code):
        raise bad_request("invalid language code specified: two letters are needed")
    return language_code or ""


def two_letters(language_tag: str) -> str:
    """The language of an IETF tag: `de` of `de-AT`."""
    return language_tag[:2].lower()
