"""Faults in what brings customers back."""

from tests.planted.fault import fault

_BIRTHDAYS = ("tests/domain/test_birthdays.py",)
_REFERRALS = ("tests/domain/test_referrals.py",)
_WIN_BACK = ("tests/domain/test_win_back.py",)

FAULTS = (
    fault(
        "a birthday bonus comes twice a year, after the date was changed",
        "domain.rules.birthdays:_has_bonus",
        "on - birthday.given_for >= APART",
        "on > birthday.given_for",
        *_BIRTHDAYS,
    ),
    fault(
        "a shop that closes promises a bonus for a birthday after it",
        "domain.usecases.birthdays:_page",
        "closing is None or (next_on is not None and next_on <= closing)",
        "True",
        *_BIRTHDAYS,
    ),
    fault(
        "a shop that closes warns of what expires when it is gone",
        "domain.usecases.expire_balances:_look_at",
        "outlasts(_last_day(period, calendar, tx.now), held.merchant)",
        "False",
        "tests/domain/test_expiry_warnings.py",
    ),
    fault(
        "a shop that closes says that a bonus is good for longer than it is there",
        "domain.usecases.bonuses:give_bonus",
        "while_open(held.merchant, last_day)",
        "last_day",
        *_BIRTHDAYS,
    ),
    fault(
        "a birthday is changed whenever one likes",
        "domain.usecases.birthdays:_said",
        "free_at is not None",
        "False",
        *_BIRTHDAYS,
    ),
    fault(
        "today's date is somebody's birthday as soon as they say so",
        "domain.rules.birthdays:_has_bonus",
        "local_date(birthday.said_at, timezone) + SAID_AHEAD <= on",
        "local_date(birthday.said_at, timezone) <= on",
        *_BIRTHDAYS,
    ),
    fault(
        "a birthday on the 29th of February comes every four years",
        "domain.rules.birthdays:birthday_in",
        "day = 28",
        "year += 4 - year % 4",
        *_BIRTHDAYS,
    ),
    fault(
        "a birthday bonus is good for ever",
        "domain.usecases.bonuses:give_bonus",
        "post_unasked(tx, held, card, kind, key, (told, said), expires_at=expires_at)",
        "post_unasked(tx, held, card, kind, key, (told, said))",
        *_BIRTHDAYS,
    ),
    fault(
        "a birthday bonus comes to who does not want to be written to",
        "domain.usecases.birthdays:_give",
        "customer is None or not may_be_offered(tx, merchant, customer)",
        "customer is None",
        *_BIRTHDAYS,
    ),
    fault(
        "somebody brings themselves",
        "domain.usecases.bring_friend:_invited_by",
        "referrer is not None and referrer.account == command.account",
        "False",
        *_REFERRALS,
    ),
    fault(
        "whoever scans an invitation at the counter becomes a customer",
        "domain.usecases.bring_friend:_invited_by",
        "is_of_team(tx, command.merchant_id, command.account)",
        "False",
        *_REFERRALS,
    ),
    fault(
        "who had a card that moved is brought along as new",
        "domain.usecases.bring_friend:_is_new",
        "command.merchant_id in tx.merchants_of(command.account)",
        "tx.customer_of(command.merchant_id, command.account) is not None",
        *_REFERRALS,
    ),
    fault(
        "one friend more than the limit of the month",
        "domain.usecases.referrals:_bonus",
        "rewarded >= held.program.referrals_monthly_max",
        "rewarded > held.program.referrals_monthly_max",
        *_REFERRALS,
    ),
    fault(
        "a friend is rewarded for, before they have collected anything",
        "domain.rules.referrals:rewards",
        "kind.opens_lot and kind.is_visit and act.delta(act.unit) > 0 and is_large",
        "True",
        *_REFERRALS,
    ),
    fault(
        "what was given for an act that was taken back stays",
        "domain.usecases.referrals:take_referrals_back",
        "referral is None",
        "True",
        *_REFERRALS,
    ),
    fault(
        "a friend is rewarded for with every act",
        "domain.usecases.referrals:reward_referral",
        "referral is None or referral.act_id is not None",
        "referral is None",
        *_REFERRALS,
    ),
    fault(
        "the team is rewarded for the customers it serves",
        "domain.usecases.referrals:_bonus",
        "referrer is None or is_of_team(tx, referral.merchant_id, referrer.account)",
        "referrer is None",
        *_REFERRALS,
    ),
    fault(
        "a ring of friends is not flagged",
        "domain.rules.flags:_referral_rings",
        "len(acts) >= RING",
        "len(acts) > RING",
        *_REFERRALS,
    ),
    fault(
        "a ring whose members brought each other is not seen as one",
        "domain.rules.flags:_first_inviters",
        "customer_id in by",
        "False",
        *_REFERRALS,
    ),
    fault(
        "somebody is told again and again that they are missed",
        "domain.usecases.win_back:_look_at",
        "absence.told_of is not None and away_since <= absence.told_of",
        "False",
        *_WIN_BACK,
    ),
    fault(
        "closed days count as an absence",
        "domain.rules.absences:missed_from",
        "return calendar.end_of(visit, last)",
        "return Calendar(timezone=calendar.timezone).end_of(visit, last)",
        *_WIN_BACK,
    ),
    fault(
        "a visit that was taken back counts as one",
        "domain.rules.absences:last_visit",
        "entry.entry_id in stands",
        "True",
        *_WIN_BACK,
    ),
)
