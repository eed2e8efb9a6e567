"""Faults in everything a person or Telegram touches."""

from tests.planted.fault import fault

_UPDATES = (
    fault(
        "an update is acknowledged before it is kept",
        "bot.telegram.polling:Poller._keep",
        """
            await self._inbox.keep(*received)
            self._offset = received[-1].update_id + 1
        """,
        """
            self._offset = received[-1].update_id + 1
            await self._inbox.keep(*received)
        """,
        "tests/bot/telegram/test_inbox.py",
    ),
    fault(
        "what waits at Telegram is thrown away at the start",
        "bot.telegram.polling:Poller._drop_webhook",
        "self._bot.delete_webhook(drop_pending_updates=False)",
        "self._bot.delete_webhook(drop_pending_updates=True)",
        "tests/bot/staff/test_interruptions.py",
    ),
    fault(
        "what a crash left undone is not taken up",
        "bot.telegram.inbox:Inbox.replay",
        "self._accept(received)",
        "None",
        "tests/bot/staff/test_interruptions.py",
    ),
    fault(
        "an update is done before it is answered",
        "bot.telegram.inbox:Inbox._bring_to_an_end",
        "self._trace(Step.UPDATE_STARTED)",
        """
            self._trace(Step.UPDATE_STARTED)
            self._answered.append(usecases.UpdateRef(bot_id=self._bot_id, update_id=received.update_id))
            self._stirs.set()
        """,
        "tests/bot/telegram/test_direct_errors.py",
    ),
    fault(
        "a person's updates are handled side by side",
        "bot.telegram.inbox:Inbox._accept",
        "len(line) == 1",
        "line",
        "tests/bot/telegram/test_inbox.py",
    ),
    fault(
        "a second bot takes what waits for the first",
        "bot.telegram.polling:Poller._poll",
        "found and not is_alone",
        "not found",
        "tests/bot/telegram/test_polling.py",
    ),
    fault(
        "two bots with one token are answered in turn",
        "bot.telegram.polling:Poller._yield_to_another",
        """
            self._has(ANOTHER_COPY, another_copy)
            return SLOW_WAIT_S
        """,
        """
            return 0.0
        """,
        "tests/bot/telegram/test_polling.py",
    ),
    fault(
        "any number will do for an update",
        "bot.telegram.updates:Number",
        "msgspec.Meta(ge=1, le=NUMBER_MAX)",
        "msgspec.Meta()",
        "tests/bot/telegram/test_webhook.py",
    ),
    fault(
        "a picture is not noted before somebody looks at it",
        "bot.telegram.inbox:Inbox._bring_to_an_end",
        "is_new and not has_picture(update)",
        "is_new",
        "tests/bot/telegram/test_replay.py",
    ),
    fault(
        "what was under way in a crash is tried together again",
        "bot.telegram.inbox:Inbox._bring_to_an_end",
        "self._one_suspect if received.attempts else nullcontext()",
        "nullcontext()",
        "tests/bot/telegram/test_replay.py",
    ),
    fault(
        "everybody waits for everybody",
        "bot.telegram.updates:Sent.person_key",
        "(self.message.sender or self.message.chat).id",
        "0",
        "tests/bot/telegram/test_direct_errors.py",
    ),
    fault(
        "a passing error is final",
        "bot.telegram.inbox:is_passing",
        "DatabaseUnavailable | NetworkError | RetryAfter",
        "RetryAfter",
        "tests/bot/telegram/test_direct_errors.py",
    ),
    fault(
        "whose update is kept aside is not told",
        "bot.telegram.inbox:Inbox._keep_aside",
        "await self._apologize(update, reference)",
        "",
        "tests/bot/telegram/test_direct_errors.py",
    ),
    fault(
        "a typed command that comes again is another operation",
        "bot.screens.turn:Turn.typed_key",
        "f'{self.account.bot_id}:{self.user.id}:{message_id}'",
        "f'{self.account.bot_id}:{self.user.id}:{message_id}:{id(self)}'",
        "tests/bot/telegram/test_direct_errors.py",
    ),
    fault(
        "the second tap of a button is another operation",
        "bot.staff.counter:stamp_button",
        "pressed.key(2)",
        "new_key()",
        "tests/bot/test_double_taps.py",
    ),
    fault(
        "the second tap of a redemption is another operation",
        "bot.staff.counter:redeem_button",
        "pressed.key(1)",
        "new_key()",
        "tests/bot/test_double_taps.py",
    ),
    fault(
        "a pressed button is answered twice",
        "bot.screens.turn:Turn.answer",
        "self.query is not None and (not self.answered)",
        "self.query is not None",
        "tests/bot/telegram/test_pressed_buttons.py",
    ),
    fault(
        "a forged button is passed on",
        "bot.kit.buttons:Pressed.key",
        "_KEY.fullmatch(text)",
        "_KEY.match(text)",
        "tests/bot/test_forged_buttons.py::test_operation_key_that_no_button_carries_is_refused",
    ),
    fault(
        "a button that nobody knows is never answered",
        "bot.routes.table:handler_of",
        "_BY_VERB.get(verb, outdated_button)",
        "_BY_VERB.get(verb)",
        "tests/bot/telegram/test_pressed_buttons.py",
    ),
    fault(
        "callback data of any length",
        "bot.kit.buttons:press",
        "LENGTH_MAX_BYTES",
        "10 * LENGTH_MAX_BYTES",
        "tests/bot/test_callbacks.py",
    ),
    fault(
        "who is too fast is not answered",
        "bot.screens.turn:take_turn",
        "await _turn_away(services, update, user, wait)",
        "",
        "tests/bot/test_gate.py",
    ),
    fault(
        "nobody is ever too fast",
        "bot.telegram.rate_limit:RateLimiter.seconds_to_wait",
        "bucket.tokens >= 1",
        "bucket.tokens >= -10000",
        "tests/bot/test_gate.py",
    ),
    fault(
        "who blocked the bot stays reachable",
        "bot.screens.reachability:changed",
        "change.new_chat_member.status not in UNREACHABLE",
        "True",
        "tests/bot/customer/test_blocking.py",
    ),
    fault(
        "a webhook takes updates from anybody",
        "bot.telegram.webhook:webhook_app.receive",
        "not hmac.compare_digest(given.encode(errors='surrogateescape'), secret.encode())",
        "given is None",
        "tests/bot/telegram/test_webhook.py",
    ),
    fault(
        "a command to another bot is carried out",
        "bot.routes.table:_command_in",
        'command if bot in ("", message.get_bot().username.lower()) else ""',
        "command",
        "tests/bot/routes/test_table.py",
    ),
    fault(
        "a command in a group is carried out",
        "bot.routes.table:handler_of",
        "message is None or message.chat.type != Chat.PRIVATE",
        "message is None",
        "tests/bot/routes/test_table.py",
    ),
    fault(
        "the process's jobs are a bot's",
        "bot.jobs.schedule:make_scheduler",
        "means.bot_id if entry.of is Of.BOT else PROCESS",
        "means.bot_id",
        "tests/bot/jobs/test_schedule.py",
    ),
    fault(
        "a line of the log is of whatever bot",
        "bot.kit.logs:lines_of",
        "_bot.set(bot_id)",
        "_bot.set(BotId(42))",
        "tests/bot/test_logs.py",
    ),
)

