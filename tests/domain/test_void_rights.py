"""Who may take what back, and for how long."""

from typing import Any

import pytest

from domain.acts import Asked, LookUp
from domain.ids import EntryId
from domain.refusals import (
    EntryAlreadyVoided,
    NotAllowed,
    NothingToVoid,
    Refusal,
    UndoTooLate,
    VoidingSwitchedOff,
    VoidReasonMissing,
    VoidTooLate,
)
from domain.staff import Actor, Role
from domain.usecases.look_up_card import look_up_card
from tests.support.clock import Clock
from tests.support.shop import Town, count_of

REASON = "wrong customer"


def entry_or_undo(entry_id: EntryId) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a void says of an entry of the list, and of one on whose confirmation the button stands."""
    return {"entry": entry_id}, {"entry": entry_id, "is_undo": True}


@pytest.mark.parametrize(
    ("voider", "seconds_later", "note", "refusal"),
    [
        pytest.param("stamper", 0, None, None, id="own, at once"),
        pytest.param("stamper", 900, None, None, id="own, at 15 minutes"),
        pytest.param("stamper", 901, None, VoidTooLate, id="own, a second later"),
        pytest.param("stamper", 901, REASON, VoidTooLate, id="own, a second later, whatever the reason"),
        pytest.param("colleague", 0, None, NotAllowed, id="a colleague's"),
        pytest.param("colleague", 0, REASON, NotAllowed, id="a colleague's, whatever the reason"),
        pytest.param("manager", 0, None, VoidReasonMissing, id="a manager without a reason"),
        pytest.param("manager", 0, "", VoidReasonMissing, id="a manager with an empty reason"),
        pytest.param("manager", 0, REASON, None, id="a manager with a reason"),
        pytest.param("manager", 90 * 86_400, REASON, None, id="a manager, three months later"),
        pytest.param("owner", 90 * 86_400, REASON, None, id="the owner, three months later"),
        pytest.param("stamper", -86_400, None, None, id="own, after the clock went back"),
    ],
)
@pytest.mark.parametrize("target", ["entry", "number"])
def test_staff_void_their_own_for_15_minutes_and_managers_any_with_a_reason(
    town: Town,
    clock: Clock,
    target: str,
    voider: str,
    seconds_later: int,
    note: str | None,
    refusal: type[Refusal] | None,
) -> None:
    shop = town.opens_shop()
    team = {
        "stamper": shop.hires("Anna"),
        "colleague": shop.hires("Bob"),
        "manager": shop.hires("Mia", Role.MANAGER),
        "owner": shop.owner,
    }
    lea = shop.gives_card()
    entry_id = shop.stamps(team["stamper"], lea).entry.entry_id
    clock.passes(seconds=seconds_later)
    named: dict[str, Any] = {"entry": entry_id} if target == "entry" else {"count": 1}
    if refusal is None:
        voided = shop.voids(team[voider], lea, **named, reason=note)
        entry = shop.entries(lea)[-1]
        assert (voided.card.stamp_count, entry.staff_id, entry.note) == (0, team[voider].staff_id, note)
    else:
        with pytest.raises(refusal):
            shop.voids(team[voider], lea, **named, reason=note)
        assert shop.card(lea).stamp_count == 1


@pytest.mark.parametrize(
    ("seconds_later", "accepted"),
    [(0, True), (60, True), (61, False), (900, False), (-60, True)],
)
def test_undo_works_for_60_seconds(town: Town, clock: Clock, seconds_later: int, accepted: bool) -> None:
    shop = town.opens_shop()
    anna, lea = shop.hires("Anna"), shop.gives_card()
    entry_id = shop.stamps(anna, lea).entry.entry_id
    clock.passes(seconds=seconds_later)
    if accepted:
        assert shop.undoes(anna, lea, entry_id).card.stamp_count == 0
    else:
        with pytest.raises(UndoTooLate):
            shop.undoes(anna, lea, entry_id)


@pytest.mark.parametrize("role", [Role.STAFF, Role.MANAGER])
def test_undo_button_is_only_the_stampers(town: Town, role: Role) -> None:
    shop = town.opens_shop()
    anna, other, lea = shop.hires("Anna"), shop.hires("Other", role), shop.gives_card()
    entry_id = shop.stamps(anna, lea).entry.entry_id
    with pytest.raises(NotAllowed):
        shop.undoes(other, lea, entry_id, reason=REASON)


def test_undo_needs_no_pin_and_every_other_void_does(town: Town, clock: Clock) -> None:
    shop = town.opens_shop(require_staff_pin=True, pin_window_minutes=0)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    shop.chooses_pin(anna)
    first = shop.stamps(anna, lea, pin_typed=True).entry.entry_id
    second = shop.stamps(anna, lea, pin_typed=True).entry.entry_id
    assert count_of(shop.undoes(anna, lea, second)) == 1
    with pytest.raises(Refusal) as refused:
        shop.voids(anna, lea, entry=first)
    assert refused.value.code == "pin_required"
    assert count_of(shop.voids(anna, lea, entry=first, pin_typed=True)) == 1


def test_undo_takes_exactly_the_entry_on_whose_confirmation_it_stands(town: Town) -> None:
    shop = town.opens_shop()
    anna, lea = shop.hires("Anna"), shop.gives_card()
    first = shop.stamps(anna, lea, 3).entry.entry_id
    shop.stamps(anna, lea)
    shop.undoes(anna, lea, first)
    assert shop.card(lea).stamp_count == 1
    assert shop.entries(lea)[-1].related_entry_id == first


def test_second_void_of_the_same_entry_is_refused(town: Town) -> None:
    shop = town.opens_shop()
    anna, lea = shop.hires("Anna"), shop.gives_card()
    shop.stamps(anna, lea, 3)
    entry_id = shop.stamps(anna, lea).entry.entry_id
    shop.voids(anna, lea, entry=entry_id)
    for target in entry_or_undo(entry_id):
        with pytest.raises(EntryAlreadyVoided):
            shop.voids(anna, lea, **target)
    with pytest.raises(EntryAlreadyVoided):
        shop.voids(shop.owner, lea, entry=entry_id, reason=REASON)
    assert shop.card(lea).stamp_count == 3


def test_merchant_who_switched_voiding_off_gets_no_voids_and_no_undo(town: Town) -> None:
    shop = town.opens_shop(allow_void=False)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    stamped = shop.stamps(anna, lea)
    assert not stamped.may_undo
    for target in (*entry_or_undo(stamped.entry.entry_id), {}, {"count": 1}):
        with pytest.raises(VoidingSwitchedOff):
            shop.voids(anna, lea, **target)
    query = Asked(act=LookUp(card=lea.card), actor=anna)
    assert town.database.read(look_up_card, query).voidable == ()


@pytest.mark.parametrize("voider", ["staff", "owner"])
def test_nothing_to_void_on_a_new_card(town: Town, voider: str) -> None:
    shop = town.opens_shop()
    actor = shop.hires("Anna") if voider == "staff" else shop.owner
    lea = shop.gives_card()
    for target in ({}, {"count": 1}, *entry_or_undo(EntryId("none"))):
        with pytest.raises(NothingToVoid):
            shop.voids(actor, lea, **target, reason=REASON)


def test_entry_of_another_card_is_nothing_to_void(town: Town) -> None:
    shop = town.opens_shop()
    anna, lea, marc = shop.hires("Anna"), shop.gives_card("Léa"), shop.gives_card("Marc")
    entry_id = shop.stamps(anna, marc).entry.entry_id
    shop.stamps(anna, lea)
    for target in entry_or_undo(entry_id):
        with pytest.raises(NothingToVoid):
            shop.voids(anna, lea, **target)


def test_void_cannot_be_voided(town: Town) -> None:
    shop = town.opens_shop()
    anna, lea = shop.hires("Anna"), shop.gives_card()
    void_id = shop.undoes(anna, lea, shop.stamps(anna, lea).entry.entry_id).entry.entry_id
    for target in entry_or_undo(void_id):
        with pytest.raises(NothingToVoid):
            shop.voids(anna, lea, **target)


def test_newest_act_is_the_newest_that_this_member_may_take_back(town: Town, clock: Clock) -> None:
    shop = town.opens_shop()
    anna, bob, lea = shop.hires("Anna"), shop.hires("Bob"), shop.gives_card()
    annas = shop.stamps(anna, lea, 2).entry.entry_id
    shop.stamps(bob, lea, 3)
    shop.voids(anna, lea)
    assert shop.entries(lea)[-1].related_entry_id == annas
    with pytest.raises(NothingToVoid):
        shop.voids(anna, lea)
    with pytest.raises(VoidReasonMissing):
        shop.voids(shop.owner, lea)
    assert count_of(shop.voids(shop.owner, lea, reason=REASON)) == 3


def test_newest_act_of_who_waited_too_long_is_nothing(town: Town, clock: Clock) -> None:
    shop = town.opens_shop()
    anna, lea = shop.hires("Anna"), shop.gives_card()
    shop.stamps(anna, lea)
    clock.passes(minutes=15, seconds=1)
    with pytest.raises(NothingToVoid):
        shop.voids(anna, lea)


def test_what_is_offered_for_voiding_is_what_may_be_voided(town: Town, clock: Clock) -> None:
    shop = town.opens_shop(stamps_target=2)
    anna, bob, lea = shop.hires("Anna"), shop.hires("Bob"), shop.gives_card()
    old = shop.stamps(anna, lea).entry.entry_id
    clock.passes(minutes=16)
    bobs = shop.stamps(bob, lea).entry.entry_id
    gone = shop.stamps(anna, lea).entry.entry_id
    shop.voids(anna, lea, entry=gone)
    annas = shop.stamps(anna, lea).entry.entry_id
    redeemed = shop.redeems(anna, lea).entry.entry_id

    def offered(actor: Actor) -> list[tuple[EntryId, bool]]:
        query = Asked(act=LookUp(card=lea.card), actor=actor)
        found = town.database.read(look_up_card, query).voidable
        return [(one.entry.entry_id, one.needs_reason) for one in found]

    assert offered(anna) == [(redeemed, False), (annas, False)]
    assert offered(bob) == [(bobs, False)]
    assert offered(shop.owner) == [(redeemed, True), (annas, True), (bobs, True), (old, True)]
