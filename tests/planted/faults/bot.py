"""Faults in everything a person or Telegram touches."""

from tests.planted.fault import fault

_UPDATES = (
    fault(
        "time goes back with the clock",
        "bot.kit.clock:SteadyClock._follow",
        "max(wall, self._time + passed / 2)",
        "wall",
        "tests/bot/test_clock.py",
    ),
    fault(
        "a clock a year ahead is followed at once",
        "bot.kit.clock:SteadyClock._follow",
        "not -OFF_MAX <= ahead <= ahead_max",
        "not -OFF_MAX <= ahead",
        "tests/bot/test_clock.py",
    ),
    fault(
        "another number of stamps holds before anybody saw what it does",
        "bot.owner.settings:_propose",
        "touched is not None and touched.are_any",
        "False",
        "tests/bot/owner/test_settings.py",
    ),
    fault(
        "a card's number becomes the reward",
        "bot.owner.asking:is_prose",
        "looks_like_card_number(turn.words)",
        "False",
        "tests/bot/owner/test_settings.py",
    ),
    fault(
        "a clock that was put right is doubted for ever",
        "bot.jobs.clock:watch_clock",
        "news.told = means.reception.time_there",
        "news.told = None",
        "tests/bot/test_clock.py",
    ),
    fault(
        "strangers are remembered for ever",
        "bot.jobs.housekeeping:keep_house",
        "await _forget_strangers(means)",
        "0",
        "tests/bot/jobs/test_in_the_house.py",
    ),
    fault(
        "who writes every day is forgotten a month after the first time",
        "bot.screens.turn:_remember",
        "is_news or _is_long_ago(services, known)",
        "is_news",
        "tests/bot/jobs/test_in_the_house.py",
    ),
    fault(
        "of two cards in a photo the first is taken",
        "bot.routes.entrance:photo_sent",
        "cards or list(found)",
        "(cards or list(found))[:1]",
        "tests/bot/staff/test_several_codes.py",
    ),
    fault(
        "which card is meant can be said of both",
        "bot.staff.counter:_end_question",
        "CardAsked | WhichAsked",
        "CardAsked",
        "tests/bot/staff/test_several_codes.py",
    ),
    fault(
        "a small code beside a large one is not seen",
        "bot.pictures.reader:read_qr",
        "texts + _texts(_grey(_open(data), _LARGE_SIDE_PX))",
        "texts or _texts(_grey(_open(data), _LARGE_SIDE_PX))",
        "tests/bot/staff/test_several_codes.py",
    ),
    fault(
        "one answered update lets in as many as Telegram has",
        "bot.telegram.inbox:Inbox._backlog_changes",
        "self._backlog_bytes < BACKLOG_BYTES_MAX",
        "by_bytes < 0 or self._backlog_bytes < BACKLOG_BYTES_MAX",
        "tests/bot/telegram/test_bounds.py",
    ),
    fault(
        "the webhook takes more than there is room for",
        "bot.telegram.webhook:webhook_app.receive",
        """
            if not has_room.is_set():
                return web.Response(status=503)
        """,
        "",
        "tests/bot/telegram/test_bounds.py",
    ),
    fault(
        "every picture that is sent is in memory at once",
        "bot.telegram.inbox:Inbox._bring_to_an_end",
        "self._pictures if has_picture(update) else nullcontext()",
        "nullcontext()",
        "tests/bot/telegram/test_bounds.py",
    ),
    fault(
        "pictures that wait hold up words",
        "bot.telegram.inbox:Inbox._bring_to_an_end",
        """
                async with alone, pictures, self._slots:
                    if self._stops.is_set():
                        return
                    async with noting():
                        await self._handle(update)
        """,
        """
                async with alone, self._slots, pictures:
                    if self._stops.is_set():
                        return
                    async with noting():
                        await self._handle(update)
        """,
        "tests/bot/telegram/test_bounds.py",
    ),
    fault(
        "the secret of a link is written down",
        "bot.telegram.updates:received_update",
        "_with_hashed_links(text)",
        "text",
        "tests/bot/telegram/test_what_is_not_kept.py",
    ),
    fault(
        "a link in a message is written down",
        "bot.telegram.updates:_with_hashed_links",
        "_LINK.sub(rf'\\1{NO_LINK}', _reworded(text, _hashed_start))",
        "_reworded(text, _hashed_start)",
        "tests/bot/telegram/test_what_is_not_kept.py",
    ),
    fault(
        "a typed PIN is written down",
        "bot.telegram.inbox:Inbox.keep",
        "list(map(without_pins, received))",
        "received",
        "tests/bot/telegram/test_what_is_not_kept.py",
    ),
    fault(
        "a hash out of a copy of the database opens a link",
        "bot.kit.links:Links.payload_in",
        "parse_payload(hashed(found['payload']))",
        "parse_payload(found['payload'])",
        "tests/bot/telegram/test_what_is_not_kept.py",
    ),
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
        "bot.delivery.channels.telegram:TelegramChannel.deliver",
        "Refused",
        "Later",
        "tests/bot/telegram/test_outbox_errors.py",
    ),
    fault(
        "a passing failure is final",
        "bot.delivery.channels.telegram:TelegramChannel.deliver",
        "Later(type(error).__name__)",
        "Refused(type(error).__name__)",
        "tests/bot/telegram/test_outbox_errors.py",
    ),
    fault(
        "who cannot be reached is not marked",
        "bot.delivery.channels.telegram:TelegramChannel.deliver",
        "Unreachable()",
        "Refused('unreachable')",
        "tests/bot/telegram/test_outbox_errors.py",
    ),
    fault(
        "whoever is sent what Telegram cannot take counts as gone",
        "bot.delivery.channels.telegram:TelegramChannel.deliver",
        "bool(_OF_THE_CHAT.match(error.message))",
        "True",
        "tests/bot/telegram/test_outbox_errors.py",
    ),
    fault(
        "whose chat refuses everything is waited for for ever",
        "domain.plumbing.outbox:_learn",
        "chat_refused(tx=tx, command=account)",
        "",
        "tests/domain/test_expiry_warnings.py",
    ),
    fault(
        "a chat that takes messages again stays unreachable",
        "domain.plumbing.outbox:deliveries_made",
        "_learn(tx, delivery, None)",
        "",
        "tests/domain/test_outbox.py",
    ),
    fault(
        "a refused token is the message's failure",
        "bot.delivery.channels.telegram:TelegramChannel.deliver",
        "Later('token_refused', TOKEN_AGAIN_S)",
        "Later('token_refused')",
        "tests/bot/telegram/test_noise.py",
    ),
    fault(
        "what is owed waits until nobody is answered",
        "bot.telegram.pacing:Pacer.wait_for_share",
        "min(self._overall_at, self._granted_at)",
        "self._overall_at",
        "tests/bot/telegram/test_pacing.py",
    ),
    fault(
        "a rush uses up the share of later",
        "bot.telegram.pacing:Pacer.take",
        "self._clock() + 1 / (self._limits.overall_per_second * OUTBOX_SHARE)",
        "max(self._granted_at, self._clock()) + 1 / (self._limits.overall_per_second * OUTBOX_SHARE)",
        "tests/bot/telegram/test_pacing.py",
    ),
    fault(
        "a crowd of strangers is answered at whatever pace",
        "bot.screens.turn:_has_its_share",
        "wait is not None",
        "True",
        "tests/bot/telegram/test_noise.py",
    ),
    fault(
        "chats that do not answer hold the places of all",
        "bot.delivery.dispatcher:Dispatcher._is_silent_about",
        "self._silent.add(delivery.key)",
        "",
        "tests/bot/telegram/test_noise.py",
    ),
    fault(
        "what was sent since the copy is told again",
        "bot.app.main:restore_database",
        "settled = settle_outbox(candidate, database, system_clock())",
        "settled = Settled(sent_since=1, held=1)",
        "tests/bot/app/test_restored.py",
    ),
    fault(
        "a warning is sent again after a restore",
        "storage.sqlite.restore:_take_over_the_log",
        "warned, *_ = [connection.execute(statement).rowcount for statement in _TAKE_WARNINGS_OVER]",
        "warned = 1",
        "tests/storage/test_restored_outbox.py",
    ),
    fault(
        "what is held back is sent",
        "storage.outbox:_is_owed",
        "_deliveries.c.held_at.is_(None)",
        "_deliveries.c.message_id.is_not(None)",
        "tests/storage/test_restored_outbox.py",
    ),
    fault(
        "having to wait is a failed try",
        "bot.delivery.channels.telegram:TelegramChannel.deliver",
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
        "bot.telegram.pacing:Pacer._take",
        "max(self._chats_at.get(address, 0.0), now) + self.interval_in(address)",
        "max(self._chats_at.get(address, 0.0), now)",
        "tests/bot/telegram/test_pacing.py",
    ),
    fault(
        "no pace over all chats",
        "bot.telegram.pacing:Pacer._take",
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
        "bot.delivery.channels.telegram:TelegramChannel.deliver",
        "letter.reader.locale or self.default_locale",
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
        "logger.error('job %s failed', name, exc_info=None if is_outage else failure)",
        """
            logger.error('job %s failed', name, exc_info=None if is_outage else failure)
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
        "the n of Luxembourgish stays before every number",
        "bot.texts.luxembourgish:keeps_n",
        "_first_spoken(word) not in '4567'",
        "True",
        "tests/bot/texts/test_luxembourgish.py",
    ),
    fault(
        "a number of two digits is read out from the left in Luxembourgish",
        "bot.texts.luxembourgish:_first_spoken",
        "len(group) != 2",
        "len(group)",
        "tests/bot/texts/test_luxembourgish.py",
    ),
    fault(
        "a French line breaks before its colon",
        "bot.texts.french:typeset",
        "r' (?=[:»])|(?<=«) '",
        "r' (?=»)|(?<=«) '",
        "tests/bot/texts/test_french.py",
    ),
    fault(
        "staff keep the keyboard of their card in the old language",
        "bot.customer.language:language_button",
        "await turn.read(my_cards, MyCards(account=turn.account))",
        "not turn.caller.is_staff and await turn.read(my_cards, MyCards(account=turn.account))",
        "tests/bot/customer/test_language.py",
    ),
    fault(
        "a reward is spent without a sound",
        "bot.delivery.channels.telegram:TelegramChannel._show",
        "card.is_silent and before",
        "before",
        "tests/bot/customer/test_live_card.py",
    ),
    fault(
        "a card that was shown before keeps its code",
        "bot.delivery.channels.telegram:TelegramChannel._show",
        "before is not None",
        "before is None",
        "tests/bot/customer/test_live_card.py",
    ),
    fault(
        "each picture is uploaded again",
        "bot.telegram.photos:Photos.shown",
        "self._ids.get(key)",
        "None",
        "tests/bot/customer/test_live_card.py",
    ),
    fault(
        "a panel in cooldown offers a stamp that must fail",
        "bot.views.counter:_stamp_rows",
        "card.next_stamp_at is not None",
        "False",
        "tests/bot/views/test_counter.py",
    ),
    fault(
        "+3 where only two are possible",
        "bot.views.counter:_stamp_rows",
        "left is None or count <= left",
        "True",
        "tests/bot/views/test_counter.py",
    ),
    fault(
        "a shared phone asks who stands there for a card that is nobody's",
        "bot.staff.counter:perform",
        "await turn.read(check_unattended, Asked(act=act, actor=unattended_terminal(turn.caller)))",
        "",
        "tests/bot/staff/test_no_dead_ends.py",
    ),
    fault(
        "Undo stands there for good",
        "bot.telegram.chat:Chat.replace_due",
        "moment < now",
        "False",
        "tests/bot/staff/test_no_dead_ends.py",
    ),
    fault(
        "what was shown in the place of a confirmation is replaced when its minute is over",
        "bot.telegram.chat:Chat.edit",
        "self._later.pop((place.chat_id, place.message_id), None)",
        "",
        "tests/bot/staff/test_no_dead_ends.py",
    ),
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
        "an old panel keeps its buttons",
        "bot.screens.panels:Panels.place_for",
        "await self.chat.take_buttons(panel.place)",
        "pass",
        "tests/bot/staff/test_panel.py",
    ),
    fault(
        "a message that is gone gets no successor",
        "bot.telegram.chat:edit",
        "_is_gone(error)",
        "False",
        "tests/bot/telegram/test_direct_errors.py",
    ),
    fault(
        "an edit that changes nothing is an error",
        "bot.telegram.chat:edit",
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
        "a lost key is made anew",
        "bot.app.secret_key:agreed_secret",
        "is_used and not file.path.exists()",
        "False",
        "tests/cli/test_secret_key.py",
    ),
    fault(
        "any key does for a database that knows its own",
        "bot.app.secret_key:is_key_of",
        "known == key.fingerprint",
        "True",
        "tests/cli/test_secret_key.py",
    ),
    fault(
        "a start does not finish the exchange of the key",
        "bot.app.secret_key:agreed_secret",
        "file.put_coming_in_place(system_clock())",
        "",
        "tests/crash/test_rotating_secret.py",
    ),
    fault(
        "the next key is in its place before the database goes with it",
        "bot.app.secret_key:rotated",
        "await database.write(rotate_key, key)",
        """
            file.put_coming_in_place(system_clock())
            await database.write(rotate_key, key)
        """,
        "tests/crash/test_rotating_secret.py",
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
        "state.progress.on_card",
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
    fault(
        "health says that all is well while nothing can be written",
        "bot.app.health:health_app.healthz",
        "await process.database.prove_writable()",
        "",
        "tests/crash/test_disks.py",
    ),
    fault(
        "who stamps while nothing can be written is told nothing",
        "bot.telegram.inbox:Inbox._put_all_off",
        "self._starts(self._put_off(read_update(each.payload, self._bot)))",
        "pass",
        "tests/crash/test_disks.py",
    ),
    fault(
        "who waits for a turn is served after the program was told to stop",
        "bot.telegram.inbox:Inbox._bring_to_an_end",
        """
            if self._stops.is_set():
                return
        """,
        "",
        "tests/crash/test_stopping.py",
    ),
    fault(
        "the end waits for Telegram for as long as that takes",
        "bot.kit.watch:ended_within",
        "asyncio.timeout(seconds)",
        "asyncio.timeout(None)",
        "tests/crash/test_stopping.py",
    ),
    fault(
        "a stray cancellation ends a task for good",
        "bot.kit.watch:_is_to_end",
        "task.cancelling() > 0",
        "task.cancelling() >= 0",
        "tests/bot/test_watch.py",
    ),
    fault(
        "what has an effect comes up under the finger",
        "bot.screens.turn:Turn._out_of_reach",
        "out_of_reach(view, finger) if finger else view",
        "view",
        "tests/bot/staff/test_rewards_for_points.py",
    ),
    fault(
        "a second tap is taken for a first",
        "bot.screens.second_taps:SecondTaps.is_one",
        "answer.data_since_s.get(query.data, LONG_AGO) + self._within_s",
        "answer.data_since_s.get(query.data, LONG_AGO)",
        "tests/bot/test_second_taps.py",
    ),
    fault(
        "a press that waited in the inbox counts from when it was handled",
        "bot.screens.second_taps:SecondTaps.arrived",
        "self._arrived_s.setdefault(update_id, self._clock())",
        "self._arrived_s[update_id] = self._clock()",
        "tests/bot/test_second_taps.py",
    ),
    *_PICTURES,
)
