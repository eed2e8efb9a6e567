"""Faults in awards that have an end of their own, and in rewards on the way to a full card."""

from tests.planted.fault import fault

_DATED_TESTS = ("tests/domain/test_dated_lots.py",)
_INTERIM_TESTS = ("tests/domain/test_interim_rewards.py",)

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
        "period.lots",
        "None",
        *_DATED_TESTS,
    ),
    fault(
        "a bonus that ends begins the months anew",
        "domain.rules.expiry:_is_of_program",
        "expiry.related_entry_id not in own",
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
        "card.has_dated or bool(entry.expires_at) or any(each.expires_at for each in entries)",
        "card.has_dated or bool(entry.expires_at)",
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
    fault(
        "an interim reward is given twice for one card",
        "domain.rules.interim:count_handed_out",
        '_counting(card, Counter([entry.reward or ""]), 1)',
        "card",
        *_INTERIM_TESTS,
    ),
    fault(
        "a void and new stamps give an interim reward again",
        "domain.rules.interim:_to_come",
        "left.subtract(_handed_out(card))",
        """
            left.subtract(_handed_out(card))
            left = left if any(left.values()) else _reached(card, program)
        """,
        *_INTERIM_TESTS,
    ),
    fault(
        "a full card that is handed in and given back has its interim reward again",
        "domain.usecases.void:_card_after",
        "card = interim_given_back(card, void.entry, at.program)",
        "",
        *_INTERIM_TESTS,
    ),
    fault(
        "a full card takes its interim reward with it",
        "domain.rules.interim:_counting",
        "kept = (HandedOut(name=name, count=count) for name, count in sorted(counts.items()) if count)",
        "kept = (HandedOut(name=name, count=count) for name, count in sorted(counts.items()) if count > 0)",
        *_INTERIM_TESTS,
    ),
    fault(
        "a begun card loses an interim reward that is taken off the list",
        "domain.rules.held:_terms",
        "cards.interim",
        "None",
        *_INTERIM_TESTS,
    ),
    fault(
        "an interim reward that is off the list is given again and again",
        "domain.usecases.posting:append",
        "card.handed_out or card.held_cards or at.program.interim_rewards",
        "card.handed_out or at.program.interim_rewards",
        *_INTERIM_TESTS,
    ),
    fault(
        "a full card by earlier terms that is given back has its interim reward again",
        "domain.rules.interim:interim_given_back",
        "Counter(each.name for each in _oldest(card, program))",
        "Counter(each.name for each in (() if card.held_cards else _oldest(card, program)))",
        *_INTERIM_TESTS,
    ),
    fault(
        "a merge loses an interim reward that is ready",
        "domain.rules.interim:together",
        "counts[name] = min(counts[name], reached[name] - count)",
        "pass",
        *_INTERIM_TESTS,
    ),
    fault(
        "a merge loses an interim reward that its stamps do not reach",
        "domain.rules.interim:together",
        "ready.items()",
        "(ready & (counts | reached)).items()",
        *_INTERIM_TESTS,
    ),
    fault(
        "a lower target takes an interim reward off a card that is begun",
        "domain.rules.held:_best_interim",
        "zip_longest(*sides, fillvalue=last)",
        "zip_longest(*sides, fillvalue=held.target)",
        *_INTERIM_TESTS,
    ),
    fault(
        "what an interim reward cost cannot be taken back, for it cost nothing",
        "domain.rules.history:_standing",
        "kind.is_redemption",
        "False",
        *_INTERIM_TESTS,
    ),
)