_OUTBOX = (
    fault(
        "what Telegram will never take is tried again",
        "bot.delivery.telegram:TelegramChannel.deliver",
        "Refused",
        "Later",
        "tests/bot/telegram/test_outbox_errors.py",
    ),
    fault(
        "a passing failure is final",
        "bot.delivery.telegram:TelegramChannel.deliver",
        "Later(type(error).__name__)",
        "Refused(type(error).__name__)",
        "tests/bot/telegram/test_outbox_errors.py",
    ),
    fault(
        "who cannot be reached is not marked",
        "bot.delivery.telegram:TelegramChannel.deliver",
        "Unreachable()",
        "Refused('unreachable')",
        "tests/bot/telegram/test_outbox_errors.py",
    ),
    fault(
        "having to wait is a failed try",
        "bot.delivery.telegram:TelegramChannel.deliver",
        "Later('retry_after', seconds_of(error))",
        "Later('retry_after')",
        "tests/bot/telegram/test_outbox_errors.py",
    ),
    fault(
        "one chat that must wait holds up all",
        "bot.telegram.pacing:Pacer.hold",
        "self._chats_at[address] = max(self._chats_at.get(address, 0.0), self._clock() + seconds)",
        "self._overall_at = max(self._overall_at, self._clock() + seconds)",
        "tests/bot/telegram/test_outbox_errors.py",
    ),
    fault(
        "no pace in a chat",
        "bot.telegram.pacing:Pacer.take",
        "max(self._chats_at.get(address, 0.0), now) + self.interval_in(address)",
        "max(self._chats_at.get(address, 0.0), now)",
        "tests/bot/telegram/test_pacing.py",
    ),
    fault(
        "no pace over all chats",
        "bot.telegram.pacing:Pacer.take",
        "max(self._overall_at, now - MADE_UP_MAX_S) + 1 / self._limits.overall_per_second",
        "max(self._overall_at, now - MADE_UP_MAX_S)",
        "tests/bot/telegram/test_pacing.py",
    ),
    fault(
        "an error of the database ends the dispatcher",
        "bot.delivery.dispatcher:Dispatcher._turn",
        "Exception",
        "ArithmeticError",
        "tests/bot/app",
    ),
    fault(
        "a message that cannot be read is tried for a day",
        "bot.delivery.dispatcher:Dispatcher._outcome",
        "(kind, error)",
        "(kind, Later(error.reason))",
        "tests/bot/telegram/test_outbox_unreadable.py",
    ),
    fault(
        "leases of a dispatcher that died are left to lapse",
        "bot.delivery.dispatcher:Dispatcher.run",
        "await self._take_over()",
        "",
        "tests/bot/telegram/test_outbox_restart.py",
    ),
    fault(
        "a message is marked as sent before it is",
        "bot.delivery.dispatcher:Dispatcher._outcome",
        "kind = letter.message.kind.value",
        """
            kind = letter.message.kind.value
            self._mark_made(delivery, kind, '1')
        """,
        "tests/bot/telegram/test_outbox_errors.py",
    ),
    fault(
        "a message is written in the bot's language, not the reader's",
        "bot.delivery.telegram:TelegramChannel._view",
        "reader.locale or self.default_locale",
        "self.default_locale",
        "tests/bot/customer/test_language.py",
    ),
    fault(
        "a message that cannot be read is forgotten, not given up",
        "bot.delivery.dispatcher:Dispatcher._outcome",
        "return (kind, error)",
        "raise",
        "tests/bot/telegram/test_outbox_unreadable.py",
    ),
)

