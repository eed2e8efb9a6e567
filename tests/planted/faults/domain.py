"""Faults in the rules and the use cases."""

from tests.planted.fault import fault

_EXPIRY_TESTS = (
    "tests/domain/test_expiry_dates.py",
    "tests/domain/test_expiry_policies.py",
    "tests/domain/test_expiry_warnings.py",
    "tests/domain/test_lots.py",
)

_CLOSURE_TESTS = ("tests/domain/test_closures.py",)

_ONCE = (
    fault(
        "an operation key has its effect again",
        "domain.usecases.once:once",
        "recorded is None",
        "recorded is None or key",
        "tests/domain/test_operations.py",
    ),
    fault(
        "the fingerprint of an operation is not compared",
        "domain.usecases.once:_replayed",
        "recorded.fingerprint != told",
        "not recorded.fingerprint",
        "tests/domain/test_operations.py",
    ),
    fault(
        "the fingerprint of a stamp leaves out the count",
        "domain.acts:_input",
        "each.name != 'key'",
        "each.name not in ('key', 'count')",
        "tests/domain/test_operations.py",
    ),
    fault(
        "the fingerprint of a void leaves out its target",
        "domain.acts:_input",
        "each.name != 'key'",
        "each.name not in ('key', 'entry')",
        "tests/domain/test_acts.py",
    ),
    fault(
        "a reward that was not named is known by the one that it came to",
        "domain.acts:Asked.narrowed",
        "replace(self.instead(act), told=fingerprint(self))",
        "self.instead(act)",
        "tests/domain/test_operations.py",
    ),
    fault(
        "another member's key is taken for one's own",
        "domain.acts:fingerprint",
        "[NAMES[type(act)], f'staff={asked.actor.staff_id}', *told]",
        "[NAMES[type(act)], *told]",
        "tests/domain/test_operations.py",
    ),
)

_STAMPS = (
    fault(
        "one stamp more than the daily limit",
        "domain.rules.stamps:_check_limits",
        "stamps_that_day > limit",
        "stamps_that_day > limit + 1",
        "tests/domain/test_daily_limit.py",
    ),
    fault(
        "one stamp fewer than the daily limit",
        "domain.rules.stamps:_check_limits",
        "stamps_that_day > limit",
        "stamps_that_day >= limit",
        "tests/domain/test_daily_limit.py",
    ),
    fault(
        "the daily limit is compared before the stamps are added",
        "domain.rules.stamps:_check_limits",
        "stamps_that_day > limit",
        "_stamps_on(stamping_day(card, timezone, now), card) >= limit",
        "tests/domain/test_daily_limit.py",
    ),
    fault(
        "an added program begins without the guards of the others",
        "domain.usecases.add_program:add_program",
        "{**strictest(present), **command.program}",
        "command.program",
        "tests/domain/test_programs.py",
    ),
    fault(
        "an added program is as lax as the laxest",
        "domain.rules.guards:strictest",
        "max(program.cooldown_minutes for program in stamping)",
        "min(program.cooldown_minutes for program in stamping)",
        "tests/domain/test_programs.py",
    ),
    fault(
        "the cooldown lasts at the very moment it ends",
        "domain.rules.stamps:_check_limits",
        "now < until",
        "now <= until",
        "tests/domain/test_cooldown.py",
    ),
    fault(
        "the cooldown is not looked at",
        "domain.rules.stamps:_check_limits",
        "now < until",
        "now < now",
        "tests/domain/test_cooldown.py",
    ),
    fault(
        "yesterday's stamps count today",
        "domain.rules.stamps:_stamps_on",
        "card.stamps_today if card.stamp_day == day else 0",
        "card.stamps_today",
        "tests/domain/test_daily_limit.py",
    ),
    fault(
        "the local day is that of UTC",
        "domain.rules.days:local_date",
        "now.astimezone(ZoneInfo(timezone))",
        "now",
        "tests/domain/test_daily_limit.py",
    ),
    fault(
        "the local day starts at midnight UTC",
        "domain.rules.days:day_starts_at",
        "datetime.combine(day, time(), ZoneInfo(timezone)).astimezone(UTC)",
        "datetime.combine(day, time(), UTC)",
        "tests/domain/test_daily_limit.py",
    ),
    fault(
        "nought stamps are a stamp",
        "domain.rules.stamps:check_stamp_count",
        "1 <= count <= STAMPS_PER_ACT_MAX",
        "0 <= count <= STAMPS_PER_ACT_MAX",
        "tests/domain/test_refusal_order.py",
    ),
    fault(
        "a redemption takes all stamps",
        "domain.usecases.redeem_reward:take_stamps",
        "-pile.cost",
        "-at.card.stamp_count",
        "tests/domain/test_operations.py",
    ),
    fault(
        "a full card is one stamp short",
        "domain.rules.rewards:check_full",
        "stamp_count < cost",
        "stamp_count <= cost",
        "tests/domain/test_cooldown.py",
    ),
    fault(
        "a reward is handed out one stamp early",
        "domain.rules.rewards:check_full",
        "stamp_count < cost",
        "stamp_count < cost - 1",
        "tests/domain/test_refusal_order.py",
    ),
)

_HELD = (
    fault(
        "a higher target takes from cards that are begun",
        "domain.usecases.change_fields:_keep_terms",
        "tx.save_held(changed)",
        "",
        "tests/domain/test_promise_lock.py",
    ),
    fault(
        "a card that was begun keeps its terms for ever",
        "domain.rules.held:settled",
        "held[0].count - 1",
        "held[0].count",
        "tests/domain/test_promise_lock.py",
    ),
    fault(
        "a lower target does not hold at once",
        "domain.rules.held:_kept",
        "min(each.target, target)",
        "each.target",
        "tests/domain/test_promise_lock.py",
    ),
    fault(
        "a stamp goes over to a card that nobody has begun",
        "domain.rules.held:_cards_kept",
        "_begun(card.stamp_count, [*(card.held_cards or ()), present]) or ()",
        "(*(card.held_cards or ()), present)",
        "tests/domain/test_promise_lock.py",
    ),
    fault(
        "points that were spent keep their prices",
        "domain.rules.held:settled",
        "points.count - spent",
        "points.count",
        "tests/domain/test_promise_lock.py",
    ),
    fault(
        "points lose what they were good for",
        "domain.rules.held:_points_kept",
        "return HeldPoints(count=card.points_balance, rewards=now)",
        "return None",
        "tests/domain/test_promise_lock.py",
    ),
    fault(
        "a redemption taken back is good for less",
        "domain.usecases.void:_card_after",
        "card = given_back(card, void.entry, at.program)",
        "pass",
        "tests/domain/test_promise_lock.py",
    ),
    fault(
        "a program forgets the unit that cards hold",
        "domain.usecases.change_fields:_keep_terms",
        "_check_unit(card, after)",
        "",
        "tests/domain/test_promise_lock.py",
    ),
    fault(
        "rewards that are held are not outstanding",
        "storage.customers:CustomerRows.rewards_outstanding",
        "sum(_rewards_of(card, program) for card in held)",
        "0",
        "tests/domain/test_promise_lock.py",
    ),
)

