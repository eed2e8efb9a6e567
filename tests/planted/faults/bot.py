"""Faults in everything a person or Telegram touches."""

from tests.planted.fault import Fault

CHAT = ("tests/bot/staff", "tests/bot/customer", "tests/bot/telegram")


def fault(says: str, file: str, old: str, new: str, *caught_by: str) -> Fault:
    return Fault(says=says, file=f"bot/{file}", old=old, new=new, caught_by=caught_by or CHAT)


_UPDATES = (
    fault(
        "an update is acknowledged before it is kept",
        "telegram_client.py",
        "        await self._may_ask()\n",
        "",
        "tests/bot/telegram",
        "tests/crash",
    ),
    fault(
        "what waits at Telegram is thrown away at the start",
        "process.py",
        "        allowed_updates=ALLOWED_UPDATES,\n        drop_pending_updates=False,\n        error",
        "        allowed_updates=ALLOWED_UPDATES,\n        drop_pending_updates=True,\n        error",
        "tests/bot/telegram",
        "tests/crash",
    ),
    fault(
        "what a crash left undone is not taken up",
        "inbox.py",
        "        for received in replay.to_do:\n",
        "        for received in replay.to_do[:0]:\n",
        "tests/bot/telegram",
        "tests/crash",
    ),
    fault(
        "an update is done before it is answered",
        "inbox.py",
        "            self._trace(Step.UPDATE_STARTED)\n            await coroutine\n",
        "            self._trace(Step.UPDATE_STARTED)\n            self._mark_answered(update)\n"
        "            await coroutine\n",
        "tests/bot/telegram",
        "tests/crash",
    ),
    fault(
        "a person's updates are handled side by side",
        "inbox.py",
        "        if len(queue) == 1:\n            self.put_nowait(update)",
        "        if queue:\n            self.put_nowait(update)",
        "tests/bot/telegram",
        "tests/bot/test_double_taps.py",
        "tests/crash",
    ),
    fault(
        "everybody waits for everybody",
        "inbox.py",
        "        return update.effective_user.id\n",
        "        return 0\n",
        "tests/bot/telegram",
    ),
    fault(
        "a passing error is final",
        "inbox.py",
        "    return isinstance(error, StoreUnavailable | NetworkError | RetryAfter)",
        "    return isinstance(error, RetryAfter)",
        "tests/bot/telegram",
    ),
    fault(
        "whose update is kept aside is not told",
        "inbox.py",
        "            await self.apologize(update, reference)\n",
        "            pass\n",
        "tests/bot/telegram",
    ),
    fault(
        "a typed command that comes again is another operation",
        "turn.py",
        'return OperationKey(f"{self.account.bot_id}:{self.user.id}:{message_id}")',
        'return OperationKey(f"{self.account.bot_id}:{self.user.id}:{message_id}:{id(self)}")',
        "tests/bot/staff",
        "tests/crash",
    ),
    fault(
        "the second tap of a button is another operation",
        "staff/counter.py",
        "turn, Stamp(_card(pressed.id(0)), count=pressed.number(1), key=checked_key(pressed.text(2)))",
        "turn, Stamp(_card(pressed.id(0)), count=pressed.number(1), key=new_key())",
        "tests/bot/test_double_taps.py",
        "tests/bot/staff",
    ),
    fault(
        "the second tap of a redemption is another operation",
        "staff/counter.py",
        "await perform(turn, Redeem(_card(pressed.id(0)), key=checked_key(pressed.text(1))))",
        "await perform(turn, Redeem(_card(pressed.id(0)), key=new_key()))",
        "tests/bot/test_double_taps.py",
        "tests/bot/staff",
    ),
    fault(
        "a pressed button is answered twice",
        "turn.py",
        "        if self.query is not None and not self.answered:\n            self.answered = True",
        "        if self.query is not None:\n            self.answered = True",
    ),
    fault(
        "a forged button is passed on",
        "staff/acts.py",
        "    if len(text) != len(",
        "    if len(text) < len(",
    ),
    fault(
        "a button that nobody knows is never answered",
        "handlers.py",
        "    application.add_handler(CallbackQueryHandler(taking_turns(services, outdated_button)))\n",
        "",
    ),
    fault(
        "callback data of any length",
        "callbacks.py",
        "    if len(data.encode()) > LENGTH_MAX_BYTES:",
        "    if len(data.encode()) > 10 * LENGTH_MAX_BYTES:",
        "tests/bot",
    ),
    fault(
        "who is too fast is not answered",
        "turn.py",
        "                await _turn_away(services, update, user, wait)\n",
        "                return\n",
        "tests/bot",
    ),
    fault(
        "nobody is ever too fast",
        "gate.py",
        "        if bucket.tokens >= 1:\n",
        "        if bucket.tokens >= -10_000:\n",
        "tests/bot",
    ),
    fault(
        "who blocked the bot stays reachable",
        "membership.py",
        "        reachable = change.new_chat_member.status not in UNREACHABLE\n",
        "        reachable = True\n",
        "tests/bot/customer",
    ),
    fault(
        "a webhook takes updates from anybody",
        "web.py",
        "if not hmac.compare_digest(given.encode(), secret.encode()):",
        "if given is None:",
        "tests/bot",
    ),
)

