"""Faults in the rules and the use cases."""

from tests.planted.fault import Fault


def fault(says: str, file: str, old: str, new: str, *caught_by: str) -> Fault:
    return Fault(says=says, file=f"domain/{file}", old=old, new=new, caught_by=caught_by or ("tests/domain",))


_ONCE = (
    fault(
        "an operation key has its effect again",
        "usecases/once.py",
        "    if recorded is None:\n        outcome",
        "    if recorded is None or operation.operation_key:\n        outcome",
        "tests/domain/test_operations.py",
    ),
    fault(
        "the fingerprint of an operation is not compared",
        "usecases/once.py",
        "    if recorded != operation.fingerprint:",
        "    if recorded == '':",
        "tests/domain/test_operations.py",
    ),
    fault(
        "the fingerprint of a stamp leaves out the count",
        "usecases/stamp_card.py",
        'f"stamp {self.actor.staff_id} {self.card} {self.count}"',
        'f"stamp {self.actor.staff_id} {self.card}"',
        "tests/domain/test_operations.py",
    ),
    fault(
        "the fingerprint of a void leaves out its target",
        "usecases/void.py",
        'f"void {self.actor.staff_id} {self.card} {self.target}"',
        'f"void {self.actor.staff_id} {self.card}"',
        "tests/domain/test_operations.py",
    ),
)

_STAMPS = (
    fault(
        "one stamp more than the daily limit",
        "rules/stamps.py",
        "stamps_today(card, timezone, now) + count > limit",
        "stamps_today(card, timezone, now) + count > limit + 1",
        "tests/domain/test_daily_limit.py",
    ),
    fault(
        "one stamp fewer than the daily limit",
        "rules/stamps.py",
        "+ count > limit:",
        "+ count >= limit:",
        "tests/domain/test_daily_limit.py",
    ),
    fault(
        "the daily limit is compared before the stamps are added",
        "rules/stamps.py",
        "stamps_today(card, timezone, now) + count > limit:",
        "stamps_today(card, timezone, now) >= limit:",
        "tests/domain/test_daily_limit.py",
    ),
    fault(
        "the cooldown lasts at the very moment it ends",
        "rules/stamps.py",
        "    if until is not None and now < until:\n        raise",
        "    if until is not None and now <= until:\n        raise",
        "tests/domain/test_cooldown.py",
    ),
    fault(
        "the cooldown is not looked at",
        "rules/stamps.py",
        "    if until is not None and now < until:\n        raise",
        "    if until is not None and now < now:\n        raise",
        "tests/domain/test_cooldown.py",
    ),
    fault(
        "yesterday's stamps count today",
        "rules/stamps.py",
        "return card.stamps_today if card.stamp_day == stamping_day(card, timezone, now) else 0",
        "return card.stamps_today",
        "tests/domain/test_daily_limit.py",
    ),
    fault(
        "the local day is that of UTC",
        "rules/days.py",
        "return now.astimezone(ZoneInfo(timezone)).date()",
        "return now.date()",
        "tests/domain/test_daily_limit.py",
    ),
    fault(
        "the local day starts at midnight UTC",
        "rules/days.py",
        "datetime.combine(day, time(), ZoneInfo(timezone)).astimezone(UTC)",
        "datetime.combine(day, time(), UTC)",
        "tests/domain/test_daily_limit.py",
    ),
    fault(
        "nought stamps are a stamp",
        "rules/stamps.py",
        "if not 1 <= count <= STAMPS_PER_ACT_MAX:",
        "if not 0 <= count <= STAMPS_PER_ACT_MAX:",
        "tests/domain/test_refusal_order.py",
    ),
    fault(
        "a redemption takes all stamps",
        "usecases/redeem_reward.py",
        "at.card.plus(Unit.STAMPS, -need)",
        "at.card.plus(Unit.STAMPS, -at.card.stamp_count)",
        "tests/domain/test_operations.py",
    ),
    fault(
        "a full card is one stamp short",
        "usecases/redeem_reward.py",
        "if at.card.stamp_count < need:",
        "if at.card.stamp_count <= need:",
        "tests/domain/test_cooldown.py",
    ),
    fault(
        "a reward is handed out one stamp early",
        "usecases/redeem_reward.py",
        "if at.card.stamp_count < need:",
        "if at.card.stamp_count < need - 1:",
        "tests/domain/test_refusal_order.py",
    ),
)