_VOIDS = (
    fault(
        "an entry is voided twice",
        "domain.rules.voids:_void_of",
        """
            if count is None:
                raise EntryAlreadyVoided
        """,
        "count = count or 1",
        "tests/domain/test_refusal_order.py",
    ),
    fault(
        "a redemption is voided twice",
        "domain.rules.history:_standing",
        "standing[entry.card_id, entry.kind].pop(entry.related_entry_id, None)",
        """
            if entry.kind is not EntryKind.REDEMPTION_VOIDED:
                standing[entry.card_id, entry.kind].pop(entry.related_entry_id, None)
        """,
        "tests/domain/test_void_effects.py",
    ),
    fault(
        "a void takes more than there is",
        "domain.rules.voids:take_from",
        "min(void.count, card.balance(void.unit))",
        "void.count",
        "tests/domain/test_daily_limit.py",
    ),
    fault(
        "a voided stamp counts for the daily limit and the cooldown",
        "domain.usecases.posting:post",
        "card = recount_today(card, entries)",
        "",
        "tests/domain/test_cooldown.py",
    ),
    fault(
        "a recount of today counts all days",
        "domain.rules.voids:_since_it_came",
        "entry.local_date == day",
        "True",
        "tests/domain/test_invariants.py",
    ),
    fault(
        "a recount of today counts what was dated today by a clock that was ahead",
        "domain.rules.voids:_since_it_came",
        "entry.local_date < day",
        "False",
        "tests/domain/test_invariants.py",
    ),
    fault(
        "a recount of today ends at an earlier day of the card that was merged in",
        "domain.rules.voids:_since_it_came",
        """
            if entry.local_date < day:
                before.add(entry.card_id)
            elif entry.local_date == day and entry.card_id not in before:
                yield entry
        """,
        """
            if entry.local_date < day:
                return
            elif entry.local_date == day:
                yield entry
        """,
        "tests/domain/test_merging_cards.py",
    ),
    fault(
        "a recount of today counts what a clock that was ahead dated today on a card that was merged in",
        "domain.rules.voids:_since_it_came",
        "left.add(entry.related_entry_id)",
        "pass",
        "tests/domain/test_merging_cards.py",
    ),
    fault(
        "a number of stamps takes the oldest first",
        "domain.rules.history:take_newest",
        "reversed(standing)",
        "list(standing)",
        "tests/domain/test_store_today.py",
    ),
    fault(
        "the void bears the original member of staff",
        "domain.usecases.posting:post",
        "at.staff.staff_id",
        "entries[-1].staff_id if entries else at.staff.staff_id",
        "tests/domain/test_void_effects.py",
    ),
    fault(
        "staff may void the acts of others",
        "domain.rules.voids:_check_right",
        "raise NotAllowed",
        "",
        "tests/domain/test_void_effects.py",
    ),
    fault(
        "staff may void their own acts for ever",
        "domain.rules.voids:_is_own_and_recent",
        "entry.staff_id == staff_id and now - entry.occurred_at <= OWN_VOID_WINDOW",
        "entry.staff_id == staff_id",
        "tests/domain/test_refusal_order.py",
    ),
    fault(
        "the window for one's own acts closes at its last moment",
        "domain.rules.voids:_is_own_and_recent",
        "now - entry.occurred_at <= OWN_VOID_WINDOW",
        "now - entry.occurred_at < OWN_VOID_WINDOW",
        "tests/domain/test_void_rights.py",
    ),
    fault(
        "undo works for ever",
        "domain.rules.voids:_check_undo",
        "UNDO_WINDOW",
        "OWN_VOID_WINDOW",
        "tests/domain/test_void_rights.py",
    ),
    fault(
        "anybody may undo",
        "domain.rules.voids:_check_undo",
        """
            if entry.staff_id != staff.staff_id:
                raise NotAllowed
        """,
        "",
        "tests/domain/test_void_rights.py",
    ),
    fault(
        "a manager needs no reason",
        "domain.rules.voids:_check_right",
        """
            if not reason:
                raise VoidReasonMissing
        """,
        "",
        "tests/domain/test_void_rights.py",
    ),
    fault(
        "the switch that forbids voiding is not looked at",
        "domain.usecases.void:_void",
        """
            if not at.merchant.allow_void:
                raise VoidingSwitchedOff
        """,
        "",
        "tests/domain/test_refusal_order.py",
    ),
    fault(
        "nobody hears of stamps that were already spent",
        "domain.usecases.void:_void",
        "shortfall and void.kind is not EntryKind.REDEMPTION_VOIDED",
        "shortfall < 0 and void.kind is not EntryKind.REDEMPTION_VOIDED",
        "tests/domain/test_void_effects.py",
    ),
)

_COUNTER = (
    fault(
        "staff may stamp their own card",
        "domain.rules.counter:admit",
        "customer.account in (staff.account, actor.account)",
        "customer.account is None",
        "tests/domain/test_proving_pins.py",
    ),
    fault(
        "at a shared phone one may stamp one's own card",
        "domain.rules.counter:admit",
        "customer.account in (staff.account, actor.account)",
        "customer.account == actor.account",
        "tests/domain/test_rights.py",
    ),
    fault(
        "the role is not looked at",
        "domain.rules.counter:admit_staff",
        """
            if not may(staff.role, act):
                raise NotAllowed
        """,
        "",
        "tests/domain/test_rights.py",
    ),
    fault(
        "who was removed may go on",
        "domain.rules.counter:admit_staff",
        "staff.is_active and device.is_active and store.active and _is_here(counter, staff, device)",
        "device.is_active and store.active and _is_here(counter, staff, device)",
        "tests/domain/test_rights.py",
    ),
    fault(
        "a closed store may stamp",
        "domain.rules.counter:admit_staff",
        "staff.is_active and device.is_active and store.active and _is_here(counter, staff, device)",
        "staff.is_active and device.is_active and _is_here(counter, staff, device)",
        "tests/domain/test_rights.py",
    ),
    fault(
        "staff act at stores they do not work at",
        "domain.rules.counter:_is_here",
        "not counter.staff_works_here",
        "False",
        "tests/domain/test_rights.py",
    ),
    fault(
        "one acts under a colleague's name",
        "domain.rules.counter:_is_here",
        "device.staff_id == staff.staff_id or (counter.is_at_terminal and counter.device_works_here)",
        "True",
        "tests/domain/test_rights.py",
    ),
    fault(
        "an inactive card is stamped",
        "domain.rules.counter:usable_card",
        """
            if not card.active:
                raise CardInactive
        """,
        "",
        "tests/domain/test_refusal_order.py",
    ),
    fault(
        "a switched-off program is stamped",
        "domain.rules.counter:usable_card",
        """
            if not program.active:
                raise ProgramInactive
        """,
        "",
        "tests/domain/test_refusal_order.py",
    ),
    fault(
        "whose card it is comes before whether it is active",
        "domain.rules.counter:admit",
        "card, customer, program = usable_card(counter, unit)",
        """
            card, customer, program = find_card(counter)
            if customer.account in (staff.account, actor.account):
                raise OwnCardRefused
            usable_card(counter, unit)
        """,
        "tests/domain/test_refusal_order.py",
    ),
    fault(
        "the PIN is not asked for",
        "domain.rules.counter:check_pin",
        "raise PinRequired",
        "",
        "tests/domain/test_proving_pins.py",
    ),
    fault(
        "a shared phone without a PIN where the program wants none",
        "domain.rules.counter:wants_pin",
        "program.require_staff_pin or is_at_terminal",
        "program.require_staff_pin",
        "tests/domain/test_proving_pins.py",
    ),
)