_OUTBOX = (
    fault(
        "what Telegram will never take is tried again",
        "jobs/outbox.py",
        "        except BadRequest as error:\n            await self._fail(leased, error.message, permanent=True)",
        "        except BadRequest as error:\n            await self._fail(leased, error.message, permanent=False)",
        "tests/bot/telegram",
    ),
    fault(
        "a passing failure is final",
        "jobs/outbox.py",
        "        except TelegramError as error:\n"
        "            await self._fail(leased, type(error).__name__, permanent=False)",
        "        except TelegramError as error:\n"
        "            await self._fail(leased, type(error).__name__, permanent=True)",
        "tests/bot/telegram",
    ),
    fault(
        "who cannot be reached is not marked",
        "jobs/outbox.py",
        "Reachable(account=leased.message.recipient, reachable=False)",
        "Reachable(account=leased.message.recipient, reachable=True)",
        "tests/bot/telegram",
    ),
    fault(
        "having to wait is a failed try",
        "jobs/outbox.py",
        "            self._pacer.hold(chat_id, seconds_of(error))\n"
        "            await self._get_in_line(leased, seconds_of(error))",
        "            self._pacer.hold(chat_id, seconds_of(error))\n"
        '            await self._fail(leased, "retry_after", permanent=False)',
        "tests/bot/telegram",
    ),
    fault(
        "one chat that must wait holds up all",
        "pacing.py",
        "        self._chats_at[chat_id] = max(self._chats_at.get(chat_id, 0.0), self._clock() + seconds)\n",
        "        self._overall_at = max(self._overall_at, self._clock() + seconds)\n",
        "tests/bot/telegram",
    ),
    fault(
        "no pace in a chat",
        "pacing.py",
        "max(self._chats_at.get(chat_id, 0.0), at) + 1 / per_second",
        "max(self._chats_at.get(chat_id, 0.0), at)",
        "tests/bot/telegram",
    ),
    fault(
        "no pace over all chats",
        "pacing.py",
        "max(self._overall_at, at) + 1 / self._limits.overall_per_second",
        "max(self._overall_at, at)",
        "tests/bot/telegram",
    ),
    fault(
        "leases of a dispatcher that died are left to lapse",
        "jobs/outbox.py",
        "        await self._store.write(usecases.release_leases, self._bot_id)\n",
        "",
        "tests/bot/telegram",
        "tests/crash",
    ),
    fault(
        "a message is marked as sent before it is",
        "jobs/outbox.py",
        "            sent_id = await self._send(leased)\n",
        "            await self._mark_sent(leased, 1)\n            sent_id = await self._send(leased)\n",
        "tests/bot/telegram",
        "tests/crash",
    ),
    fault(
        "a message is written in the bot's language, not the reader's",
        "jobs/outbox.py",
        "texts(reader.locale or self._default_locale)",
        "texts(self._default_locale)",
        "tests/bot",
    ),
)

