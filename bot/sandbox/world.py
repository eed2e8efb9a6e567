"""The state of the sandbox: people, their private chats with the bot, and what happens in them."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from bot.sandbox import wire
from bot.sandbox.api_types import ForceReply, ReplyKeyboardMarkup, ReplyKeyboardRemove
from bot.sandbox.bot_profile import BotProfile
from bot.sandbox.changes import Change, ChangeKind, Changes
from bot.sandbox.errors import bad_request, forbidden
from bot.sandbox.files import FileStore
from bot.sandbox.messages import Answer, CallbackQuery, Content, Message
from bot.sandbox.updates import UpdateQueue
from bot.sandbox.webhook import Webhook

ACTION_SECONDS = 5
FIRST_USER_ID = 7_100_000_001  # more than 32 bits, as Telegram warns that ids may have


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A person as Telegram knows one; `role_hint` only tells the page what to show."""

    user_id: int
    first_name: str
    language_code: str
    username: str | None = None
    role_hint: str = "customer"


@dataclass(frozen=True, slots=True)
class ChatAction:
    action: str
    until: float


@dataclass(slots=True, kw_only=True)
class Chat:
    """The private chat of one person with the bot."""

    account: Account
    instance: str
    started: bool = False
    blocked: bool = False
    messages: dict[int, Message] = field(default_factory=dict)
    action: ChatAction | None = None
    keyboard_message_id: int | None = None
    reply_to_id: int | None = None

    @property
    def id(self) -> int:
        return self.account.user_id

    @property
    def shown(self) -> list[Message]:
        """What the chat shows now, the oldest first."""
        return [message for message in self.messages.values() if not message.deleted]

    @property
    def keyboard(self) -> ReplyKeyboardMarkup | None:
        """The reply keyboard below the chat."""
        message = self.messages.get(self.keyboard_message_id or 0)
        return message.reply_keyboard if message and not message.deleted else None

    def existing(self, message_id: int) -> Message | None:
        message = self.messages.get(message_id)
        return None if message is None or message.deleted else message