_PINS = (
    fault(
        "an attempt is counted after it is judged",
        "domain.usecases.prove_pin:begin_attempt",
        "tx.save_pin_session(staff, command.account, counted)",
        "",
        "tests/domain/test_proving_pins.py",
    ),
    fault(
        "six wrong tries before the lock",
        "domain.rules.pins:FAILURES_PER_LOCK",
        "5",
        "6",
        "tests/domain/test_pins.py",
    ),
    fault(
        "a lock that never gets longer",
        "domain.rules.pins:_locked_until",
        "FIRST_LOCK * (1 << locks - 1)",
        "FIRST_LOCK",
        "tests/domain/test_pins.py",
    ),
    fault(
        "a lock is not looked at",
        "domain.rules.pins:check_not_locked",
        "now < session.locked_until",
        "now < now",
        "tests/domain/test_pins.py",
    ),
    fault(
        "the twentieth wrong try does not block",
        "domain.rules.pins:is_blocked",
        "session.failures >= FAILURES_UNTIL_BLOCKED",
        "session.failures > FAILURES_UNTIL_BLOCKED",
        "tests/domain/test_pins.py",
    ),
    fault(
        "the PIN window never closes",
        "domain.rules.pins:is_window_open",
        "abs(now - verified_at) < timedelta(minutes=pin_window_minutes)",
        "True",
        "tests/domain/test_pins.py",
    ),
    fault(
        "the PIN window is open at the moment it ends",
        "domain.rules.pins:is_window_open",
        "abs(now - verified_at) < timedelta(minutes=pin_window_minutes)",
        "abs(now - verified_at) <= timedelta(minutes=pin_window_minutes)",
        "tests/domain/test_pins.py",
    ),
    fault(
        "a right PIN leaves the wrong tries",
        "domain.rules.pins:accepted",
        "replace(session, verified_at=now, failures=0, locked_until=None)",
        "replace(session, verified_at=now, locked_until=None)",
        "tests/domain/test_pins.py",
    ),
    fault(
        "a try begun before a new PIN proves it",
        "domain.usecases.prove_pin:accept_pin",
        """
            if staff.pin.generation != command.generation:
                raise NotAllowed
        """,
        "",
        "tests/domain/test_proving_pins.py",
    ),
    fault(
        "a PIN that is there is replaced without being known",
        "domain.usecases.prove_pin:choose_pin",
        "not is_due or device.staff_id != staff.staff_id",
        "device.staff_id != staff.staff_id",
        "tests/domain/test_proving_pins.py",
    ),
    fault(
        "a PIN is proved on anybody's phone",
        "domain.usecases.prove_pin:_member_at",
        """
            if device.staff_id != staff.staff_id and device.role is not Role.TERMINAL:
                raise NotAllowed
        """,
        "",
        "tests/domain/test_proving_pins.py",
    ),
    fault(
        "wrong PINs at a shared phone lock the member's own",
        "domain.usecases.prove_pin:begin_attempt",
        "tx.save_pin_session(staff, command.account, counted)",
        """
            tx.save_pin_session(staff, command.account, counted)
            if staff.account:
                tx.save_pin_session(staff, staff.account, counted)
        """,
        "tests/domain/test_insiders.py",
    ),
    fault(
        "a lock at a shared phone is not looked at before the PIN is asked for",
        "domain.rules.counter:check_pin",
        "pins.check_not_locked(at.pin_session, now)",
        "None",
        "tests/domain/test_insiders.py",
    ),
    fault(
        "a sole owner never hears that their PIN is guessed on a shared phone",
        "domain.usecases.prove_pin:_alert",
        """
            if not is_own:
                _tell_member(tx, staff, device, session.failures)
        """,
        "",
        "tests/domain/test_insiders.py",
    ),
    fault(
        "four wrong tries after each right PIN are told to nobody",
        "domain.usecases.prove_pin:accept_pin",
        "wrong > 0",
        "wrong > 4",
        "tests/domain/test_insiders.py",
    ),
    fault(
        "an act does not move the PIN window",
        "domain.usecases.posting:ask_pin",
        """
            if is_window_open(at, tx.now):
                tx.save_pin_window(at.staff, asked.actor.account, tx.now)
        """,
        "",
        "tests/domain/test_pin_window.py",
    ),
    fault(
        "an undo, which needs no PIN, opens the window",
        "domain.usecases.posting:ask_pin",
        "is_window_open(at, tx.now)",
        "True",
        "tests/domain/test_pin_window.py",
    ),
    fault(
        "the PIN window outlives the day",
        "domain.rules.pins:is_window_open",
        "verified_at is None or local_date(verified_at, timezone) != local_date(now, timezone)",
        "verified_at is None",
        "tests/domain/test_pin_window.py",
    ),
    fault(
        "moving the window forgets the wrong tries",
        "storage.team:TeamRows.save_pin_window",
        "SAVE_WINDOW",
        "SAVE_SESSION",
        "tests/storage/test_contract_team.py",
    ),
    fault(
        "Lock leaves the window open",
        "domain.usecases.prove_pin:lock_pin",
        "tx.save_pin_window(staff, command.account, None)",
        "",
        "tests/domain/test_pin_window.py",
    ),
    fault(
        "a card that one person stamped where others work is not flagged",
        "domain.usecases.flagged_cards:ACTS_MIN",
        "5",
        "6",
        "tests/domain/test_insiders.py",
    ),
    fault(
        "stamps that nobody paid for are overlooked",
        "domain.rules.takings:_judged",
        "day.stamps > limit",
        "False",
        "tests/domain/test_takings.py",
    ),
    fault(
        "a weekday with customers of its own is flagged by its takings",
        "domain.rules.takings:_high_rate",
        "rates[-1 - len(rates) // ONE_DAY_IN]",
        "rates[len(rates) // 2]",
        "tests/domain/test_takings.py",
    ),
    fault(
        "what is done after the takings were typed is held against them",
        "domain.rules.takings:beyond_takings",
        "day in typed and act.occurred_at <= typed[day].typed_at",
        "day in typed",
        "tests/domain/test_takings.py",
    ),
    fault(
        "a manager types the takings",
        "domain.usecases.enter_takings:enter_takings",
        "Right.ENTER_TAKINGS",
        "Right.SEE_FLAGS",
        "tests/domain/test_takings.py",
    ),
    fault(
        "a flag outlives the takings that it was judged by",
        "domain.usecases.enter_takings:enter_takings",
        "tx.forget_flags(merchant_id, OF_TAKINGS, store_id, day)",
        "None",
        "tests/domain/test_takings.py",
    ),
    fault(
        "takings are typed again by a message that comes again",
        "domain.usecases.enter_takings:enter_takings",
        "tx.takings_typed_by(merchant_id, command.key) is not None",
        "False",
        "tests/domain/test_takings.py",
    ),
    fault(
        "takings far from the usual are taken as they are",
        "domain.rules.takings:is_doubtful",
        "usual if is_far else None",
        "None",
        "tests/domain/test_takings.py",
    ),
    fault(
        "a burst that was taken back is flagged",
        "domain.rules.flags:_standing",
        "act.entry_id not in undone",
        "True",
        "tests/domain/test_flags.py",
    ),
    fault(
        "a busy noon is flagged as a burst",
        "domain.rules.flags:_bursts",
        "len(burst) > TIMES_THE_USUAL * usual",
        "True",
        "tests/domain/test_flags.py",
    ),
    fault(
        "a manager dismisses what is about themselves",
        "domain.usecases.flags:dismiss_flag",
        "member.staff_id == flag.staff_id",
        "member.staff_id != flag.staff_id",
        "tests/domain/test_flags.py",
    ),
    fault(
        "a flag is told each time the job runs",
        "domain.usecases.flags:raise_flag",
        "flag if tx.add_flag(flag) else None",
        "(tx.add_flag(flag), flag)[1]",
        "tests/domain/test_flags.py",
    ),
    fault(
        "a card is flagged though others stamped it too",
        "storage.customers:_alone",
        "_giver == func.max(_entries.c.staff_id)",
        "_giver == _giver",
        "tests/domain/test_insiders.py",
    ),
    fault(
        "a PIN is chosen at a shared phone",
        "domain.usecases.prove_pin:choose_pin",
        "not is_due or device.staff_id != staff.staff_id",
        "not is_due",
        "tests/domain/test_resetting_pins.py",
    ),
    fault(
        "a manager resets the PIN of the owner",
        "domain.usecases.reset_pin:_may_reset",
        "not staff.role.is_above(manager.role)",
        "True",
        "tests/domain/test_resetting_pins.py",
    ),
    fault(
        "who removed somebody is not kept",
        "domain.usecases.manage_team:remove_member",
        "RemoveStaff(merchant_id=command.merchant_id, staff_id=command.staff_id, by=manager.staff_id)",
        "RemoveStaff(merchant_id=command.merchant_id, staff_id=command.staff_id)",
        "tests/domain/test_setting_staff.py",
    ),
    fault(
        "who joins is not in the log of changes",
        "domain.usecases.claim_invite:_use",
        "record_member(tx, staff, TeamChange.JOINED, invite.given_by, after=staff.role)",
        "pass",
        "tests/domain/test_setting_staff.py",
    ),
    fault(
        "a manager resets their own PIN, which whoever has their phone in hand can do as well",
        "domain.usecases.reset_pin:_may_reset",
        "manager.staff_id != staff.staff_id",
        "True",
        "tests/domain/test_resetting_pins.py",
    ),
    fault(
        "a link to a new PIN works for every account",
        "domain.usecases.claim_invite:_use",
        "staff.account != account",
        "staff.account is None",
        "tests/domain/test_resetting_pins.py",
    ),
    fault(
        "a member's link opened at a shared phone is refused, not shown for their own phone",
        "domain.usecases.claim_invite:_check_is_for",
        "device is not None and device.role is Role.TERMINAL and staff.role is not Role.TERMINAL",
        "device is not None and device.role is Role.TERMINAL and staff.role is Role.TERMINAL",
        "tests/domain/test_invites.py",
    ),
    fault(
        "an invitation for one person is used by another account",
        "domain.usecases.claim_invite:_check_is_for",
        "invite.meant_for not in (None, account)",
        "False",
        "tests/domain/test_chosen_members.py",
    ),
    fault(
        "an invitation for one person is used by the same person's account at another bot",
        "domain.usecases.claim_invite:_check_is_for",
        "invite.meant_for not in (None, account)",
        "invite.meant_for and invite.meant_for.user_id != account.user_id",
        "tests/domain/test_chosen_members.py",
    ),
    fault(
        "whoever presses joins by an invitation that is for whoever has its link",
        "domain.usecases.claim_invite:own_invite",
        "query.account in (each.meant_for, each.used_by)",
        "each.meant_for in (None, query.account)",
        "tests/domain/test_chosen_members.py",
    ),
    fault(
        "the bot asks the same person as often as an owner of a shop likes",
        "domain.usecases.manage_team:_may_be_asked",
        "chosen not in asked",
        "True",
        "tests/domain/test_chosen_members.py",
    ),
    fault(
        "who was asked is forgotten when the invitation is withdrawn, and is asked again at once",
        "domain.usecases.set_up:withdraw_links",
        "replace(invite, withdrawn_at=tx.now)",
        "replace(invite, withdrawn_at=tx.now, meant_for=None)",
        "tests/domain/test_chosen_members.py",
    ),
    fault(
        "the bot asks as many people as an owner of a shop likes",
        "domain.usecases.manage_team:_may_be_asked",
        "len(asked) < ASKED_MAX",
        "True",
        "tests/domain/test_chosen_members.py",
    ),
    fault(
        "anybody says no for who was chosen",
        "domain.usecases.claim_invite:decline_invite",
        "each.meant_for == command.account",
        "each.meant_for is not None",
        "tests/domain/test_chosen_members.py",
    ),
    fault(
        "a manager makes a new link for an owner who has not joined",
        "domain.usecases.manage_team:invite_member",
        "staff.status is StaffStatus.INVITED and may_look_after(manager, staff.role)",
        "staff.status is StaffStatus.INVITED",
        "tests/domain/test_chosen_members.py",
    ),
    fault(
        "an invitation for one person is anybody's once it has lapsed",
        "domain.usecases.set_up:forget_chosen",
        "replace(each, withdrawn_at=each.withdrawn_at or tx.now, meant_for=None)",
        "replace(each, meant_for=None)",
        "tests/domain/test_chosen_members.py",
    ),
    fault(
        "nobody is told that their PIN is reset",
        "domain.usecases.reset_pin:_reset",
        "send(tx, staff.merchant_id, account, MessageKind.PIN_RESET, facts, message_id)",
        "None",
        "tests/domain/test_resetting_pins.py",
    ),
    fault(
        "an undone reset leaves the new PIN",
        "domain.usecases.reset_pin:undo_reset",
        "invite.used_at is not None",
        "invite.used_at is None",
        "tests/domain/test_resetting_pins.py",
    ),
    fault(
        "an undone reset leaves what the new PIN has opened",
        "domain.usecases.reset_pin:undo_reset",
        "tx.end_pin_sessions(staff)",
        "None",
        "tests/domain/test_resetting_pins.py",
    ),
    fault(
        "a link that was withdrawn still works",
        "domain.usecases.claim_invite:claim_invite",
        "invite.withdrawn_at is not None",
        "invite.withdrawn_at is not None and invite.used_at is not None",
        "tests/domain/test_resetting_pins.py",
    ),
    fault(
        "anybody may reset a PIN",
        "domain.usecases.reset_pin:reset_pin",
        "Right.RESET_PIN",
        "Right.SEE_CARD",
        "tests/domain/test_invites.py",
    ),
    fault(
        "a key that comes twice counts twice",
        "domain.plumbing.people:press_key",
        """
            if dialogue.last_update_id is not None and command.update_id <= dialogue.last_update_id:
                return dialogue
        """,
        "",
        "tests/domain/test_dialogues.py",
    ),
    fault(
        "a question never lapses",
        "domain.plumbing.people:open_dialogue",
        "dialogue is None or dialogue.nonce != nonce or tx.now >= dialogue.expires_at",
        "dialogue is None or dialogue.nonce != nonce",
        "tests/domain/test_dialogues.py",
    ),
)