_VOIDS = (
    fault(
        "an entry is voided twice",
        "rules/voids.py",
        "    if not count:\n        raise EntryAlreadyVoided\n",
        "",
        "tests/domain/test_refusal_order.py",
    ),
    fault(
        "a redemption is voided twice",
        "rules/history.py",
        "0 if entry.entry_id in voided else abs(entry.delta(entry.unit))",
        "abs(entry.delta(entry.unit))",
        "tests/domain/test_void_effects.py",
    ),
    fault(
        "a void takes more than there is",
        "rules/voids.py",
        "taken = min(void.count, card.balance(void.unit))",
        "taken = void.count",
        "tests/domain/test_daily_limit.py",
    ),
    fault(
        "a voided stamp counts for the daily limit and the cooldown",
        "usecases/void.py",
        "recount_today(card, [*entries, entry])",
        "card",
        "tests/domain/test_cooldown.py",
    ),
    fault(
        "a recount of today counts all days",
        "rules/voids.py",
        "for e in earned if e.local_date == newest.local_date)",
        "for e in earned)",
        "tests/domain/test_invariants.py",
    ),
    fault(
        "a number of stamps takes the oldest first",
        "rules/history.py",
        "for entry_id in reversed(list(standing)):",
        "for entry_id in list(standing):",
        "tests/domain/test_store_today.py",
    ),
    fault(
        "the void bears the original member of staff",
        "usecases/posting.py",
        "        staff_id=at.staff.staff_id,\n        kind=kind,",
        "        staff_id=related.staff_id if related else at.staff.staff_id,\n        kind=kind,",
        "tests/domain/test_void_effects.py",
    ),
    fault(
        "staff may void the acts of others",
        "rules/voids.py",
        "        raise VoidTooLate(minutes=int(OWN_VOID_WINDOW.total_seconds()) // 60)\n    raise NotAllowed",
        "        raise VoidTooLate(minutes=int(OWN_VOID_WINDOW.total_seconds()) // 60)",
        "tests/domain/test_void_effects.py",
    ),
    fault(
        "staff may void their own acts for ever",
        "rules/voids.py",
        "return entry.staff_id == staff_id and now - entry.occurred_at <= OWN_VOID_WINDOW",
        "return entry.staff_id == staff_id",
        "tests/domain/test_refusal_order.py",
    ),
    fault(
        "the window for one's own acts closes at its last moment",
        "rules/voids.py",
        "now - entry.occurred_at <= OWN_VOID_WINDOW",
        "now - entry.occurred_at < OWN_VOID_WINDOW",
        "tests/domain/test_void_rights.py",
    ),
    fault(
        "undo works for ever",
        "rules/voids.py",
        "    if now - entry.occurred_at > UNDO_WINDOW:\n        raise UndoTooLate",
        "    if now - entry.occurred_at > OWN_VOID_WINDOW:\n        raise UndoTooLate",
        "tests/domain/test_void_rights.py",
    ),
    fault(
        "anybody may undo",
        "rules/voids.py",
        "    if entry.staff_id != staff.staff_id:\n        raise NotAllowed\n    if now",
        "    if now",
        "tests/domain/test_void_rights.py",
    ),
    fault(
        "a manager needs no reason",
        "rules/voids.py",
        "        if not reason:\n            raise VoidReasonMissing\n        return",
        "        return",
        "tests/domain/test_void_rights.py",
    ),
    fault(
        "the switch that forbids voiding is not looked at",
        "usecases/void.py",
        "    if not at.merchant.allow_void:\n        raise VoidingSwitchedOff\n",
        "",
        "tests/domain/test_refusal_order.py",
    ),
    fault(
        "nobody hears of stamps that were already spent",
        "usecases/void.py",
        "    if shortfall and void.kind",
        "    if shortfall < 0 and void.kind",
        "tests/domain/test_void_effects.py",
    ),
)

