"""Faults in what members ask managers to allow."""

from tests.planted.fault import fault

TESTS = "tests/domain/test_approvals.py"

FAULTS = (
    fault(
        "who asked says yes to themselves",
        "domain.usecases.decide_approval:check_decidable",
        "member is not None and member.staff_id == approval.staff_id",
        "False",
        TESTS,
    ),
    fault(
        "a manager says yes for a card of their own on the command line",
        "domain.usecases.decide_approval:carry_out",
        "found is not None and found[1].account == approver.account",
        "False",
        TESTS,
    ),
    fault(
        "the daily limit stands in nobody's way",
        "domain.usecases.stamp_card:give",
        "asked.approved_by is not None",
        "True",
        "tests/domain/test_daily_limit.py",
    ),
    fault(
        "staff take back whatever they like",
        "domain.usecases.void:_void",
        "asked.approved_by is not None",
        "True",
        "tests/domain/test_void_rights.py",
    ),
    fault(
        "the second yes takes the place of the first",
        "domain.approval:Approval.is_open",
        "self.state is ApprovalState.ASKED and now < self.lapses_at",
        "now < self.lapses_at",
        TESTS,
    ),
    fault(
        "what has lapsed is allowed all the same",
        "domain.approval:Approval.is_open",
        "self.state is ApprovalState.ASKED and now < self.lapses_at",
        "self.state is ApprovalState.ASKED",
        TESTS,
    ),
    fault(
        "the same is asked for again and again",
        "domain.usecases.ask_manager:ask_manager",
        "(each.card_id, each.about) == (at.card.card_id, act.entry)",
        "False",
        TESTS,
    ),
    fault(
        "a yes needs no PIN",
        "domain.usecases.decide_approval:decide_approval",
        "ask_pin(tx, at, command)",
        "",
        TESTS,
    ),
    fault(
        "what a removed member asked for is still answered",
        "domain.usecases.remove_staff:take_off",
        "end_requests(tx, staff)",
        "",
        TESTS,
    ),
    fault(
        "an entry does not say who approved it",
        "domain.usecases.posting:post",
        "asked.approved_by",
        "None",
        TESTS,
    ),
    fault(
        "verify excuses every stamp from the daily limit",
        "domain.invariants:daily_limit_holds",
        "entry.approved_by is None",
        "False",
        "tests/domain/test_invariants.py",
    ),
    fault(
        "the answer does not take the place of what the asker saw",
        "domain.usecases.letters:_replaced",
        "str(message_id)",
        "None",
        TESTS,
    ),
)