_MESSAGES = (
    fault(
        "reward ready on every stamp",
        "domain.usecases.posting:post",
        "done.rewards_earned_now > 0",
        "done.card.rewards_available > 0",
        "tests/domain/test_rewards.py",
    ),
    fault(
        "a receipt is not sent",
        "domain.usecases.posting:post",
        "send_receipt(tx, at, card, entry)",
        "",
        "tests/domain/test_invariants.py",
    ),
    fault(
        "a message that had to wait has failed once more",
        "domain.plumbing.outbox:deliveries_wait",
        "delivery.attempts",
        "delivery.attempts + 1",
        "tests/domain/test_outbox.py",
    ),
    fault(
        "a permanent failure is tried again",
        "domain.plumbing.outbox:delivery_failed",
        "isinstance(outcome, Later) and wait is not None",
        "wait is not None",
        "tests/domain/test_outbox.py",
    ),
    fault(
        "a message is never given up",
        "domain.delivery:Patience.wait",
        "attempts >= self.tries_max",
        "False",
        "tests/domain/test_outbox.py",
    ),
    fault(
        "a message is given up for its age",
        "domain.plumbing.outbox:delivery_failed",
        "wait is not None",
        "tx.now - tx.message(delivery.merchant_id, delivery.message_id).created_at < timedelta(days=1)",
        "tests/domain/test_outbox.py",
    ),
    fault(
        "what was spent is given back after its award was voided",
        "domain.rules.lots:Lots.returning",
        "taken - min(taken, self._lots[entry_id].owed)",
        "taken",
        "tests/domain/test_void_effects.py",
    ),
    fault(
        "what has expired is taken again",
        "domain.rules.voids:_void_of",
        """
            if kind.opens_lot and count:
                count -= lots_of(entry.unit, entries).lot(entry.entry_id).lapsed
        """,
        "",
        *_EXPIRY_TESTS,
    ),
    fault(
        "a lot is over on its day, whatever the warning said",
        "domain.rules.expiry:restorable.is_over",
        "max(expires_at, calendar.later(told_at, _notice_of(lots.lot(entry_id))))",
        "expires_at",
        *_EXPIRY_TESTS,
    ),
    fault(
        "operators do not hear of a message that cannot be read",
        "domain.plumbing.outbox:delivery_failed",
        "isinstance(outcome, MessageUnreadable)",
        "False",
        "tests/bot/operator/test_alerts.py",
    ),
    fault(
        "the wait between two tries does not grow",
        "domain.delivery:Patience.wait",
        "min(self.first_wait * (1 << attempts - 1), self.longest_wait)",
        "self.first_wait",
        "tests/domain/test_outbox.py",
    ),
    fault(
        "who is no manager any more is still told what managers are told",
        "domain.usecases.letters:letter_for",
        "raise RecipientGone",
        "pass",
        "tests/domain/test_outbox.py",
    ),
    fault(
        "an unusual amount is booked at once",
        "domain.rules.points:check_plausible",
        "0 < program.plausible_purchase_minor < amount_minor",
        "0 > program.plausible_purchase_minor",
        "tests/domain/test_points.py",
    ),
    fault(
        "a disputed act is taken back and the dispute stays open",
        "domain.usecases.settle_dispute:settled_by_void",
        "not dispute.is_settled",
        "dispute.is_settled",
        "tests/domain/test_disputes.py",
    ),
    fault(
        "a manager says that what they did themselves was right",
        "domain.usecases.settle_dispute:settle_dispute",
        "entry.staff_id == at.staff.staff_id and not may(at.staff.role, Right.JUDGE_ONESELF)",
        "False",
        "tests/domain/test_disputes.py",
    ),
    fault(
        "a manager raises the limits above which owners are told of them",
        "domain.usecases.change_fields:change_fields",
        "THRESHOLDS & command.edits.keys() and not may(member.role, Right.JUDGE_ONESELF)",
        "False",
        "tests/domain/test_change_fields.py",
    ),
    fault(
        "a dispute is settled again and again",
        "domain.usecases.settle_dispute:open_one",
        "dispute.is_settled",
        "False",
        "tests/domain/test_disputes.py",
    ),
    fault(
        "anybody may dispute an entry",
        "domain.usecases.open_dispute:open_dispute",
        "entry is None or found is None or merchant is None or (found[1].account != command.account)",
        "entry is None or found is None or merchant is None",
        "tests/domain/test_disputes.py",
    ),
    fault(
        "an entry is disputed again and again",
        "domain.usecases.open_dispute:open_dispute",
        """
            if not tx.add_dispute(dispute):
                before = tx.dispute(entry.merchant_id, entry.entry_id)
                raise DisputeWasAnswered if before and before.is_settled else AlreadyDisputed
        """,
        "tx.add_dispute(dispute)",
        "tests/domain/test_disputes.py",
    ),
)