_COUNTER = (
    fault(
        "staff may stamp their own card",
        "rules/counter.py",
        "if customer.account in (staff.account, actor.account):",
        "if customer.account is None:",
        "tests/domain/test_proving_pins.py",
    ),
    fault(
        "at a shared phone one may stamp one's own card",
        "rules/counter.py",
        "if customer.account in (staff.account, actor.account):",
        "if customer.account == actor.account:",
        "tests/domain/test_rights.py",
    ),
    fault(
        "the role is not looked at",
        "rules/counter.py",
        "    if not may(staff.role, act):\n        raise NotAllowed\n",
        "",
        "tests/domain/test_rights.py",
    ),
    fault(
        "who was removed may go on",
        "rules/counter.py",
        "if not (staff.is_active and device.is_active and",
        "if not (device.is_active and",
        "tests/domain/test_rights.py",
    ),
    fault(
        "a closed store may stamp",
        "rules/counter.py",
        "store.active and _is_here",
        "_is_here",
        "tests/domain/test_rights.py",
    ),
    fault(
        "staff act at stores they do not work at",
        "rules/counter.py",
        "return counter.staff_works_here and (at_own_account or at_terminal)",
        "return at_own_account or at_terminal",
        "tests/domain/test_rights.py",
    ),
    fault(
        "one acts under a colleague's name",
        "rules/counter.py",
        "return counter.staff_works_here and (at_own_account or at_terminal)",
        "return counter.staff_works_here",
        "tests/domain/test_rights.py",
    ),
    fault(
        "an inactive card is stamped",
        "rules/counter.py",
        "    if not card.active:\n        raise CardInactive\n",
        "",
        "tests/domain/test_refusal_order.py",
    ),
    fault(
        "a switched-off program is stamped",
        "rules/counter.py",
        "    if not program.active:\n        raise ProgramInactive\n",
        "",
        "tests/domain/test_refusal_order.py",
    ),
    fault(
        "whose card it is comes before whether it is active",
        "rules/counter.py",
        "    if not card.active:\n        raise CardInactive\n",
        "    if customer.account in (staff.account, actor.account):\n        raise OwnCardRefused\n"
        "    if not card.active:\n        raise CardInactive\n",
        "tests/domain/test_refusal_order.py",
    ),
    fault(
        "the PIN is not asked for",
        "rules/counter.py",
        "    pins.check_not_locked(staff.pin, now)\n    raise PinRequired",
        "    pins.check_not_locked(staff.pin, now)",
        "tests/domain/test_proving_pins.py",
    ),
    fault(
        "a shared phone without a PIN where the program wants none",
        "rules/counter.py",
        "if not (program.require_staff_pin or at_terminal):",
        "if not program.require_staff_pin:",
        "tests/domain/test_proving_pins.py",
    ),
)