_TIMETABLE = (
    fault(
        "a clock that is set back stalls every job",
        "bot.jobs.schedule:heartbeat",
        "job.next_run_time > due",
        "job.next_run_time is None",
        "tests/bot/jobs",
    ),
    fault(
        "what was missed while the bot was down is left out",
        "bot.jobs.schedule:make_scheduler",
        "_due(entry.trigger, last[key]) if key in last else None",
        "None",
        "tests/bot/jobs",
    ),
    fault(
        "every time that was missed is gone through",
        "bot.jobs.schedule:at",
        "CatchingUp",
        "CronTrigger",
        "tests/bot/jobs/test_schedule.py",
    ),
    fault(
        "a job that fails ends its timer",
        "bot.jobs.runs:Recorder._timed",
        "logger.exception('job %s failed', name)",
        """
            logger.exception('job %s failed', name)
            raise
        """,
        "tests/bot/jobs",
    ),
    fault(
        "every tick of the outbox is written down",
        "bot.jobs.runs:RECORD_EVERY_S",
        "59.0",
        "0.0",
        "tests/bot/jobs",
    ),
    fault(
        "anybody may see the status",
        "bot.routes.entrance:for_operators.handle",
        "handler if turn.is_operator else text_sent",
        "handler",
        "tests/bot/operator",
    ),
    fault(
        "operators are told the same again and again",
        "bot.jobs.dead_letters:report_dead_letters",
        "await means.database.write(reported, found)",
        "",
        "tests/bot/operator",
    ),
    fault(
        "operators are told of violations one by one",
        "bot.jobs.verify:verify",
        "named.append(violation)",
        """
            named.append(violation)
            await means.operators.tell(lambda t: violations_found(t, 1, named))
        """,
        "tests/bot/operator",
    ),
    fault(
        "a chat that must wait holds up all others",
        "bot.delivery.order:Lines.take_next",
        "self._pacer.wait_in(one)",
        "max((self._pacer.wait_in(each) for each in self._lines))",
        "tests/bot/telegram/test_lines.py",
    ),
    fault(
        "messages to one chat go side by side",
        "bot.delivery.order:Lines.take_next",
        "self._busy.add(address)",
        "",
        "tests/bot/telegram/test_lines.py",
    ),
    fault(
        "lateness adds up",
        "bot.telegram.pacing:MADE_UP_MAX_S",
        "0.03",
        "0.0",
        "tests/bot/telegram/test_pacing.py",
    ),
)

