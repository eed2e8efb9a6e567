"""Faults in rewards that are ready and do not wait for ever, and in what is told or taken back of rewards."""

from tests.planted.fault import fault

_TESTS = ("tests/domain/test_waiting_rewards.py",)

FAULTS = (
    fault(
        "a shorter time holds for rewards that are ready",
        "domain.rules.waiting:_days_promised",
        "completed_at < term.until",
        "False",
        *_TESTS,
    ),
    fault(
        "rewards that were ready before there was an end have one",
        "domain.rules.waiting:_is_better",
        "other is not None and (days is None or days > other)",
        "other is not None and days is not None and days > other",
        *_TESTS,
    ),
    fault(
        "a longer time is forgotten when it is shortened again",
        "domain.rules.waiting:keeping_promises",
        "[*(before.reward_valid_before or ())]",
        "[]",
        *_TESTS,
    ),
    fault(
        "what was said of a reward that is handed in holds for the next",
        "domain.rules.expiry_warnings:said_of",
        "written_at >= period.said_since",
        "True",
        *_TESTS,
    ),
    fault(
        "a reward ends while nothing can be handed out",
        "domain.rules.waiting:waiting",
        "not program.active",
        "False",
        *_TESTS,
    ),
    fault(
        "a reward is over the day the shop asks for fewer stamps",
        "domain.rules.waiting:keeping_promises",
        "after.stamps_target < before.stamps_target",
        "False",
        *_TESTS,
    ),
    fault(
        "cards that become one make a reward that is over already",
        "domain.rules.waiting:waiting",
        "filter(None, (completed_at, program.rewards_since, *merges))",
        "filter(None, (completed_at, program.rewards_since))",
        *_TESTS,
    ),
    fault(
        "the end of a reward is a visit",
        "domain.rules.expiry:_is_of_program",
        "not KINDS[expiry.kind].ends_reward",
        "True",
        *_TESTS,
    ),
    fault(
        "a cookie outlives the card it was on",
        "domain.rules.interim:count_handed_out",
        "_counting(card, had & Counter(each.name for each in _oldest(before, program)), -1)",
        "card",
        *_TESTS,
    ),
    fault(
        "a card by earlier terms goes on being the first",
        "domain.rules.held:settled",
        "(EntryKind.STAMP_REDEEMED, EntryKind.REWARD_EXPIRED)",
        "(EntryKind.STAMP_REDEEMED,)",
        *_TESTS,
    ),
    fault(
        "each further stamp gives the reward its time anew",
        "domain.rules.expiry:_waiting_from_now",
        "card.reward_ends_at or end_of_waiting(now, program.reward_valid_days, calendar)",
        "end_of_waiting(now, program.reward_valid_days, calendar)",
        *_TESTS,
    ),
    fault(
        "the card of whoever was told late says a day that is over",
        "domain.usecases.expire_balances:_look_at",
        "due is Due.REWARD",
        "False",
        *_TESTS,
    ),
    fault(
        "a reward that expired leaves no room for what of its awards was redeemed",
        "domain.rules.lots:Lots._expire",
        "KINDS[expiry.kind].ends_reward",
        "False",
        *_TESTS,
    ),
    fault(
        "nobody hears of stamps that are taken back after the cookie",
        "domain.usecases.void:_void",
        "_tell_of_rewards_had(tx, at, done.entry, card)",
        "None",
        "tests/domain/test_interim_rewards.py",
    ),
    fault(
        "whoever brought themselves along keeps what they got for it",
        "domain.usecases.merge_cards:_carry_out",
        "end_referral_of_one(tx, into, other, entry)",
        "False",
        "tests/domain/test_referrals.py",
    ),
)