_PINS = (
    fault(
        "an attempt is counted after it is judged",
        "usecases/prove_pin.py",
        "    tx.save_pin(staff, counted)\n",
        "",
        "tests/domain/test_proving_pins.py",
    ),
    fault(
        "six wrong tries before the lock",
        "rules/pins.py",
        "FAILURES_PER_LOCK = 5",
        "FAILURES_PER_LOCK = 6",
        "tests/domain/test_pins.py",
    ),
    fault(
        "a lock that never gets longer",
        "rules/pins.py",
        "return now + FIRST_LOCK * (1 << (locks - 1))",
        "return now + FIRST_LOCK",
        "tests/domain/test_pins.py",
    ),
    fault(
        "a lock is not looked at",
        "rules/pins.py",
        "if pin.locked_until is not None and now < pin.locked_until:",
        "if pin.locked_until is not None and now < now:",
        "tests/domain/test_pins.py",
    ),
    fault(
        "the twentieth wrong try does not block",
        "rules/pins.py",
        "return pin.failures >= FAILURES_UNTIL_BLOCKED",
        "return pin.failures > FAILURES_UNTIL_BLOCKED",
        "tests/domain/test_pins.py",
    ),
    fault(
        "the PIN window never closes",
        "rules/pins.py",
        "return verified_at is not None and now < verified_at + timedelta(minutes=pin_window_minutes)",
        "return verified_at is not None",
        "tests/domain/test_pins.py",
    ),
    fault(
        "the PIN window is open at the moment it ends",
        "rules/pins.py",
        "now < verified_at + timedelta(minutes=pin_window_minutes)",
        "now <= verified_at + timedelta(minutes=pin_window_minutes)",
        "tests/domain/test_pins.py",
    ),
    fault(
        "a right PIN leaves the wrong tries",
        "rules/pins.py",
        "return replace(pin, failures=0, locked_until=None)",
        "return replace(pin, locked_until=None)",
        "tests/domain/test_pins.py",
    ),
    fault(
        "a try begun before a new PIN proves it",
        "usecases/prove_pin.py",
        "    if staff.pin.generation != command.generation:\n        raise NotAllowed\n",
        "",
        "tests/domain/test_proving_pins.py",
    ),
    fault(
        "a PIN that is there is replaced without being known",
        "usecases/prove_pin.py",
        "    if staff.pin.hash is not None:\n        raise NotAllowed\n",
        "",
        "tests/domain/test_proving_pins.py",
    ),
    fault(
        "a PIN is proved on anybody's phone",
        "usecases/prove_pin.py",
        "    if device.staff_id != staff.staff_id and device.role is not Role.TERMINAL:\n"
        "        raise NotAllowed\n",
        "",
        "tests/domain/test_proving_pins.py",
    ),
    fault(
        "anybody may reset a PIN",
        "usecases/reset_pin.py",
        "not manager.is_active or not may(manager.role, Act.RESET_PIN)",
        "not manager.is_active",
        "tests/domain/test_invites.py",
    ),
    fault(
        "a key that comes twice counts twice",
        "plumbing/people.py",
        "    if dialogue.last_update_id is not None and command.update_id <= dialogue.last_update_id:\n"
        "        return dialogue\n",
        "",
        "tests/domain/test_dialogues.py",
    ),
    fault(
        "a question never lapses",
        "plumbing/people.py",
        " or tx.now >= dialogue.expires_at:\n        raise DialogueOver",
        ":\n        raise DialogueOver",
        "tests/domain/test_dialogues.py",
    ),
)

_MESSAGES = (
    fault(
        "reward ready on every stamp",
        "usecases/posting.py",
        "if rewards_gained(at, card) > 0:",
        "if rewards_available(card.stamp_count, at.program.stamps_target) > 0:",
        "tests/domain/test_rewards.py",
    ),
    fault(
        "a receipt is not sent",
        "usecases/posting.py",
        "    _send_receipt(tx, at, entry)\n",
        "",
        "tests/domain/test_invariants.py",
    ),
    fault(
        "a message that had to wait has failed once more",
        "plumbing/outbox.py",
        "attempts=delivery.attempts, error",
        "attempts=delivery.attempts + 1, error",
        "tests/domain/test_outbox.py",
    ),
    fault(
        "a permanent failure is tried again",
        "plumbing/outbox.py",
        "if isinstance(outcome, Later) and attempts < TRIES_MAX:",
        "if attempts < TRIES_MAX:",
        "tests/domain/test_outbox.py",
    ),
    fault(
        "a message is never given up",
        "plumbing/outbox.py",
        "if isinstance(outcome, Later) and attempts < TRIES_MAX:",
        "if isinstance(outcome, Later):",
        "tests/domain/test_outbox.py",
    ),
    fault(
        "a message is given up for its age",
        "plumbing/outbox.py",
        "if isinstance(outcome, Later) and attempts < TRIES_MAX:",
        "message = tx.message(delivery.merchant_id, delivery.message_id)\n"
        "    if isinstance(outcome, Later) and tx.now - message.created_at < timedelta(days=1):",
        "tests/domain/test_outbox.py",
    ),
    fault(
        "what was spent is given back after its award was voided",
        "rules/lots.py",
        "taken - min(taken, self._lots[entry_id].owed)",
        "taken",
    ),
    fault(
        "what has expired is taken again",
        "rules/voids.py",
        "    count -= Lots(entry.unit, entries).lot(entry.entry_id).lapsed\n",
        "",
    ),
    fault(
        "a lot is over on its day, whatever the warning said",
        "rules/expiry.py",
        "return now >= max(expires_at, told_at + WARNING_TIME)",
        "return now >= expires_at",
    ),
    fault(
        "operators do not hear of a message that cannot be read",
        "plumbing/outbox.py",
        "is_unreported=isinstance(outcome, MessageUnreadable)",
        "is_unreported=False",
        "tests/bot/operator/test_alerts.py",
    ),
    fault(
        "the wait between two tries does not grow",
        "plumbing/outbox.py",
        "wait = min(FIRST_RETRY * (1 << (attempts - 1)), LONGEST_RETRY)",
        "wait = FIRST_RETRY",
        "tests/domain/test_outbox.py",
    ),
    fault(
        "anybody may dispute an entry",
        "usecases/open_dispute.py",
        " or found[1].account != command.account:",
        ":",
        "tests/domain/test_disputes.py",
    ),
    fault(
        "an entry is disputed again and again",
        "usecases/open_dispute.py",
        "    if not tx.open_dispute(entry, command.account):\n        raise AlreadyDisputed\n",
        "    tx.open_dispute(entry, command.account)\n",
        "tests/domain/test_disputes.py",
    ),
)