_SPEAKING = (
    fault(
        "names are not escaped",
        "bot.texts:fill",
        "html.escape(isolated(str(value)), quote=False)",
        "isolated(str(value))",
        "tests/bot/views/test_refusals.py",
    ),
    fault(
        "what Telegram cannot parse is not sent as plain text",
        "bot.telegram.chat:_or_plain",
        "'parse entities'",
        "'never'",
        "tests/bot/telegram/test_direct_errors.py",
    ),
    fault(
        "a direct answer is not tried again",
        "bot.telegram.chat:QUICK_TRIES",
        "3",
        "1",
        "tests/bot/telegram/test_direct_errors.py",
    ),
    fault(
        "a message that is gone gets no successor",
        "bot.telegram.chat:Chat.edit",
        """
            if not _is_gone(error):
                raise
        """,
        "raise",
        "tests/bot/telegram/test_direct_errors.py",
    ),
    fault(
        "an edit that changes nothing is an error",
        "bot.telegram.chat:Chat.edit",
        "'message is not modified'",
        "'message is never modified'",
        "tests/bot/telegram/test_direct_errors.py",
    ),
    fault(
        "the keypad shows digits in its data",
        "bot.kit.tokens:Tokens.keypad",
        "''.join(ranked)",
        "''.join(sorted(ranked))",
        "tests/bot/staff/test_pins.py",
    ),
    fault(
        "a PIN that was typed as text stays in the chat",
        "bot.staff.keypad:pin_typed",
        "await turn.services.chat.delete(turn.user.id, turn.message.message_id)",
        "",
        "tests/bot/staff/test_pins.py",
    ),
    fault(
        "a keypad of before is taken for the one that is open",
        "bot.screens.questions:expected",
        "not isinstance(turn.question, shape) or turn.nonce != nonce",
        "not isinstance(turn.question, shape)",
        "tests/bot/staff/test_pins.py",
    ),
    fault(
        "a wrong PIN is as good as a right one",
        "bot.kit.pins:Pins._verify",
        "False",
        "True",
        "tests/bot/staff/test_pins.py",
    ),
    fault(
        "hashes of PINs have no pepper",
        "bot.kit.pins:Pins._peppered",
        "self._pepper",
        "b''",
        "tests/bot/test_pin_hashes.py",
    ),
    fault(
        "the token is in the logs",
        "bot.kit.logs:redacted",
        "text = _TOKEN.sub('<token>', text)",
        "",
        "tests/bot/test_logs.py",
    ),
    fault(
        "the token is in the addresses in the logs",
        "bot.kit.logs:redacted",
        "text = _TOKEN_IN_PATH.sub('/bot<token>', text)",
        "",
        "tests/bot/test_logs.py",
    ),
    fault(
        "the secret of a link is in the logs",
        "bot.kit.logs:redacted",
        "_START_PAYLOAD.sub('\\\\1<secret>', text)",
        "text",
        "tests/bot/test_logs.py",
    ),
    fault(
        "a code of another bot is taken for ours",
        "bot.kit.links:Links.payload_in",
        "found is None or found['bot'].lower() != self.username.lower()",
        "found is None",
        "tests/bot/test_links.py",
    ),
    fault(
        "the token of a card stands in the database",
        "bot.kit.tokens:token_hash",
        "hashlib.sha256(token.encode()).hexdigest()",
        "token",
        "tests/bot/test_links.py",
    ),
    fault(
        "a new code is the old one",
        "bot.kit.tokens:Tokens.card_token",
        "f'card:{card_id}:{rotation}'",
        "f'card:{card_id}'",
        "tests/bot/customer/test_codes.py",
    ),
    fault(
        "customers see the commands of the staff",
        "bot.screens.menus:open_to",
        "command.needs in granted",
        "True",
        "tests/bot/test_menus.py",
    ),
    fault(
        "a card that cannot be looked at keeps its neighbours from being warned",
        "bot.jobs.expiry:expire_balances",
        "_one_by_one(groups)",
        "_one_by_one([])",
        "tests/bot/jobs/test_expiry.py",
    ),
    fault(
        "a shop of points is offered to stamp",
        "bot.screens.menus:open_to",
        "duties.units",
        "Unit",
        "tests/bot/test_menus.py",
    ),
    fault(
        "a photo of any size is taken",
        "bot.routes.entrance:_photo",
        "sent is None or (sent.file_size or 0) > PHOTO_SIZE_MAX_BYTES",
        "sent is None",
        "tests/bot/staff/test_panel.py",
    ),
    fault(
        "redeeming stands where the finger has just tapped",
        "bot.views.card_parts:after_act",
        "card_button(t, card_id)",
        "redeem_button(t, done.card) or card_button(t, card_id)",
        "tests/bot/staff/test_panel.py",
    ),
    fault(
        "who picks a name at the shared phone forgets what for",
        "bot.staff.keypad:_act_in_waiting",
        "question.act if isinstance(question, WhoAsked | PinAsked) else None",
        "None",
        "tests/bot/staff/test_terminal.py",
    ),
    fault(
        "the second tap on enter is another purchase",
        "bot.staff.purchases:amount_key_button",
        "OperationKey(nonce)",
        "OperationKey(str(turn.update.update_id))",
        "tests/bot/staff/test_purchases.py",
    ),
    fault(
        "an amount typed later is for the card of before",
        "bot.staff.counter:perform",
        "await _close_amount_keypad(turn, act)",
        "",
        "tests/bot/staff/test_purchases.py",
    ),
    fault(
        "an amount that waits for a PIN is taken for one",
        "bot.staff.keypad:pin_typed",
        """
            if question.asked_update_id == turn.update.update_id:
                return
        """,
        "",
        "tests/bot/staff/test_purchases.py",
    ),
    fault(
        "a lone sign before three digits always means decimals",
        "bot.staff.amounts:_split",
        "is_alone and len(decimals) == 3 and groups_here",
        "False",
        "tests/bot/staff/test_amounts.py",
    ),
    fault(
        "a question that cannot be read stops the turn",
        "bot.screens.questions:question_of",
        "msgspec.MsgspecError",
        "KeyError",
        "tests/bot/test_questions.py",
    ),
)

