"""Faults in what goes by e-mail."""

from tests.planted.fault import fault

_RULES = ("tests/domain/test_mailbox.py",)
_MAILER = ("tests/bot/delivery/test_mailer.py",)
_HOUSE = ("tests/bot/delivery/test_email.py",)
_BACK = ("tests/domain/test_bounces.py",)
_CARDS = "tests/domain/test_mailed_cards.py"
_REPORTS = ("tests/bot/delivery/test_bounces.py",)

FAULTS = (
    fault(
        "mails are written while people are being served",
        "bot.delivery.dispatcher:Dispatcher.run",
        """
            if self.channel.gives_way:
                await self.lull.comes(self._stops)
        """,
        "",
        *_HOUSE,
    ),
    fault(
        "where people are always served nothing that waits goes on",
        "bot.kit.lull:Lull._left",
        "min(PAUSE_S if self._served else PAUSE_S - self._since_end(), until_late)",
        "PAUSE_S if self._served else PAUSE_S - self._since_end()",
        "tests/bot/test_lull.py",
    ),
    fault(
        "a wrong code from the mail is no try",
        "domain.usecases.keep_mailbox:tries_left_after",
        "code.tries + 1",
        "code.tries",
        *_RULES,
    ),
    fault(
        "codes go to an address as often as accounts ask",
        "domain.usecases.keep_mailbox:ask_mail_code",
        "max(free_at(own, tx.now), free_at(there, tx.now))",
        "free_at(own, tx.now)",
        *_RULES,
    ),
    fault(
        "what stands behind a plus makes another mailbox",
        "domain.mailbox:inbox_of",
        "local.partition('+')[0] or local",
        "local",
        *_RULES,
    ),
    fault(
        "a question goes by mail alone",
        "domain.delivery:_is_wanted",
        "post is None or post.is_by_chat or what.is_question or what.is_chat_only",
        "post is None or post.is_by_chat",
        *_RULES,
    ),
    fault(
        "what mail gave up is told nobody",
        "domain.plumbing.outbox:delivery_failed",
        """
            if _is_still_owed(outcome):
                tell_otherwise(tx, delivery)
        """,
        "",
        *_RULES,
    ),
    fault(
        "who left the chat and reads mail counts as gone",
        "domain.usecases.expire_balances:_is_reachable",
        "post is not None and post.mailbox.takes_mail",
        "False",
        *_RULES,
    ),
    fault(
        "an encoded word in a name is decoded into a header",
        "bot.delivery.mailer:_unencoded",
        "text.replace('=?', '= ?')",
        "text",
        *_MAILER,
    ),
    fault(
        "a relay on another machine is told everything without TLS",
        "bot.delivery.mailer:Mailer.__init__",
        "not is_tls and (not is_loopback(parts.hostname))",
        "False",
        *_MAILER,
    ),
    fault(
        "looking at the link of a mail ends the offers",
        "bot.delivery.unsubscribe:unsubscribe_routes",
        "database.read(offers_of, asked)",
        "database.write(stop_offers, asked)",
        *_HOUSE,
    ),
    fault(
        "any token ends the offers of a shop",
        "bot.delivery.unsubscribe:_asked",
        "hmac.compare_digest(given, token(merchant_id, whose).encode())",
        "True",
        *_HOUSE,
    ),
    fault(
        "mail that came back counts as a warning",
        "domain.plumbing.bounces:mail_came_back",
        "tx.delivery_returned(delivery, f'came back {command.status}', has_told=has_told)",
        "tx.delivery_returned(delivery, f'came back {command.status}', has_told=True)",
        *_BACK,
    ),
    fault(
        "mail that came back is told nobody otherwise",
        "domain.plumbing.bounces:mail_came_back",
        "tell_otherwise(tx, delivery)",
        "None",
        *_BACK,
    ),
    fault(
        "mail that came back marks whatever address there is now",
        "domain.plumbing.bounces:mail_came_back",
        "not command.went_to(post.mailbox.address)",
        "False",
        *_BACK,
    ),
    fault(
        "mail that came back marks an address that was proved since",
        "domain.plumbing.bounces:mail_came_back",
        "post.mailbox.verified_at > message.created_at",
        "False",
        *_BACK,
    ),
    fault(
        "a code that came back is good",
        "domain.plumbing.bounces:code_came_back",
        "replace(code, address=None, code_hash=None, refused_at=tx.now)",
        "replace(code, refused_at=tx.now)",
        *_BACK,
    ),
    fault(
        "a code that came back is told nobody",
        "domain.plumbing.bounces:code_came_back",
        "tell_in_chat(tx, shop, code.account, MessageKind.MAIL_CODE_REFUSED, MailCodeRefused())",
        "None",
        *_BACK,
    ),
    fault(
        "a card that came back waits for who never had it",
        "domain.usecases.mail_card:card_came_back",
        "withdraw(tx, [blank])",
        "None",
        _CARDS,
    ),
    fault(
        "a card that came back is told nobody",
        "domain.usecases.mail_card:card_came_back",
        "send(tx, blank.merchant_id, member.account, MessageKind.MAIL_CARD_REFUSED, facts)",
        "None",
        _CARDS,
    ),
    fault(
        "a report closes a card that was printed",
        "domain.usecases.mail_card:card_came_back",
        "blank is None or not blank.is_mailed",
        "blank is None",
        _CARDS,
    ),
    fault(
        "a report closes a card that was mailed elsewhere",
        "domain.usecases.mail_card:card_came_back",
        "not command.went_to(blank.address)",
        "False",
        _CARDS,
    ),
    fault(
        "a second report about a card is nobody's",
        "domain.usecases.mail_card:card_came_back",
        "return Returned.NOTED",
        "return Returned.NOT_OURS",
        _CARDS,
    ),
    fault(
        "a card that came back is made again by the update that asked for it",
        "domain.usecases.mail_card:mail_card",
        "noted is not None or free_at(codes, tx.now) > tx.now",
        "free_at(codes, tx.now) > tx.now",
        _CARDS,
    ),
    fault(
        "a relay that serves nobody has every mail given up",
        "bot.delivery.mailer:_outcome_of",
        "Later(f'relay_refuses {error.code}', DOWN_S)",
        "_judged(error.code, error.message)",
        "tests/bot/delivery/test_mailer.py",
    ),
    fault(
        "a card whose mail went nowhere waits, and its address is kept",
        "domain.usecases.mail_card:card_not_mailed",
        "withdraw(tx, [blank])",
        "None",
        _CARDS,
    ),
    fault(
        "a card whose mail went nowhere keeps the next one waiting",
        "domain.usecases.mail_card:card_not_mailed",
        "tx.save_mail_code(replace(noted, refused_at=tx.now))",
        "None",
        _CARDS,
    ),
    fault(
        "the relay refuses a mail with a card and nobody notes it",
        "bot.staff.mailed:_mail",
        "await turn.write(card_not_mailed, command)",
        "pass",
        "tests/bot/delivery/test_email.py",
    ),
    fault(
        "reports are not asked whether they are of a card",
        "bot.delivery.bounces:Bounces._may_be_about",
        'yield f"card {name.message_id}", partial(self.database.write, card_came_back, told)',
        "",
        *_REPORTS,
    ),
    fault(
        "codes that came back do not count for the day",
        "domain.usecases.keep_mailbox:free_at",
        "len(codes) < CODES_MAX",
        "sum(code.refused_at is None for code in codes) < CODES_MAX",
        *_BACK,
    ),
    fault(
        "codes that came back keep people waiting",
        "domain.usecases.keep_mailbox:free_at",
        "code.refused_at is None",
        "True",
        *_BACK,
    ),
    fault(
        "the relay refuses an address and its code is good",
        "bot.customer.mailbox:send_code",
        "await turn.write(code_came_back, command)",
        "pass",
        *_HOUSE,
    ),
    fault(
        "a report of mail that is late is one of mail that came back",
        "bot.delivery.bounces:_status_of_failure",
        "_STATUS.match(fields.get('status', '')) if is_failed else None",
        "_STATUS.match(fields.get('status', ''))",
        *_REPORTS,
    ),
    fault(
        "a report of mail is believed whatever it names",
        "bot.kit.links:Links._mail_named",
        "hmac.compare_digest(token, self._tokens.mail_token(merchant_id, message_id))",
        "True",
        *_REPORTS,
    ),
    fault(
        "anybody may report mail",
        "bot.delivery.returned:bounce_routes",
        "hmac.compare_digest(given, right)",
        "given",
        *_REPORTS,
    ),
    fault(
        "reports of mail that is no matter of the address mark it",
        "bot.delivery.bounces:read_bounce",
        "status[2] in _OF_THE_ADDRESS",
        "True",
        *_REPORTS,
    ),
    fault(
        "a mail in the demo's inbox may do what the page may",
        "bot.sandbox.page_routes:Page._mail",
        "{'Content-Security-Policy': MAIL_POLICY}",
        "{}",
        "tests/bot/sandbox/test_post.py",
    ),
)