_LINKS = (
    fault(
        "an invite works for everybody",
        "usecases/claim_invite.py",
        "    elif invite.used_by != command.account:\n        raise InviteUsed\n",
        "",
        "tests/domain/test_invites.py",
    ),
    fault(
        "an invite never expires",
        "usecases/claim_invite.py",
        "        if tx.now >= invite.expires_at:\n            raise InviteExpired\n",
        "",
        "tests/domain/test_invites.py",
    ),
    fault(
        "an invite works for who was removed",
        "usecases/claim_invite.py",
        " or staff.status is StaffStatus.REMOVED:",
        ":",
        "tests/domain/test_invites.py",
    ),
    fault(
        "the link to choose a new PIN works on any phone",
        "usecases/claim_invite.py",
        "    if not (is_own or at_terminal):\n        raise LinkUnknown\n",
        "",
        "tests/domain/test_invites.py",
    ),
    fault(
        "a button says at which store one works",
        "usecases/choose_desk.py",
        "    for store in tx.stores_for(staff):\n        if store.store_id == command.store_id:",
        "    for store in tx.stores_of(command.merchant_id):\n        if store.store_id == command.store_id:",
        "tests/domain/test_desks.py",
    ),
    fault(
        "a button says at which merchant one works",
        "usecases/choose_desk.py",
        "    staff = tx.member(command.merchant_id, command.account)\n"
        "    if staff is None or not staff.is_active:\n        raise NotAllowed\n",
        "    staff = tx.member(command.merchant_id, command.account)\n"
        "    if staff is None:\n        raise NotAllowed\n",
        "tests/domain/test_desks.py",
    ),
    fault(
        "anybody sees any card's picture",
        "usecases/my_cards.py",
        " or found[1].account != account:",
        ":",
        "tests/domain/test_joining.py",
    ),
    fault(
        "joining twice makes two cards",
        "usecases/join_store.py",
        "        if terms.program_id == program.program_id:",
        "        if terms.program_id == '':",
        "tests/domain/test_joining.py",
    ),
    fault(
        "the old code of a card works after a new one",
        "usecases/my_cards.py",
        "        tx.forget_routes(card.merchant_id, card.card_id)\n",
        "",
        "tests/domain/test_joining.py",
    ),
    fault(
        "staff print the posters",
        "usecases/see_posters.py",
        "    if not may(member.role, Act.PRINT_POSTER):\n        raise NotAllowed\n",
        "",
        "tests/domain/test_rights.py",
    ),
    fault(
        "the check digit is not checked",
        "rules/card_numbers.py",
        "if not looks_like_card_number(digits) or _check_digit(digits) != 0:",
        "if not looks_like_card_number(digits):",
        "tests/domain/test_card_numbers.py",
    ),
)

