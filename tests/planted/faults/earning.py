"""Faults in the earning rules: factors, what is left over, stamps for amounts."""

from tests.planted.fault import fault

_TESTS = ("tests/domain/test_earning_rules.py",)
_MODELS = ("tests/domain/test_balance_model.py", "tests/domain/test_model.py")

FAULTS = (
    fault(
        "an act takes the factor of the moment it is carried out",
        "domain.rules.multipliers:factor_asked",
        "asked_moment(asked_at, now)",
        "now",
        *_TESTS,
    ),
    fault(
        "an act says itself how long ago it was asked for",
        "domain.rules.multipliers:asked_moment",
        "asked_at is None or not now - ASKED_WITHIN <= asked_at <= now",
        "asked_at is None",
        *_TESTS,
    ),
    fault(
        "a manager's yes takes the factor of the yes",
        "domain.usecases.decide_approval:carry_out",
        "approval.asked_at",
        "None",
        *_TESTS,
    ),
    fault(
        "a tap takes the factor of the message it was on",
        "bot.screens.turn:Turn.asked_at",
        "self.came_at if self.query is not None else self.said_at",
        "self.said_at",
        "tests/bot/staff/test_earning_rules.py",
    ),
    fault(
        "a PIN in between changes the factor",
        "bot.staff.performing:perform",
        "act = replace(act, asked_at=turn.asked_at)",
        "pass",
        "tests/bot/staff/test_earning_rules.py",
    ),
    fault(
        "factors multiply each other's",
        "domain.rules.multipliers:factor_at",
        "max((each.factor_tenths for each in program.multipliers if _holds(each, local_time)), default=ONE)",
        "next((each.factor_tenths for each in program.multipliers if _holds(each, local_time)), ONE)",
        *_TESTS,
    ),
    fault(
        "the limit of a day counts what was multiplied",
        "domain.rules.stamps:earn",
        "counted(count, factor_tenths)",
        "count",
        *_TESTS,
    ),
    fault(
        "a void forgets what its purchase left over",
        "domain.rules.voids:take_from",
        "card.plus(void.unit, -taken).carrying(void.unit, void.carried)",
        "card.plus(void.unit, -taken)",
        *_TESTS,
    ),
    fault(
        "a void leaves the point that was made of its remainder",
        "domain.rules.earning:taken_back",
        "max(-(left // price), 0)",
        "0",
        *_TESTS,
    ),
    fault(
        "a void takes a point that others have paid for",
        "domain.rules.earning:taken_back",
        "-min(left // price, standing)",
        "0",
        *_TESTS,
    ),
    fault(
        "what was left over is multiplied again",
        "domain.rules.earning:earned",
        "(left + worth) // price",
        "(left * factor_tenths // ONE + worth) // price",
        *_MODELS,
    ),
    fault(
        "what is left over is forgotten when nothing was earned",
        "domain.rules.earning:earned",
        "worth - together * price",
        "worth - together * price if together else 0",
        *_TESTS,
    ),
    fault(
        "what is left over on a merged card is lost",
        "domain.usecases.merge_cards:_together",
        "other.carried(unit)",
        "0",
        *_TESTS,
    ),
    fault(
        "a dearer stamp devalues what was paid towards one",
        "domain.rules.earning:carried_over",
        "-(-left * price // before)",
        "left",
        *_TESTS,
    ),
    fault(
        "a purchase that gave nothing yet counts as taken back",
        "domain.rules.figures:cards_served",
        "act.stands and KINDS[act.entry.kind].is_visit",
        "act.count and KINDS[act.entry.kind].is_visit",
        *_TESTS,
    ),
)
