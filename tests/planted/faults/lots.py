"""Faults in awards that have an end of their own."""

from tests.planted.fault import fault

_DATED_TESTS = ("tests/domain/test_dated_lots.py",)

FAULTS = (
    fault(
        "the oldest is spent first although a bonus is over sooner",
        "domain.usecases.posting:post",
        "at.card.has_dated and entry.delta(entry.unit) < 0",
        "False",
        *_DATED_TESTS,
    ),
    fault(
        "a bonus is spent first although points are over sooner",
        "domain.rules.expiry:with_lots",
        "ends |= _ends_of(lots, program, calendar)",
        "ends |= dict.fromkeys(_ends_of(lots, program, calendar), datetime.max.replace(tzinfo=UTC))",
        *_DATED_TESTS,
    ),
    fault(
        "of equal ends the newer award is spent first",
        "domain.rules.lots:Lots.to_take",
        "sorted(self.open, key=lambda lot: ends[lot.entry_id])",
        "sorted(reversed(self.open), key=lambda lot: ends[lot.entry_id])",
        *_DATED_TESTS,
    ),
    fault(
        "the end of a bonus takes the oldest points",
        "domain.usecases.expire_balances:_expire",
        "post_unasked(tx, held, card, kind, key, told, related_entry_id=ended, lots=period.lots)",
        "post_unasked(tx, held, card, kind, key, told, related_entry_id=ended)",
        *_DATED_TESTS,
    ),
    fault(
        "a bonus that ends begins the months anew",
        "domain.rules.expiry:_visits",
        "entry.related_entry_id not in own",
        "True",
        *_DATED_TESTS,
    ),
    fault(
        "a bonus begins the months of what comes after it",
        "domain.rules.lots:Lots._put",
        "lot.ends_at is None",
        "True",
        *_DATED_TESTS,
    ),
    fault(
        "a bonus whose message came late ends on its day",
        "domain.rules.expiry:notice_of",
        "min(WARNING_TIME, timedelta(days=max(0, life.days)))",
        "timedelta(0)",
        *_DATED_TESTS,
    ),
    fault(
        "a voided redemption gives back a bonus that is over",
        "domain.rules.expiry:restorable",
        "ends |= {lot.entry_id: _own_end(lot, calendar) for lot in lots.dated}",
        "",
        *_DATED_TESTS,
    ),
    fault(
        "a bonus that is given back is forgotten",
        "domain.usecases.posting:_with_expiry",
        "card.has_dated or any(each.expires_at for each in [*entries, entry])",
        "card.has_dated or entry.expires_at is not None",
        *_DATED_TESTS,
    ),
    fault(
        "closed days do not move the end of a bonus",
        "domain.rules.expiry:dated_end",
        "calendar.end_of(since, last)",
        "ends_at",
        *_DATED_TESTS,
    ),
    fault(
        "what the program ends is not warned of while a bonus waits",
        "domain.usecases.expire_balances:_look_at",
        "waits.append(until)",
        """
            waits.append(until)
            break
        """,
        *_DATED_TESTS,
    ),
    fault(
        "verify wants two weeks of notice for a bonus of a week",
        "domain.invariants:_notice",
        "max(map(notice_of, lives), default=timedelta(0))",
        "WARNING_TIME",
        *_DATED_TESTS,
    ),
)