_LINKS = (
    fault(
        "a shop is opened again when its last message was lost",
        "domain.usecases.open_shop:open_shop",
        "tx.merchant(shop.merchant_id) is None",
        "True",
        "tests/domain/test_opening_shops.py",
    ),
    fault(
        "a link to a new shop opens for ever",
        "domain.usecases.open_shop:shop_to_be",
        "tx.merchant(invite.merchant_id) is not None",
        "False",
        "tests/domain/test_opening_shops.py",
    ),
    fault(
        "the first member is called by no name of theirs",
        "domain.usecases.claim_invite:claim_invite",
        "staff.name in command.stand_ins",
        "False",
        "tests/bot/owner/test_set_up.py",
    ),
    fault(
        "an invite works for everybody",
        "domain.usecases.claim_invite:claim_invite",
        """
            if invite.used_by != command.account:
                raise InviteUsed
        """,
        "",
        "tests/domain/test_invites.py",
    ),
    fault(
        "an invite never expires",
        "domain.usecases.claim_invite:claim_invite",
        """
            if tx.now >= invite.expires_at:
                raise InviteExpired
        """,
        "",
        "tests/domain/test_invites.py",
    ),
    fault(
        "an invite works for who was removed",
        "domain.usecases.claim_invite:claim_invite",
        "invite is None or staff is None or staff.status is StaffStatus.REMOVED",
        "invite is None or staff is None",
        "tests/domain/test_invites.py",
    ),
    fault(
        "a button says at which store one works",
        "domain.usecases.choose_desk:choose_store",
        "tx.stores_for(staff)",
        "tx.stores_of(command.merchant_id)",
        "tests/domain/test_desks.py",
    ),
    fault(
        "a button says at which merchant one works",
        "domain.usecases.choose_desk:choose_store",
        "staff is None or not staff.is_active",
        "staff is None",
        "tests/domain/test_desks.py",
    ),
    fault(
        "anybody sees any card's picture",
        "domain.usecases.my_cards:own_card",
        "merchant is None or found is None or found[1].account != account",
        "merchant is None or found is None",
        "tests/domain/test_joining.py",
    ),
    fault(
        "joining twice makes two cards",
        "domain.usecases.join_store:_joined",
        "terms.program_id == program.program_id",
        "False",
        "tests/domain/test_programs.py",
    ),
    fault(
        "the old code of a card works after a new one",
        "domain.usecases.my_cards:change_code",
        "tx.retire_routes(card.merchant_id, card_id)",
        "pass",
        "tests/domain/test_joining.py",
    ),
    fault(
        "a late receipt turns the card back",
        "domain.usecases.letters:_is_overtaken",
        "since > 0",
        "since < 0",
        "tests/bot/customer/test_live_card.py",
    ),
    fault(
        "a message that shows another card now is edited for the one before",
        "storage.outbox:OutboxRows.show_card",
        "self.session.run(DELETE_SHOWN, **place)",
        "pass",
        "tests/storage/test_deliveries.py",
    ),
    fault(
        "a replaced code is nothing but a broken link",
        "domain.usecases.links:find_route",
        "raise CodeReplaced",
        "raise LinkUnknown",
        "tests/domain/test_joining.py",
    ),
    fault(
        "staff print the posters",
        "domain.usecases.see_posters:see_posters",
        "Right.PRINT_POSTER",
        "Right.SEE_CARD",
        "tests/domain/test_rights.py",
    ),
    fault(
        "the check digit is not checked",
        "domain.rules.card_numbers:parse_card_number",
        "not looks_like_card_number(digits) or _check_digit(digits) != 0",
        "not looks_like_card_number(digits)",
        "tests/domain/test_card_numbers.py",
    ),
    fault(
        "a database from before takes any key",
        "domain.usecases.rotate_key:adopt_key",
        "2 * sum(made for made, _ in judged) < sum(of for _, of in judged)",
        "False",
        "tests/domain/test_rotating_the_key.py",
    ),
    fault(
        "of two keys that come to an empty database at once the later is taken",
        "domain.usecases.rotate_key:adopt_key",
        "(known := tx.key_fingerprint()) is not None",
        "False",
        "tests/bot/telegram/test_username.py",
    ),
    fault(
        "one code of another key makes the right one wrong",
        "domain.usecases.rotate_key:adopt_key",
        "2 * sum(made for made, _ in judged) < sum(of for _, of in judged)",
        "sum(made for made, _ in judged) < sum(of for _, of in judged)",
        "tests/domain/test_rotating_the_key.py",
    ),
    fault(
        "the code of before goes on working after the key was exchanged",
        "domain.usecases.rotate_key:_change_code",
        "tx.retire_routes(card.merchant_id, card.card_id)",
        "",
        "tests/domain/test_rotating_the_key.py",
    ),
    fault(
        "a PIN of the key before is left, and is a wrong try",
        "domain.usecases.rotate_key:_reset_pin",
        "tx.save_pin(staff, pin)",
        "",
        "tests/domain/test_rotating_the_key.py",
    ),
    fault(
        "who stood at a terminal stands there without a PIN",
        "domain.usecases.rotate_key:_reset_pin",
        "leave_terminal(tx=tx, command=LeaveTerminal(account=staff.account))",
        "pass",
        "tests/domain/test_rotating_the_key.py",
    ),
    fault(
        "a keypad goes on with keys that another key had shuffled",
        "domain.usecases.rotate_key:rotate_key",
        "tx.end_dialogues()",
        "",
        "tests/domain/test_rotating_the_key.py",
    ),
)

_INVARIANTS = (
    fault(
        "verify does not see a second void",
        "domain.invariants:no_entry_is_voided_twice",
        "entry.related_entry_id in voided",
        "entry.related_entry_id == ''",
        "tests/domain/test_invariants.py",
    ),
    fault(
        "verify allows one stamp a day too many",
        "domain.invariants:daily_limit_holds",
        "stamps > terms.max_daily_stamps",
        "stamps > terms.max_daily_stamps + 1",
        "tests/domain/test_invariants.py",
    ),
    fault(
        "verify names a stamp of a day that lay too far ahead to block anything",
        "domain.invariants:cooldown_holds",
        "stood.local_date > _blocking_until(entry)",
        "False",
        "tests/domain/test_wrong_clocks.py",
    ),
    fault(
        "verify judges what lies far ahead by the day that a stamp counts for",
        "domain.invariants:_blocking_until",
        "(entry.occurred_at - timedelta(hours=12)).date()",
        "entry.local_date",
        "tests/domain/test_wrong_clocks.py",
    ),
    fault(
        "verify names a stamp after a merge that left an earlier one as the newest",
        "domain.invariants:_is_freed_by_merge",
        "not _is_too_near(newest, entry, minutes)",
        "False",
        "tests/domain/test_wrong_clocks.py",
    ),
    fault(
        "verify passes over whatever follows upon a merge too soon",
        "domain.invariants:_is_freed_by_merge",
        "newest is None or not _is_too_near(newest, entry, minutes)",
        "True",
        "tests/domain/test_invariants.py",
    ),
    fault(
        "verify does not see a cooldown that was too short",
        "domain.invariants:_is_too_near",
        "timedelta(minutes=minutes)",
        "timedelta()",
        "tests/domain/test_invariants.py",
    ),
    fault(
        "verify does not look at the balance after",
        "domain.invariants:each_balance_follows_from_the_one_before",
        "(entry.stamps_balance_after, entry.points_balance_after) != (stamps, points)",
        "entry.entry_no < 0",
        "tests/domain/test_invariants.py",
    ),
    fault(
        "verify does not miss a message",
        "domain.invariants:every_change_was_announced",
        "entry.entry_id not in history.notified",
        "entry.entry_no < 0",
        "tests/domain/test_invariants.py",
    ),
)

_REWARDS = (
    fault(
        "a reward is chosen for whoever does not choose",
        "domain.usecases.redeem_any:only_reward",
        "len(possible) > 1",
        "False",
        "tests/domain/test_redeem_any.py",
    ),
    fault(
        "a reward is handed out again for a key that was seen",
        "domain.usecases.redeem_any:redeem_any",
        "once(tx, command, _redeem)",
        "_redeem(tx, command)",
        "tests/domain/test_redeem_any.py",
    ),
)

