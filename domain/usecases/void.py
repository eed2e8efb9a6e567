"""Staff take an act back."""

from collections.abc import Sequence
from datetime import datetime

from domain.acts import Asked, TakeBack
from domain.card import Card, Holding
from domain.entry import Entry
from domain.expiry import Due, Unit
from domain.flags import FlagKind, Suspicion
from domain.ids import EntryId
from domain.kinds import EntryKind
from domain.messages import AlertReason, MessageKind, StaffAlert
from domain.ports import Expiries, Posting
from domain.quick import replace
from domain.refusals import VoidingSwitchedOff
from domain.rights import Right
from domain.rules.closures import calendar_of
from domain.rules.counter import Admitted
from domain.rules.earning import taken_back
from domain.rules.expiry import restorable
from domain.rules.held import given_back
from domain.rules.interim import had_too_soon, interim_given_back
from domain.rules.lots import Taken, parts
from domain.rules.voids import Void, decide_void, is_enough, take_from
from domain.usecases.flags import raise_flag
from domain.usecases.looking_back import looked_back
from domain.usecases.once import once
from domain.usecases.posting import Posted, admitted, post
from domain.usecases.referrals import Lacking, take_referrals_back
from domain.usecases.sending import send
from domain.usecases.settle_dispute import settled_by_void


def void_act(*, tx: Posting, command: Asked[TakeBack]) -> Posted:
    """Voids an entry or a number of stamps; the void bears the id of the member who voids.

    Raises OperationKeyReused, all that ``admit`` raises, VoidingSwitchedOff, all that ``decide_void`` raises, and
    what ``post`` raises.
    """
    return once(tx, command, _void)


def _void(tx: Posting, asked: Asked[TakeBack]) -> Posted:
    act = asked.act
    unit = Unit.STAMPS if act.count is not None else None
    at = admitted(tx, asked, Right.VOID_OWN, unit)
    if not at.merchant.allow_void:
        raise VoidingSwitchedOff
    entries, void = void_of(tx, at, act, is_approved=asked.approved_by is not None)
    if void.entry is not None and void.entry.carried(void.unit):
        count, carried = taken_back(void.entry, void.count, at.card, at.program)
        void = replace(void, count=count, carried=carried)
    given = _restorable(tx, at, void, entries)
    card, shortfall = _card_after(at, void, given)
    done = post(
        tx,
        at,
        asked,
        card,
        void.kind,
        entries,
        note=act.reason,
        related_entry_id=void.entry.entry_id if void.entry else None,
        lots=parts(given) if given and void.entry and void.entry.lots is not None else None,
        stamps_shortfall=shortfall if void.unit is Unit.STAMPS else 0,
        points_shortfall=shortfall if void.unit is Unit.POINTS else 0,
    )
    if shortfall and void.kind is not EntryKind.REDEMPTION_VOIDED:
        lacking = Lacking(
            held=_held(at),
            unit=void.unit,
            wanted=void.count,
            taken=void.count - shortfall,
            entry_id=done.entry.entry_id,
        )
        _tell_of_shortfall(tx, at, done.entry, lacking)
    _tell_of_rewards_had(tx, at, done.entry, card)
    done, lacks = take_referrals_back(tx, at, done, entries)
    for lacking in lacks:
        _tell_of_shortfall(tx, at, done.entry, lacking)
    if void.entry is not None:
        approver = tx.staff(at.merchant.merchant_id, asked.approved_by) if asked.approved_by else None
        settled_by_void(tx, at.merchant.name, void.entry, approver or at.staff)
    return done


def _card_after(at: Admitted, void: Void, given: Taken) -> tuple[Card, int]:
    """The card, and what a void could not take, or could not give back."""
    card, shortfall = take_from(at.card, void, sum(count for _, count in given))
    if void.kind is EntryKind.REDEMPTION_VOIDED and void.entry is not None:
        if card != at.card:
            card = given_back(card, void.entry, at.program)
        card = interim_given_back(card, void.entry, at.program)
    return card, shortfall


def void_of(tx: Posting, at: Admitted, act: TakeBack, *, is_approved: bool) -> tuple[Sequence[Entry], Void]:
    """The card's entries as far as they had to be read, and what is to be taken back. Raises what ``decide_void``
    raises."""

    def enough(newest: Sequence[Entry]) -> bool:
        return is_enough(act, newest, at.staff, tx.now, is_approved=is_approved)

    entries = looked_back(tx, at.card, at.program, enough)
    return entries, decide_void(act, entries, at.staff, tx.now, is_approved=is_approved)


def _restorable(tx: Expiries, at: Admitted, void: Void, entries: Sequence[Entry]) -> Taken:
    if void.kind is not EntryKind.REDEMPTION_VOIDED or void.entry is None:
        return []

    def warned_at(expires_at: datetime) -> datetime | None:
        warned = tx.warned(at.card, Due(void.unit), expires_at)
        return warned.delivered_at if warned else None

    calendar = calendar_of(at.merchant, at.customer)
    return restorable(void.entry, entries, at.program, calendar, tx.now, warned_at)


def _held(at: Admitted) -> Holding:
    return Holding(merchant=at.merchant, customer=at.customer, card=at.card, program=at.program)


def _tell_of_shortfall(tx: Posting, at: Admitted, void: Entry, lacking: Lacking) -> None:
    """Stamps or points that a void cannot take were already spent on a reward."""
    card = lacking.held.card
    _flag_shortfall(tx, at, void, card, lacking.entry_id, lacking.wanted - lacking.taken)
    facts = StaffAlert(
        reason=AlertReason.VOID_SHORTFALL,
        staff_id=at.staff.staff_id,
        staff_name=at.staff.name,
        card_number=card.number,
        card_id=card.card_id,
        unit=lacking.unit,
        wanted=lacking.wanted,
        taken=lacking.taken,
    )
    _tell_managers(tx, at, facts)


def _tell_of_rewards_had(tx: Posting, at: Admitted, void: Entry, card: Card) -> None:
    """An interim reward was handed out for stamps that are now taken back. The card gets no other one until it has
    that many stamps again. This may have been intended."""
    rewards = had_too_soon(at.card, card, at.program)
    if void.stamps_delta >= 0 or not rewards:
        return
    _flag_shortfall(tx, at, void, at.card, void.entry_id, rewards.total())
    facts = StaffAlert(
        reason=AlertReason.REWARD_HAD,
        staff_id=at.staff.staff_id,
        staff_name=at.staff.name,
        card_number=at.card.number,
        card_id=at.card.card_id,
        wanted=-void.stamps_delta,
        reward=", ".join(sorted(rewards)),
    )
    _tell_managers(tx, at, facts)


def _flag_shortfall(tx: Posting, at: Admitted, void: Entry, card: Card, about: EntryId, count: int) -> None:
    suspicion = Suspicion(
        kind=FlagKind.SHORTFALL,
        staff_id=at.staff.staff_id,
        about=about,
        period=void.local_date,
        card_id=card.card_id,
        store_id=void.store_id,
        count=count,
        first_at=void.occurred_at,
        last_at=void.occurred_at,
    )
    raise_flag(tx, at.merchant.merchant_id, suspicion)


def _tell_managers(tx: Posting, at: Admitted, facts: StaffAlert) -> None:
    for manager in tx.managers_of(at.merchant.merchant_id):
        send(tx, at.merchant.merchant_id, manager, MessageKind.STAFF_ALERT, facts)