_WATCH = (
    fault(
        "what ended is not started again",
        "bot.kit.watch:Watch._keep",
        "await is_set_within(stops, wait_s)",
        "return",
        "tests/bot/app",
    ),
    fault(
        "the health check does not name what has ended",
        "bot.kit.watch:Watch.failing",
        "now < until",
        "now > until",
        "tests/bot/app",
    ),
    fault(
        "what has failed is well again at once",
        "bot.kit.watch:WELL_AFTER_S",
        "60.0",
        "0.0",
        "tests/bot/app",
    ),
)

_PICTURES = (
    fault(
        "a stamp beyond a full card is not shown on the next",
        "bot.views.faces:card_face",
        "stamps_on_card(state.stamp_count, state.stamps_target)",
        "state.stamp_count",
        "tests/bot/views/test_faces.py",
    ),
    fault(
        "what cannot be drawn of a name is dropped in silence",
        "bot.cli.options:parsed",
        "legible(text)",
        "",
        "tests/cli/test_set_up.py",
    ),
    fault(
        "what is written from right to left is shown from left to right",
        "bot.pictures.scripts:_turned",
        "runs[::-1]",
        "runs",
        "tests/bot/pictures/test_scripts.py",
    ),
    fault(
        "letters that join stand apart",
        "bot.pictures.scripts:_shaped",
        "hb.shape(hb.Font(_face(run.fallback)), buffer)",
        'hb.shape(hb.Font(_face(run.fallback)), buffer, dict.fromkeys(("init", "medi", "fina"), False))',
        "tests/bot/pictures/test_scripts.py",
    ),
    fault(
        "the code's quiet zone is left out of its room",
        "bot.pictures.qr:qr_mask",
        "modules.width + 2 * QUIET_MODULES",
        "modules.width",
        "tests/bot/pictures/test_card.py",
    ),
    fault(
        "a poster in another store's name",
        "bot.screens.posters:send_poster",
        "store.store_id == store_id",
        "True",
        "tests/bot/staff/test_stores.py",
        "tests/bot/test_forged_buttons.py",
    ),
)

FAULTS = (
    *_UPDATES,
    *_OUTBOX,
    *_TIMETABLE,
    *_SPEAKING,
    *_WATCH,
    *_PICTURES,
)