_EXPIRY = (
    fault(
        "the expiry of stamps gives points new months",
        "domain.rules.expiry:_visits",
        "KINDS[entry.kind].is_expiry and entry.unit is lots.unit and _is_of_program(entry, own)",
        "KINDS[entry.kind].is_expiry and _is_of_program(entry, own)",
        *_EXPIRY_TESTS,
    ),
    fault(
        "what was redeemed while its time came may come back",
        "domain.rules.lots:Lots.apply",
        "self._expire(entry, taken)",
        "self._not_before(entry.occurred_at)",
        *_EXPIRY_TESTS,
    ),
    fault(
        "a lot after an expiry begins before it, if the clock went back",
        "domain.rules.lots:Lots._expire",
        "self._not_before(expiry.occurred_at)",
        "",
        *_EXPIRY_TESTS,
    ),
    fault(
        "a redemption that was taken back is a visit",
        "domain.rules.expiry:_visits",
        "KINDS[entry.kind].is_visit and entry.entry_id in stands",
        "KINDS[entry.kind].is_visit",
        *_EXPIRY_TESTS,
    ),
    fault(
        "whatever adds to a balance is a visit",
        "domain.rules.expiry:_visits",
        "KINDS[entry.kind].is_visit and entry.entry_id in stands",
        "KINDS[entry.kind].opens_lot or entry.entry_id in stands",
        *_EXPIRY_TESTS,
    ),
    fault(
        "a bonus gives everything new months",
        "domain.usecases.posting:_with_expiry",
        "kind.is_visit and kind.opens_lot and (never or not is_dated) and is_known",
        "kind.opens_lot and entry.delta(entry.unit) > 0",
        *_EXPIRY_TESTS,
    ),
    fault(
        "a correction of a correction gives a balance new months",
        "domain.rules.lots:Lots.held_since",
        "min(filter(None, (self._begun_at, oldest)))",
        "oldest",
        *_EXPIRY_TESTS,
    ),
    fault(
        "a bonus after everything was spent has no months of its own",
        "domain.rules.lots:Lots._add",
        "not self._undated",
        "self._begun_at is None",
        *_EXPIRY_TESTS,
    ),
    fault(
        "a balance expires on its day, however late the warning came",
        "domain.rules.expiry_warnings:_end_of_notice",
        "max(period.expires_at, notice)",
        "period.expires_at",
        *_EXPIRY_TESTS,
    ),
    fault(
        "a warning goes out on one day only",
        "domain.rules.expiry_warnings:_warn_in_time",
        "now >= opens_at",
        "now - opens_at < LOOK_AGAIN",
        *_EXPIRY_TESTS,
    ),
    fault(
        "nobody is told that more will expire",
        "domain.rules.expiry_warnings:judge",
        "warned is None or warned.count < period.count",
        "warned is None",
        *_EXPIRY_TESTS,
    ),
    fault(
        "a warning that was given up is not repeated",
        "domain.rules.expiry_warnings:judge",
        "_warn_in_time(period, calendar, now) if warned.given_up else Wait(now + LOOK_AGAIN)",
        "Wait(now + LOOK_AGAIN)",
        *_EXPIRY_TESTS,
    ),
    fault(
        "a new policy reaches back",
        "domain.usecases.change_fields:_save",
        "tx.now if Reset.EXPIRY_CLOCK in resets else target.expiry_since",
        "target.expiry_since",
        *_EXPIRY_TESTS,
    ),
    fault(
        "the warning names a day in whose course the balance expires",
        "domain.rules.days:last_day_before",
        "local_date(instant, timezone) - timedelta(days=1)",
        "local_date(instant - timedelta(microseconds=1), timezone)",
        *_EXPIRY_TESTS,
    ),
    fault(
        "a card whose dates stay the same is not looked at in time",
        "domain.rules.expiry:expiring",
        "every = [period for of_unit in periods.values() for period in of_unit]",
        """
            every = [period for of_unit in periods.values() for period in of_unit]
            ends = [min((each.expires_at for each in periods[unit]), default=None) for unit in Unit]
            if ends == [card.stamps_expire_at, card.points_expire_at]:
                return card
        """,
        *_EXPIRY_TESTS,
    ),
)

_POINTS = (
    fault(
        "points are rounded up",
        "domain.rules.earning:earned",
        "(left + worth) // price",
        "-(-(left + worth) // price)",
        "tests/domain/test_points.py",
        "tests/domain/test_redeem_any.py",
    ),
    fault(
        "every currency has cents",
        "domain.rules.earning:worth_of",
        "minor_digits(currency)",
        "len('EU')",
        "tests/domain/test_points.py",
        "tests/domain/test_redeem_any.py",
    ),
    fault(
        "a reward is handed out at the price of before",
        "domain.rules.points:chosen_reward",
        "not 0 <= position < len(rewards) or rewards[position].cost != cost",
        "not 0 <= position < len(rewards)",
        "tests/domain/test_points.py",
        "tests/domain/test_redeem_any.py",
    ),
    fault(
        "points are redeemed that are not there",
        "domain.usecases.redeem_points:take_points",
        "check_enough(have=at.card.points_balance, need=reward.cost)",
        "",
        "tests/domain/test_points.py",
        "tests/domain/test_redeem_any.py",
    ),
)

_SUMMARIES = (
    fault(
        "a day counts what was taken back",
        "domain.rules.figures:_count",
        "wanted(entry) if kind.is_void else standing.get(entry.entry_id, 0)",
        "wanted(entry) if kind.is_void else abs(entry.delta(entry.unit))",
        "tests/domain/test_summaries.py",
        "tests/domain/test_store_today.py",
    ),
    fault(
        "a reward that was taken back was handed out",
        "domain.rules.figures:_count",
        "int(kind.is_void or entry.entry_id in standing)",
        "1",
        "tests/domain/test_summaries.py",
        "tests/domain/test_store_today.py",
    ),
    fault(
        "a card whose only act was undone was served",
        "domain.rules.figures:cards_served",
        "act.stands and KINDS[act.entry.kind].is_visit",
        "KINDS[act.entry.kind].is_visit",
        "tests/domain/test_summaries.py",
        "tests/domain/test_store_today.py",
    ),
    fault(
        "a void of a number takes stamps of another card",
        "domain.rules.history:_standing",
        "take_newest(standing[entry.card_id, entry.kind], wanted(entry))",
        """
            of_any_card = next(acts for (_, void), acts in standing.items() if void is entry.kind)
            take_newest(of_any_card, wanted(entry))
        """,
        "tests/domain/test_store_today.py",
    ),
    fault(
        "a store does not know what another took back",
        "domain.usecases.store_today:store_today",
        "tx.changed_on(merchant.merchant_id, day)",
        """
            [
                (entry, holder)
                for entry, holder in tx.changed_on(merchant.merchant_id, day)
                if entry.store_id == store.store_id
            ]
        """,
        "tests/domain/test_store_today.py",
    ),
    fault(
        "what managers change is counted for nobody",
        "domain.usecases.summarize:_changes_by_others",
        "each.staff_id not in owners",
        "each.staff_id is None",
        "tests/domain/test_summaries.py",
    ),
    fault(
        "a summary of the morning is named for the day that begins",
        "domain.rules.summaries:told_at",
        "timedelta(days=is_morning)",
        "timedelta(days=0 * is_morning)",
        "tests/domain/test_summaries.py",
    ),
    fault(
        "what is disputed stands in the alarm alone",
        "domain.usecases.open_dispute:open_disputes",
        "dispute.is_settled",
        "True",
        "tests/domain/test_summaries.py",
    ),
    fault(
        "a summary begins when its day does",
        "domain.rules.summaries:_following",
        "plan_for(merchant, day, plan.due_at)",
        "plan_for(merchant, day, plan.due_at + timedelta(hours=4))",
        "tests/domain/test_summaries.py",
        "tests/domain/test_store_today.py",
    ),
    fault(
        "an entry is told again by the next summary",
        "storage.ledger:LedgerRows.summarize_entries",
        "self.session.run(SUMMARIZE, key, summarized_on=on.isoformat())",
        "",
        "tests/domain/test_wrong_clocks.py",
    ),
    fault(
        "messages wait out a clock that was some hours ahead",
        "storage.ahead:A_TRY",
        "2 * max((each.longest_wait for each in PATIENCE.values()))",
        "A_DAY",
        "tests/domain/test_wrong_clocks.py",
    ),
    fault(
        "a clock that was ahead keeps its summaries",
        "domain.usecases.summarize:_begin_anew",
        "tx.forget_summaries(merchant.merchant_id, plan.local_date)",
        "()",
        "tests/domain/test_wrong_clocks.py",
    ),
    fault(
        "a clock that stood at 1970 has 20,000 summaries to catch up",
        "domain.rules.summaries:caught_up",
        "now - plan.due_at <= CATCH_UP_MAX",
        "True",
        "tests/domain/test_wrong_clocks.py",
    ),
    fault(
        "a manager unblocks their own card",
        "domain.usecases.manage_cards:card_of_another",
        "customer.account == account",
        "False",
        "tests/domain/test_managing_cards.py",
    ),
    fault(
        "a manager vouches while the holder may still answer",
        "domain.usecases.ask_holder:check_may_vouch",
        "tx.now < move.asked_at + ANSWER_TIME",
        "False",
        "tests/domain/test_moving_cards.py",
    ),
    fault(
        "what a customer is owed is not sent after them when the card moves",
        "domain.usecases.move_card:_hand_over",
        "leave_nothing_with(tx, merchant.merchant_id, customer.account, command.account)",
        "None",
        "tests/domain/test_moving_cards.py",
    ),
    fault(
        "a link moves a card before anybody allowed it",
        "domain.usecases.move_card:_check_may_open",
        "move.allowed_at is None",
        "False",
        "tests/domain/test_moving_cards.py",
    ),
    fault(
        "whoever blocks a card twice tells its holder twice",
        "domain.usecases.manage_cards:set_blocked",
        "card.active == command.is_blocked",
        "True",
        "tests/domain/test_managing_cards.py",
    ),
    fault(
        "a clock that ran ahead makes room for more stamps of the day",
        "domain.usecases.stamp_card:_stamp",
        "of_today(tx, at.card, at.merchant.timezone)",
        "at.card",
        "tests/domain/test_wrong_clocks.py",
    ),
    fault(
        "a PIN typed by a clock that was ahead holds for as long as it was ahead",
        "domain.rules.pins:is_window_open",
        "abs(now - verified_at)",
        "now - verified_at",
        "tests/domain/test_wrong_clocks.py",
    ),
    fault(
        "an outage is told day by day",
        "domain.usecases.summarize:summarize",
        "tx.save_summary_plan(following)",
        """
            tx.save_summary_plan(following)
            if following is not plans[-1]:
                _tell(tx, merchant)
        """,
        "tests/domain/test_summaries.py",
        "tests/domain/test_store_today.py",
    ),
    fault(
        "what was told is told again",
        "domain.usecases.summarize:_tell",
        "tx.summaries_are_told(merchant.merchant_id, [day.local_date for day in days])",
        "",
        "tests/domain/test_summaries.py",
        "tests/domain/test_store_today.py",
    ),
    fault(
        "a day loses what was folded into it",
        "domain.usecases.see_day:see_day",
        "told_together(merchant, days, asks_takings=is_asked)",
        "told_together(merchant, days[-1:], asks_takings=is_asked)",
        "tests/domain/test_summaries.py",
        "tests/domain/test_store_today.py",
    ),
    fault(
        "staff see the day",
        "domain.usecases.see_day:see_day",
        "Right.SEE_SUMMARY",
        "Right.SEE_CARD",
        "tests/domain/test_summaries.py",
        "tests/domain/test_store_today.py",
    ),
    fault(
        "what was taken back is added to what was given",
        "domain.rules.figures:figures_of",
        "f'{kind.figure}_voided' if kind.is_void else str(kind.figure)",
        "str(kind.figure)",
        "tests/domain/test_store_today.py",
    ),
)