_INVARIANTS = (
    fault(
        "verify does not see a second void",
        "invariants.py",
        "        if entry.related_entry_id in voided:",
        "        if entry.related_entry_id == '':",
        "tests/domain/test_invariants.py",
    ),
    fault(
        "verify allows one stamp a day too many",
        "invariants.py",
        "terms.max_daily_stamps is not None and stamps > terms.max_daily_stamps:",
        "terms.max_daily_stamps is not None and stamps > terms.max_daily_stamps + 1:",
        "tests/domain/test_invariants.py",
    ),
    fault(
        "verify does not see a cooldown that was too short",
        "invariants.py",
        "if minutes and apart < minutes * 60:",
        "if minutes and apart < 0:",
        "tests/domain/test_invariants.py",
    ),
    fault(
        "verify does not look at the balance after",
        "invariants.py",
        "        if (entry.stamps_balance_after, entry.points_balance_after) != (stamps, points):",
        "        if entry.entry_no < 0:",
        "tests/domain/test_invariants.py",
    ),
    fault(
        "verify does not miss a message",
        "invariants.py",
        "        if entry.entry_id not in history.notified:",
        "        if entry.entry_no < 0:",
        "tests/domain/test_invariants.py",
    ),
)

_REWARDS = (
    fault(
        "a reward is chosen for whoever does not choose",
        "usecases/redeem_any.py",
        "    if len(possible) > 1:",
        "    if False:",
    ),
    fault(
        "a reward is handed out again for a key that was seen",
        "usecases/redeem_any.py",
        "    if recorded is not None:",
        "    if False:",
    ),
)

_EXPIRY = (
    fault(
        "the expiry of stamps gives points new months",
        "rules/expiry.py",
        "KINDS[entry.kind].is_expiry and entry.unit is lots.unit",
        "KINDS[entry.kind].is_expiry",
    ),
    fault(
        "what was redeemed while its time came may come back",
        "rules/lots.py",
        "                self._expire(entry, taken)\n",
        "                self._not_before(entry.occurred_at)\n",
    ),
    fault(
        "a lot after an expiry begins before it, if the clock went back",
        "rules/lots.py",
        "        self._not_before(expiry.occurred_at)\n",
        "",
    ),
    fault(
        "a redemption that was taken back is a visit",
        "rules/expiry.py",
        "KINDS[entry.kind].is_visit and stands.get(entry.entry_id, True)",
        "KINDS[entry.kind].is_visit",
    ),
    fault(
        "whatever adds to a balance is a visit",
        "rules/expiry.py",
        "(KINDS[entry.kind].is_visit and",
        "((KINDS[entry.kind].is_visit or KINDS[entry.kind].opens_lot) and",
    ),
    fault(
        "a bonus gives everything new months",
        "usecases/posting.py",
        "if kind.is_visit and kind.opens_lot:",
        "if kind.opens_lot and entry.delta(entry.unit) > 0:",
    ),
    fault(
        "a correction of a correction gives a balance new months",
        "rules/lots.py",
        "min(filter(None, (self._begun_at, self.open[0].since)))",
        "self.open[0].since",
    ),
    fault(
        "a bonus after everything was spent has no months of its own",
        "rules/lots.py",
        "        if not self._balance:\n",
        "        if self._begun_at is None:\n",
    ),
    fault(
        "a balance expires on its day, however late the warning came",
        "rules/expiry.py",
        "_at(max(period.expires_at, warned.delivered_at + WARNING_TIME), now)",
        "_at(period.expires_at, now)",
    ),
    fault(
        "a warning goes out on one day only",
        "rules/expiry.py",
        "return Warn() if now >= opens_at else",
        "return Warn() if now - opens_at < LOOK_AGAIN else",
    ),
    fault(
        "nobody is told that more will expire",
        "rules/expiry.py",
        "if warned is None or warned.count < period.count:",
        "if warned is None:",
    ),
    fault(
        "a warning that was given up is not repeated",
        "rules/expiry.py",
        "_warn_in_time(period, now) if warned.given_up else",
        "Wait(now + LOOK_AGAIN) if warned.given_up else",
    ),
    fault(
        "a new policy reaches back",
        "usecases/change_fields.py",
        "tx.now if Reset.EXPIRY_CLOCK in resets else target.expiry_since",
        "target.expiry_since",
    ),
    fault(
        "the warning names a day in whose course the balance expires",
        "rules/days.py",
        "return local_date(instant, timezone) - timedelta(days=1)",
        "return local_date(instant - timedelta(microseconds=1), timezone)",
    ),
    fault(
        "a card whose dates stay the same is not looked at in time",
        "rules/expiry.py",
        "    dates = [at for at in",
        "    if (stamps_at, points_at) == (card.stamps_expire_at, card.points_expire_at):\n"
        "        return card\n    dates = [at for at in",
    ),
)