class World:
    def __init__(
        self,
        *,
        bot_id: int,
        username: str,
        bot_name: str,
        clock: Callable[[], float],
        webhook_retry_seconds: float,
        messages_before: int,
    ) -> None:
        self.bot_id = bot_id
        self.username = username
        self.clock = clock
        self._messages_before = messages_before
        self.changes = Changes()
        self.files = FileStore()
        self.profile = BotProfile(bot_name)
        self.updates = UpdateQueue(self.changes)
        self.webhook = Webhook(self.updates, self.changes, clock, retry_after_seconds=webhook_retry_seconds)
        self.chats: dict[int, Chat] = {}
        self.queries: dict[str, CallbackQuery] = {}

    # -- people --------------------------------------------------------------------------------------------

    def add_person(
        self,
        first_name: str,
        *,
        language_code: str,
        user_id: int | None,
        username: str | None,
        role_hint: str,
    ) -> Chat:
        new_id = user_id or max([FIRST_USER_ID - 1, *self.chats]) + 1
        if new_id in self.chats:
            raise ValueError(f"there is a person with the id {new_id} already")
        account = Account(
            user_id=new_id,
            first_name=first_name,
            language_code=language_code,
            username=username,
            role_hint=role_hint,
        )
        chat = self.chats[new_id] = Chat(account=account, instance=str(secrets.randbits(63)))
        self.changes.announce(Change(ChangeKind.PERSON, new_id))
        return chat

    def chat(self, chat_id: int | str) -> Chat:
        """The chat, or a 400."""
        if not isinstance(chat_id, int) or chat_id not in self.chats:
            raise bad_request("chat not found")
        return self.chats[chat_id]

    def reachable_chat(self, chat_id: int | str) -> Chat:
        """The chat if the bot may write to it now, or a 400 or 403."""
        chat = self.chat(chat_id)
        if chat.blocked:
            raise forbidden("bot was blocked by the user")
        if not chat.started:
            raise forbidden("bot can't initiate conversation with a user")
        return chat

    def set_language(self, chat: Chat, language_code: str) -> None:
        """The person changes the language of the Telegram app."""
        chat.account = replace(chat.account, language_code=language_code)
        self.changes.announce(Change(ChangeKind.PERSON, chat.id))

    def set_blocked(self, chat: Chat, blocked: bool) -> None:
        """The person blocks or unblocks the bot, which is told with a my_chat_member update."""
        if chat.blocked != blocked:
            chat.blocked = blocked
            self.changes.announce(Change(ChangeKind.PERSON, chat.id))
            self.updates.add("my_chat_member", wire.my_chat_member_json(self, chat))

    # -- messages ------------------------------------------------------------------------------------------

    def post(self, chat: Chat, content: Content, *, from_bot: bool) -> Message:
        """Puts a message into the chat; ids of a chat grow by one."""
        message = Message(
            id=self._messages_before + len(chat.messages) + 1,
            chat_id=chat.id,
            from_bot=from_bot,
            sent_at=int(self.clock()),
            revision=self.changes.revision + 1,
            content=content,
        )
        chat.messages[message.id] = message
        if from_bot:
            self._end_action(chat)
            self._take_keyboard(chat, message)
        self.changes.announce(Change(ChangeKind.MESSAGE, chat.id, message.id))
        return message

    def receive(self, chat: Chat, content: Content) -> Message:
        """A message of the person: it opens the chat if need be, and the bot gets an update."""
        self.set_blocked(chat, blocked=False)
        if not chat.started:
            chat.started = True
            self.changes.announce(Change(ChangeKind.PERSON, chat.id))
        chat.reply_to_id = None
        message = self.post(chat, content, from_bot=False)
        self.updates.add("message", wire.message_json(self, message))
        return message

    def change(self, message: Message, content: Content, *, edited: bool) -> Message:
        """Replaces what the message says; `edited` when the person is to see that it was."""
        return self._replace(
            message, content=content, edited_at=int(self.clock()), edited=message.edited or edited
        )

    def delete(self, message: Message) -> None:
        self._replace(message, deleted=True)

    def show_action(self, chat: Chat, action: str) -> None:
        chat.action = ChatAction(action, self.clock() + ACTION_SECONDS)
        self.changes.announce(Change(ChangeKind.ACTION, chat.id))

    # -- buttons -------------------------------------------------------------------------------------------

    def press(self, chat: Chat, message_id: int, data: str) -> CallbackQuery:
        """A press of an inline button; also of one that the message does not have, as only a modified client can
        send."""
        query = CallbackQuery(id=str(secrets.randbits(63)), chat_id=chat.id, message_id=message_id, data=data)
        self.queries[query.id] = query
        self.updates.add("callback_query", wire.callback_query_json(self, chat, query))
        return query

    def answer(self, query_id: str, answer: Answer) -> None:
        """Shows the answer to a press; a query can be answered once."""
        query = self.queries.get(query_id)
        if query is None or query.answer is not None:
            raise bad_request("query is too old and response timeout expired or query ID is invalid")
        self.queries[query_id] = replace(query, answer=answer)
        self.changes.announce(Change(ChangeKind.ANSWER, query.chat_id, query_id))

    def _replace(self, message: Message, **fields: Any) -> Message:
        changed = replace(message, revision=self.changes.revision + 1, **fields)
        self.chats[message.chat_id].messages[message.id] = changed
        self.changes.announce(Change(ChangeKind.MESSAGE, message.chat_id, message.id))
        return changed

    def _end_action(self, chat: Chat) -> None:
        if chat.action:
            chat.action = None
            self.changes.announce(Change(ChangeKind.ACTION, chat.id))

    def _take_keyboard(self, chat: Chat, message: Message) -> None:
        markup = message.content.markup
        if isinstance(markup, ReplyKeyboardMarkup):
            chat.keyboard_message_id = message.id
        elif isinstance(markup, ReplyKeyboardRemove):
            chat.keyboard_message_id = None
        elif isinstance(markup, ForceReply):
            chat.reply_to_id = message.id
        else:
            return
        self.changes.announce(Change(ChangeKind.PERSON, chat.id))