_FIELDS = (
    fault(
        "the last open store is closed",
        "domain.usecases.change_fields:_save_store",
        "each.active",
        "each",
        "tests/domain/test_closing_stores.py",
    ),
    fault(
        "the desks of a closed store are taken up again",
        "domain.usecases.change_fields:_save_store",
        "tx.end_desks_at(store)",
        "pass",
        "tests/domain/test_closing_stores.py",
    ),
    fault(
        "an invitation to a closed store still lets somebody in",
        "domain.usecases.change_fields:_save_store",
        "withdraw_links(tx, member)",
        "pass",
        "tests/domain/test_closing_stores.py",
    ),
    fault(
        "a value that somebody else changed meanwhile is written over",
        "domain.usecases.change_fields:change_fields",
        "raise FieldsChangedMeanwhile",
        "",
        "tests/domain/test_change_fields.py",
    ),
    fault(
        "staff change fields",
        "domain.usecases.change_fields:change_fields",
        "Right.CHANGE_FIELDS",
        "Right.SEE_CARD",
        "tests/domain/test_change_fields.py",
    ),
    fault(
        "nothing is kept of who changed a field",
        "domain.usecases.recording:record",
        "tx.add_change(change)",
        "",
        "tests/domain/test_change_fields.py",
    ),
    fault(
        "a new hour leaves the next summary where it was",
        "domain.usecases.change_fields:_save",
        "replanned(target, plan, tx.now)",
        "plan",
        "tests/domain/test_change_fields.py",
    ),
    fault(
        "a change of a program makes no new version",
        "domain.usecases.change_fields:add_version",
        "program.version + 1",
        "program.version",
        "tests/domain/test_change_fields.py",
    ),
)

_KINDS = (
    fault(
        "putting points right is a visit",
        "domain.kinds:KINDS",
        "Kind(unit=Unit.POINTS, opens_lot=True)",
        "Kind(unit=Unit.POINTS, opens_lot=True, is_visit=True)",
        "tests/domain/test_kinds.py",
    ),
    fault(
        "redeeming is no visit",
        "domain.kinds:_redeemed",
        """
            partial(
                Kind, is_visit=True, is_redemption=True, voided_by=EntryKind.REDEMPTION_VOIDED, figure="redemptions"
            )
        """,
        """
            partial(
                Kind, is_visit=False, is_redemption=True, voided_by=EntryKind.REDEMPTION_VOIDED, figure="redemptions"
            )
        """,
        "tests/domain/test_kinds.py",
    ),
    fault(
        "stamps that were taken back stand in no figure",
        "domain.kinds:KINDS",
        "Kind(unit=Unit.STAMPS, is_void=True, figure='stamps')",
        "Kind(unit=Unit.STAMPS, is_void=True)",
        "tests/domain/test_store_today.py",
    ),
)

_TEAM = (
    fault(
        "the only owner may be removed",
        "domain.usecases.remove_staff:is_only_owner",
        "[each.staff_id for each in owners] == [staff.staff_id]",
        "not owners",
        "tests/domain/test_setting_staff.py",
    ),
    fault(
        "a manager changes owners",
        "domain.rights:may_look_after",
        "role is not Role.OWNER or may(member.role, Right.MANAGE_OWNERS)",
        "True",
        "tests/domain/test_setting_staff.py",
    ),
    fault(
        "everybody at the counter sees a member's page",
        "domain.usecases.manage_team:_seen",
        "Right.MANAGE_TEAM",
        "Right.SEE_TODAY",
        "tests/bot/test_matrix.py",
    ),
    fault(
        "a manager withdraws the link of an owner",
        "domain.usecases.manage_team:managed",
        "not member.is_managed",
        "member is None",
        "tests/domain/test_setting_staff.py",
    ),
    fault(
        "a shop is taken over by whoever presses the button",
        "domain.usecases.hand_over:_made_to",
        "not taker.is_active or taker.account != command.account",
        "not taker.is_active",
        "tests/domain/test_handing_over.py",
    ),
    fault(
        "who is no owner any more hands the shop over",
        "domain.usecases.hand_over:take_over",
        "not offer.is_pending(tx.now) or not giver.is_active or giver.role is not Role.OWNER",
        "not offer.is_pending(tx.now) or not giver.is_active",
        "tests/domain/test_handing_over.py",
    ),
    fault(
        "nobody hears of a manager whom a manager has invited",
        "domain.usecases.claim_invite:_use",
        "staff.role is Role.MANAGER and invite.given_by is not None",
        "False",
        "tests/domain/test_setting_staff.py",
    ),
    fault(
        "nobody hears of a manager whom a manager has made one",
        "domain.usecases.set_staff:set_member",
        "changed.role is Role.MANAGER",
        "False",
        "tests/domain/test_setting_staff.py",
    ),
    fault(
        "an invitation outlives the right of who made it",
        "domain.usecases.remove_staff:end_invitations",
        "not may_look_after(giver, invited.role)",
        "False",
        "tests/domain/test_removing_staff.py",
    ),
    fault(
        "who has handed a shop over keeps an invitation of an owner",
        "domain.usecases.hand_over:take_over",
        "end_invitations(tx, giver)",
        "None",
        "tests/domain/test_handing_over.py",
    ),
    fault(
        "an offer of the shop outlives the one that was accepted",
        "domain.usecases.set_up:withdraw_offers",
        "member.staff_id in (each.given_by, each.staff_id)",
        "False",
        "tests/domain/test_handing_over.py",
    ),
    fault(
        "an owner is made without their consent",
        "domain.usecases.set_staff:set_member",
        "change.role is Role.OWNER",
        "False",
        "tests/domain/test_setting_staff.py",
    ),
)