_POINTS = (
    fault(
        "points are rounded up",
        "rules/points.py",
        "    return amount_minor * program.points_per_unit_milli // _milli_minor(currency)",
        "    return -(-amount_minor * program.points_per_unit_milli // _milli_minor(currency))",
    ),
    fault(
        "every currency has cents",
        "rules/points.py",
        "10 ** minor_digits(currency)",
        "10 ** len('EU')",
    ),
    fault(
        "a reward is handed out at the price of before",
        "rules/points.py",
        " or program.point_rewards[position].cost != cost",
        "",
    ),
    fault(
        "points are redeemed that are not there",
        "usecases/redeem_points.py",
        "    check_enough(have=at.card.points_balance, need=reward.cost)\n",
        "",
    ),
)

_SUMMARIES = (
    fault(
        "a day counts what was taken back",
        "rules/figures.py",
        "return wanted(entry) if kind.is_void else standing[entry.entry_id]",
        "return wanted(entry) if kind.is_void else abs(entry.delta(entry.unit))",
    ),
    fault(
        "a reward that was taken back was handed out",
        "rules/figures.py",
        "int(kind.is_void or standing[entry.entry_id] > 0)",
        "1",
    ),
    fault(
        "a card whose only act was undone was served",
        "rules/figures.py",
        "if act.count and KINDS[act.entry.kind].is_visit",
        "if KINDS[act.entry.kind].is_visit",
    ),
    fault(
        "a void of a number takes stamps of another card",
        "rules/figures.py",
        "        cards[entry.card_id].append(entry)",
        '        cards[CardId("")].append(entry)',
        "tests/domain/test_store_today.py",
    ),
    fault(
        "a store does not know what another took back",
        "usecases/store_today.py",
        "    acts = counted(tx.entries_at(merchant.merchant_id, store.store_id, day))\n",
        "    found = tx.entries_at(merchant.merchant_id, store.store_id, day)\n"
        "    acts = counted([entry for entry in found if entry.store_id == store.store_id])\n",
        "tests/domain/test_store_today.py",
    ),
    fault(
        "a summary begins when its day does",
        "rules/summaries.py",
        "plan.local_date + timedelta(days=1), plan.due_at)",
        "plan.local_date + timedelta(days=1), plan.due_at + timedelta(hours=4))",
    ),
    fault(
        "an outage is told day by day",
        "usecases/summarize.py",
        "        tx.save_summary_plan(following)\n",
        "        tx.save_summary_plan(following)\n        _tell(tx, merchant)\n",
    ),
    fault(
        "what was told is told again",
        "usecases/summarize.py",
        "    tx.summaries_are_told(merchant.merchant_id, [day.local_date for day in days])\n",
        "",
    ),
    fault(
        "a day loses what was folded into it",
        "usecases/see_day.py",
        "summary=told_together(merchant, days)",
        "summary=told_together(merchant, days[-1:])",
    ),
    fault(
        "staff see the day",
        "usecases/see_day.py",
        "not member.is_active or not may(member.role, Act.SEE_SUMMARY)",
        "not member.is_active",
    ),
)

FAULTS = (
    *_ONCE,
    *_STAMPS,
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
)