_SPEAKING = (
    fault(
        "names are not escaped",
        "texts/__init__.py",
        "name: html.escape(str(value), quote=False) for",
        "name: str(value) for",
        "tests/bot/views",
        "tests/bot/customer",
        "tests/bot/staff",
    ),
    fault(
        "what Telegram cannot parse is not sent as plain text",
        "chat.py",
        'if "parse entities" not in error.message.lower():',
        'if "never" not in error.message.lower():',
        "tests/bot/telegram",
    ),
    fault(
        "a direct answer is not tried again",
        "chat.py",
        "QUICK_TRIES = 3",
        "QUICK_TRIES = 1",
        "tests/bot/telegram",
    ),
    fault(
        "a message that is gone gets no successor",
        "chat.py",
        "            if not _is_gone(error):\n                raise\n",
        "            raise\n",
        "tests/bot/telegram",
        "tests/bot/staff",
    ),
    fault(
        "an edit that changes nothing is an error",
        "chat.py",
        'if "message is not modified" in error.message.lower():',
        'if "message is never modified" in error.message.lower():',
        "tests/bot/telegram",
        "tests/bot/staff",
    ),
    fault(
        "the keypad shows digits in its data",
        "tokens.py",
        '        return "".join(ranked)',
        '        return "".join(sorted(ranked))',
        "tests/bot/staff",
    ),
    fault(
        "a PIN that was typed as text stays in the chat",
        "staff/keypad.py",
        "        await turn.services.chat.delete(turn.user.id, turn.message.message_id)\n",
        "        pass\n",
        "tests/bot/staff",
    ),
    fault(
        "a keypad of before is taken for the one that is open",
        "staff/keypad.py",
        " or dialogue is None or dialogue.nonce != nonce:\n        raise DialogueOver\n    if key",
        " or dialogue is None:\n        raise DialogueOver\n    if key",
        "tests/bot/staff",
    ),
    fault(
        "a wrong PIN is as good as a right one",
        "pins.py",
        "        except VerifyMismatchError:\n            return False",
        "        except VerifyMismatchError:\n            return True",
        "tests/bot/staff",
    ),
    fault(
        "hashes of PINs have no pepper",
        "pins.py",
        'return hmac.digest(self._pepper, digits.encode(), "sha256")',
        'return hmac.digest(b"", digits.encode(), "sha256")',
        "tests/bot",
    ),
    fault(
        "the token is in the logs",
        "logs.py",
        '    text = _TOKEN.sub("<token>", text)\n',
        "",
        "tests/bot",
    ),
    fault(
        "the token is in the addresses in the logs",
        "logs.py",
        '    text = _TOKEN_IN_PATH.sub("/bot<token>", text)\n',
        "",
        "tests/bot",
    ),
    fault(
        "the secret of a link is in the logs",
        "logs.py",
        'return _START_PAYLOAD.sub(r"\\1<secret>", text)',
        "return text",
        "tests/bot",
    ),
    fault(
        "a code of another bot is taken for ours",
        "links.py",
        'if found is None or found["bot"].lower() != self.username.lower():',
        "if found is None:",
        "tests/bot",
    ),
    fault(
        "the token of a card stands in the database",
        "tokens.py",
        "return TokenHash(hashlib.sha256(token.encode()).hexdigest())",
        "return TokenHash(token)",
        "tests/bot",
    ),
    fault(
        "a new code is the old one",
        "tokens.py",
        'return self._derive(f"card:{card_id}:{rotation}")',
        'return self._derive(f"card:{card_id}")',
        "tests/bot/customer",
    ),
    fault(
        "customers see the commands of the staff",
        "menus.py",
        "    if roles:\n        found += STAFF",
        "    found += STAFF\n    if roles:\n        found += ()",
        "tests/bot",
    ),
    fault(
        "a photo of any size is taken",
        "entrance.py",
        "if sent is None or (sent.file_size or 0) > PHOTO_SIZE_MAX_BYTES:",
        "if sent is None:",
        "tests/bot",
    ),
    fault(
        "redeeming stands where the finger has just tapped",
        "views/counter.py",
        "            row(_card_button(t, card.card_id)),\n            row(_redeem_button(t, card)),\n"
        "            row(_undo",
        "            row(_redeem_button(t, card)),\n            row(_card_button(t, card.card_id)),\n"
        "            row(_undo",
        "tests/bot",
    ),
    fault(
        "who picks a name at the shared phone forgets what for",
        "staff/keypad.py",
        "question.act if isinstance(question, WhoAsked | PinAsked) else None",
        "None",
        "tests/bot/staff",
    ),
)

FAULTS = (*_UPDATES, *_OUTBOX, *_SPEAKING)