_CLOSURES = (
    fault(
        "a warning goes out on a closed day",
        "domain.rules.expiry_warnings:judge",
        "reopens_at is not None",
        "False",
        *_CLOSURE_TESTS,
    ),
    fault(
        "a warning is late from the start, for its two weeks count closed days",
        "domain.rules.expiry_warnings:_warn_in_time",
        "calendar.earlier(period.expires_at, period.notice)",
        "period.expires_at - period.notice",
        *_CLOSURE_TESTS,
    ),
    fault(
        "days that close twice are counted twice",
        "domain.rules.closures:_apart",
        "days and each.first <= days[-1].last + _DAY",
        "False",
        *_CLOSURE_TESTS,
    ),
    fault(
        "closed days that the shift brings in are not counted",
        "domain.rules.closures:Calendar.end_of",
        "last += max(closed.last - first + _DAY, timedelta(0))",
        "last += max(min(closed.last, last) - first + _DAY, timedelta(0))",
        *_CLOSURE_TESTS,
    ),
    fault(
        "a closure that is taken back makes dates come sooner",
        "domain.rules.closures:Calendar.closed_since",
        "each.withdrawn_at is None or begun_at <= each.withdrawn_at",
        "each.withdrawn_at is None",
        *_CLOSURE_TESTS,
    ),
    fault(
        "another visit takes the days away that were taken back",
        "domain.rules.expiry:_inactive_after",
        "visits if calendar.closures else [max(visits)]",
        "[max(visits)]",
        *_CLOSURE_TESTS,
    ),
    fault(
        "what is earned later is over sooner",
        "domain.rules.expiry:_ends_of",
        "accumulate(ends, max)",
        "ends",
        *_CLOSURE_TESTS,
    ),
    fault(
        "a store's closure moves the cards of another",
        "domain.merchant:Closure.holds_for",
        "self.store_id in (None, store_id)",
        "True",
        *_CLOSURE_TESTS,
    ),
    fault(
        "a warning says nothing of the closed days",
        "domain.usecases.expire_balances:_warn",
        "calendar.closed_between(local_date(tx.now, calendar.timezone), last_day)",
        "()",
        *_CLOSURE_TESTS,
    ),
    fault(
        "the old dates of a closure that is changed are forgotten",
        "domain.usecases.keep_closures:_is_in",
        "is_of_it and each.withdrawn_at is not None and entered.first <= each.first <= each.last <= entered.last",
        "is_of_it and each.withdrawn_at is not None",
        *_CLOSURE_TESTS,
    ),
    fault(
        "a stamp on a holiday is nothing odd",
        "domain.rules.flags:_odd_hours.is_odd",
        """
        if all(
            is_closed(merchant, act.store_id, opened_on(said.get(act.store_id), at + by))
            for by in (-LATE, timedelta(0))
        ):
            return True
        """,
        "",
        "tests/domain/test_flags.py",
    ),
)

_MERGING = (
    fault(
        "the stamps of the card that is closed are lost",
        "domain.usecases.merge_cards:_together",
        "kept.plus(unit, other.balance(unit))",
        "kept.plus(unit, other.balance(unit) if unit is Unit.POINTS else 0)",
        "tests/domain/test_merging_cards.py",
    ),
    fault(
        "what comes from a merged card expires as if it were new",
        "domain.rules.lots:Lots.absorb",
        "sorted([*self._in_order, *other._in_order], key=lambda lot: lot.since)",
        """
            [
                Lot(lot.entry_id, max(each.since for each in (*self.all, *other.all)), lot.left)
                for lot in (*self.all, *other.all)
            ]
        """,
        "tests/domain/test_merging_cards.py",
    ),
    fault(
        "two cards make room for twice as many stamps a day",
        "domain.usecases.merge_cards:_carry_out",
        "recount_today(together, entries)",
        "together",
        "tests/domain/test_merging_cards.py",
    ),
    fault(
        "a card is merged a second time",
        "domain.usecases.merge_cards:_check_pair",
        "check_not_merged(tx, each.card)",
        "None",
        "tests/domain/test_merging_cards.py",
    ),
    fault(
        "cards of two programs are merged",
        "domain.usecases.merge_cards:_check_pair",
        "into.card.program_id != other.card.program_id",
        "False",
        "tests/domain/test_merging_cards.py",
    ),
    fault(
        "a manager merges a card into their own",
        "domain.usecases.merge_cards:_admitted",
        "other.customer.account in (at.staff.account, asked.actor.account)",
        "False",
        "tests/domain/test_merging_cards.py",
    ),
    fault(
        "the card of another merchant is merged",
        "storage.customers:_SELECT_CARD",
        "has(_cards, 'merchant_id')",
        "_cards.c.merchant_id == _cards.c.merchant_id",
        "tests/domain/test_merging_cards.py",
    ),
    fault(
        "a void of what was on a merged card finds it standing for ever",
        "domain.rules.history:_standing",
        "_join(standing, left[entry.related_entry_id], entry.card_id, order)",
        "None",
        "tests/domain/test_merging_cards.py",
    ),
    fault(
        "the picture of a merged card opens the other for ever",
        "domain.usecases.my_cards:change_code",
        "(card.card_id, *tx.retire_merged_codes(card))",
        "(card.card_id,)",
        "tests/domain/test_merging_cards.py",
    ),
    fault(
        "a reward that was begun on a merged card is forgotten",
        "domain.rules.held:_begun",
        "max(-(-left // cards.target), cards.promised)",
        "-(-left // cards.target)",
        "tests/domain/test_merging_cards.py",
    ),
    fault(
        "what was said of what expires is said again after a merge",
        "domain.usecases.merge_cards:_close",
        "_carry_warnings(tx, other.card, into.card)",
        "None",
        "tests/domain/test_merging_cards.py",
    ),
)

FAULTS = (
    *_ONCE,
    *_MERGING,
    *_STAMPS,
    *_HELD,
    *_VOIDS,
    *_COUNTER,
    *_PINS,
    *_MESSAGES,
    *_LINKS,
    *_INVARIANTS,
    *_REWARDS,
    *_EXPIRY,
    *_POINTS,
    *_SUMMARIES,
    *_FIELDS,
    *_KINDS,
    *_TEAM,
    *_CLOSURES,
    fault(
        "a poster of one program leads to the first",
        "domain.usecases.join_store:_program_to_join",
        "wanted in (None, program.program_id)",
        "True",
        "tests/domain/test_programs.py",
    ),
    fault(
        "who has a blocked card begins anew with another",
        "domain.usecases.join_store:_joined",
        "not all(card.active for card, _ in cards)",
        "False",
        "tests/domain/test_programs.py",
    ),
    fault(
        "a paused program is resumed beside as many as may run",
        "domain.usecases.change_fields:change_fields",
        "check_beside(wanted, shop.programs)",
        "",
        "tests/domain/test_programs.py",
    ),
    fault(
        "whatever is taken back reads all that the card has lived",
        "domain.usecases.looking_back:looked_back",
        "may_expire(card, program)",
        "card.entry_count",
        "tests/storage/test_rows_read.py",
    ),
    fault(
        "a day begins where the look back ends",
        "domain.rules.voids:_knows_the_day",
        "bool(days) and min(days) < days[-1]",
        "bool(days)",
        "tests/domain/test_looking_back.py",
    ),
    fault(
        "a redemption gives nothing back to awards from before the look back",
        "domain.rules.voids:is_enough",
        "all(entry_id != EARLIER for entry_id, _ in returning)",
        "True",
        "tests/domain/test_looking_back.py",
    ),
    fault(
        "a reward that was redeemed is announced for good",
        "domain.usecases.posting:post",
        "end_notices(tx, at, card, entry)",
        "",
        "tests/domain/test_notices.py",
    ),
    fault(
        "a notice is struck out while another reward of its name is ready",
        "domain.usecases.notices:_is_ready",
        "progress(card, program).rewards_available > 0",
        "False",
        "tests/domain/test_notices.py",
    ),
    fault(
        "a notice is struck out again by each redemption",
        "domain.usecases.notices:_standing",
        "message.message_id not in over",
        "True",
        "tests/domain/test_notices.py",
    ),
)
