"""Faults in rewards that need the customer."""

from tests.planted.fault import fault

TESTS = "tests/domain/test_confirming.py"

FAULTS = (
    fault(
        "a reward needs nobody's yes",
        "domain.rules.confirming:needs_customer",
        "program.redeem_confirmation is RedeemConfirmation.CUSTOMER",
        "False",
        TESTS,
    ),
    fault(
        "a yes of long ago is good for ever",
        "domain.rules.confirming:check_confirmed",
        "confirmed_at is None or abs(now - confirmed_at) > CONFIRMATION_HOLDS",
        "confirmed_at is None",
        TESTS,
    ),
    fault(
        "anybody says yes in the holder's place",
        "domain.usecases.answer_redemption:_asked_of",
        "held.customer.account != command.account",
        "False",
        TESTS,
    ),
    fault(
        "a manager says yes in the customer's place",
        "domain.usecases.decide_approval:decide_approval",
        'act.card != CardRef("id", approval.card_id) or approval.redeems is not None',
        'act.card != CardRef("id", approval.card_id)',
        TESTS,
    ),
    fault(
        "the operator says yes in the customer's place",
        "domain.usecases.operate_approvals:settle_approval",
        "member is None or approval.redeems is not None",
        "member is None",
        TESTS,
    ),
    fault(
        "a customer answers what managers were asked",
        "domain.usecases.answer_redemption:_asked_of",
        "approval is None or approval.redeems is None or held is None",
        "approval is None or held is None",
        TESTS,
    ),
    fault(
        "a customer is asked without a PIN",
        "domain.usecases.ask_customer:ask_customer",
        "ask_pin(tx, at, command)",
        "None",
        TESTS,
    ),
    fault(
        "a customer is asked as often as somebody likes",
        "domain.usecases.ask_customer:ask_customer",
        "len(recent) >= CONFIRMATIONS_MAX",
        "False",
        TESTS,
    ),
    fault(
        "questions to customers use up those to managers",
        "domain.usecases.ask_manager:ask_manager",
        "[each for each in tx.approvals_by(at.staff, tx.now - ASKED_WITHIN) if each.redeems is None]",
        "[*tx.approvals_by(at.staff, tx.now - ASKED_WITHIN)]",
        TESTS,
    ),
    fault(
        "anybody makes a code for a reward",
        "bot.kit.use_codes:read_use_code",
        "not hmac.compare_digest(mark, tokens.use_mark(said))",
        "False",
        "tests/bot/test_use_codes.py",
    ),
    fault(
        "a code for a reward is good for ever",
        "bot.staff.using:open_use_code",
        "is_use_code_over(code.made_at, turn.came_at)",
        "False",
        "tests/bot/customer/test_using.py",
    ),
    fault(
        "a code that two people show is confirmed to both",
        "bot.staff.acting:_changed",
        "is_scanned and isinstance(done, Posted) and done.replayed and done.entry.origin != turn.origin",
        "False",
        "tests/bot/customer/test_using.py",
    ),
    fault(
        "the end of a code is shown over the stamp that was told there",
        "bot.delivery.channels.telegram:TelegramChannel._edit",
        "self.chat.overwritten(place)",
        "",
        "tests/bot/customer/test_using.py",
    ),
    fault(
        "a yes to one reward hands out another",
        "domain.usecases.answer_redemption:answer_redemption",
        "entry.reward != asked.reward",
        "False",
        "tests/domain/test_confirming.py",
    ),
    fault(
        "a yes hands out once more what a code has handed out meanwhile",
        "domain.usecases.answer_redemption:answer_redemption",
        "_was_handed_out(tx, card, approval, asked.reward)",
        "False",
        TESTS,
    ),
    fault(
        "a question to who is erased is waited for by the member for ever",
        "domain.usecases.privacy:_erase_at",
        "_end_questions_to(tx, customer)",
        "pass",
        TESTS,
    ),
    fault(
        "the end of a code is shown where the card stood",
        "bot.telegram.chat:Chat.retire",
        "self.overwritten(place)",
        "",
        "tests/bot/customer/test_using.py",
    ),
    fault(
        "who asks a customer again is told of asking nobody",
        "domain.usecases.ask_manager:requested",
        "approval.redeems is None",
        "True",
        TESTS,
    ),
)
