"""A PIN is reset by a link for one account, its member is told at once, and may undo it."""

from collections.abc import Iterator

import pytest

from domain.ids import InviteId
from domain.messages import AlertReason, MessageKind, PinReset, StaffAlert
from domain.refusals import (
    AccountUnknown,
    InviteUsed,
    LinkUnknown,
    NoOpenLink,
    NotAllowed,
    OwnPhoneNeeded,
    PinNotSet,
    PinRequired,
    StaffNotFound,
)
from domain.staff import Actor, InvitePurpose, Role, StaffStatus
from domain.usecases.claim_invite import PinTask
from domain.usecases.prove_pin import JudgedPin, begin_attempt, reject_pin
from domain.usecases.reset_pin import ResetPinByOperator, UndoReset, reset_pin_by_operator, undo_reset
from domain.usecases.see_staff import StaffLine, WithdrawLink, list_staff, withdraw_link
from tests.support.clock import Clock
from tests.support.shop import Shop, Town, pin_holder

OLD, NEW = "hash of 2580", "hash of 8642"


@pytest.fixture
def shop(town: Town) -> Shop:
    return town.opens_shop(require_staff_pin=True)


@pytest.fixture
def mia(shop: Shop) -> Actor:
    return shop.hires("Mia", Role.MANAGER)


@pytest.fixture
def anna(shop: Shop) -> Actor:
    anna = shop.hires("Anna")
    shop.chooses_pin(anna, OLD)
    return anna


def undoes(shop: Shop, actor: Actor, invite_id: InviteId) -> None:
    command = UndoReset(account=actor.account, merchant_id=shop.merchant_id, invite_id=invite_id)
    shop.database.write(undo_reset, command)


def by_operator(shop: Shop, actor: Actor) -> InviteId:
    link = shop.town.new_hash()
    command = ResetPinByOperator(merchant_id=shop.merchant_id, staff_id=actor.staff_id, token_hash=link)
    shop.database.write(reset_pin_by_operator, command)
    return shop.invite_behind(link)


def line_of(shop: Shop, name: str) -> StaffLine:
    [line] = [each for each in shop.database.read(list_staff, shop.merchant_id) if each.name == name]
    return line


def people(shop: Shop) -> Iterator[tuple[Role, Actor]]:
    for role in (Role.OWNER, Role.MANAGER, Role.STAFF):
        yield role, shop.hires(f"The {role}", role)


@pytest.mark.parametrize(
    ("manager", "may_reset"),
    [
        (Role.OWNER, {Role.OWNER, Role.MANAGER, Role.STAFF}),
        (Role.MANAGER, {Role.MANAGER, Role.STAFF}),
        (Role.STAFF, set()),
        (Role.TERMINAL, set()),
    ],
)
def test_nobody_resets_the_pin_of_somebody_above(shop: Shop, manager: Role, may_reset: set[Role]) -> None:
    by = shop.hires("Who asks", manager)
    for role, member in people(shop):
        if role in may_reset:
            shop.resets_pin(by, member)
        else:
            with pytest.raises(NotAllowed):
                shop.resets_pin(by, member)


@pytest.mark.parametrize("role", [Role.OWNER, Role.MANAGER])
def test_nobody_resets_their_own_pin(shop: Shop, role: Role) -> None:
    ida = shop.hires("Ida", role)
    with pytest.raises(NotAllowed):
        shop.resets_pin(ida, ida)


def test_alert_offers_a_reset_to_those_who_may(town: Town, shop: Shop, mia: Actor) -> None:
    ida = shop.hires("Ida", Role.OWNER)
    shop.chooses_pin(shop.owner)
    for _ in range(5):
        pin = shop.database.write(begin_attempt, pin_holder(shop.owner))
        judged = JudgedPin(holder=pin_holder(shop.owner), generation=pin.generation)
        shop.database.write(reject_pin, judged)
    told = {m.recipient: m.facts for m in town.messages(MessageKind.STAFF_ALERT)}
    assert told.keys() == {ida.account, mia.account}
    for account, facts in told.items():
        assert isinstance(facts, StaffAlert)
        assert (facts.reason, facts.may_reset) == (AlertReason.PIN_LOCKED, account == ida.account)


def test_reset_link_is_refused_to_every_other_account(
    town: Town, shop: Shop, mia: Actor, anna: Actor
) -> None:
    till, bob = shop.hires("Till", Role.TERMINAL), shop.hires("Bob")
    link = shop.resets_pin(mia, anna)
    for account in (mia.account, bob.account, shop.owner.account, town.somebody()):
        with pytest.raises(LinkUnknown):
            shop.claims(link, account)
    with pytest.raises(OwnPhoneNeeded):
        shop.claims(link, till.account)
    assert shop.staff(anna).pin.hash == OLD
    assert shop.claims(link, anna.account).pin_task is PinTask.MUST_CHOOSE


def test_nobody_chooses_a_pin_at_a_terminal_not_even_after_a_reset(
    shop: Shop, mia: Actor, anna: Actor
) -> None:
    till = shop.hires("Till", Role.TERMINAL)
    at_till = shop.actor(anna.staff_id, till.account)
    shop.types_right_pin(at_till)
    shop.claims(shop.resets_pin(mia, anna), anna.account)
    with pytest.raises(PinNotSet):
        shop.stamps(at_till, shop.gives_card())
    with pytest.raises(NotAllowed):
        shop.chooses_pin(at_till, NEW)
    assert shop.staff(anna).pin.hash is None


def test_whoever_is_reset_is_told_by_whom(town: Town, shop: Shop, mia: Actor, anna: Actor) -> None:
    first = shop.invite_behind(shop.resets_pin(mia, anna))
    second = by_operator(shop, anna)
    told = town.messages(MessageKind.PIN_RESET)
    assert [(InviteId(m.message_id), m.recipient) for m in told] == [
        (first, anna.account),
        (second, anna.account),
    ]
    assert [m.facts for m in told] == [
        PinReset(merchant_name="Café Knätsch", by="Mia"),
        PinReset(merchant_name="Café Knätsch", by=None),
    ]


@pytest.mark.parametrize("opened", ["not opened", "opened", "a new PIN chosen"])
def test_undone_reset_leaves_the_old_pin_and_a_dead_link(
    shop: Shop, mia: Actor, anna: Actor, clock: Clock, opened: str
) -> None:
    link = shop.resets_pin(mia, anna)
    if opened != "not opened":
        shop.claims(link, anna.account)
    if opened == "a new PIN chosen":
        shop.chooses_pin(anna, NEW)
    clock.passes(days=30)
    for _ in range(2):
        undoes(shop, anna, shop.invite_behind(link))
        assert shop.staff(anna).pin.hash == OLD
    with pytest.raises(LinkUnknown):
        shop.claims(link, anna.account)
    shop.types_right_pin(anna)


def test_what_the_new_pin_has_opened_ends_when_the_reset_is_undone(
    shop: Shop, mia: Actor, anna: Actor
) -> None:
    till, lea = shop.hires("Till", Role.TERMINAL), shop.gives_card()
    link = shop.resets_pin(mia, anna)
    shop.claims(link, anna.account)
    shop.chooses_pin(anna, NEW)
    at_till = shop.actor(anna.staff_id, till.account)
    shop.types_right_pin(at_till)
    shop.stamps(at_till, lea)
    undoes(shop, anna, shop.invite_behind(link))
    for place in (at_till, anna):
        with pytest.raises(PinRequired):
            shop.stamps(place, lea)


def test_try_begun_before_the_undo_proves_nothing(shop: Shop, mia: Actor, anna: Actor) -> None:
    link = shop.resets_pin(mia, anna)
    shop.claims(link, anna.account)
    shop.chooses_pin(anna, NEW)
    generation = shop.staff(anna).pin.generation
    undoes(shop, anna, shop.invite_behind(link))
    assert shop.staff(anna).pin.generation > generation


def test_only_the_member_undoes(town: Town, shop: Shop, mia: Actor, anna: Actor) -> None:
    reset = shop.invite_behind(shop.resets_pin(mia, anna))
    joined = shop.invite_behind(shop.invites("Bob"))
    elsewhere = town.opens_shop()
    for who in (mia, shop.owner, elsewhere.owner):
        with pytest.raises(NotAllowed):
            undoes(shop, who, reset)
    for invite_id in (joined, InviteId("none")):
        with pytest.raises(NotAllowed):
            undoes(shop, anna, invite_id)
    assert shop.claims(shop.resets_pin(mia, anna), anna.account).purpose is InvitePurpose.RESET_PIN


def test_newest_link_of_a_member_is_the_only_one_that_works(shop: Shop, mia: Actor, anna: Actor) -> None:
    first, second = shop.resets_pin(mia, anna), shop.resets_pin(shop.owner, anna)
    with pytest.raises(LinkUnknown):
        shop.claims(first, anna.account)
    assert shop.claims(second, anna.account).staff_name == "Anna"


def test_member_without_an_account_is_not_reset_by_a_manager(town: Town, shop: Shop, mia: Actor) -> None:
    """As those who joined at a terminal when that was possible."""
    tom, till = shop.hires("Tom"), shop.hires("Till", Role.TERMINAL)
    shop.chooses_pin(tom, OLD)
    shop.changes_staff(tom, account=None)
    with pytest.raises(AccountUnknown):
        shop.resets_pin(mia, tom)
    assert not line_of(shop, "Tom").has_account
    shop.types_right_pin(shop.actor(tom.staff_id, till.account))
    by_operator(shop, tom)
    assert line_of(shop, "Tom").link is InvitePurpose.JOIN_TEAM
    assert town.messages(MessageKind.PIN_RESET) == []


def test_operators_link_names_the_account_of_a_member_without_one(shop: Shop) -> None:
    tom, account = shop.hires("Tom"), shop.town.somebody()
    shop.chooses_pin(tom, OLD)
    shop.changes_staff(tom, account=None)
    link = shop.town.new_hash()
    command = ResetPinByOperator(merchant_id=shop.merchant_id, staff_id=tom.staff_id, token_hash=link)
    shop.database.write(reset_pin_by_operator, command)
    assert shop.claims(link, account).pin_task is PinTask.MUST_CHOOSE
    assert shop.staff(tom).account == account
    assert shop.staff(tom).pin.hash is None


def test_open_links_are_listed_until_they_are_used_or_over(shop: Shop, anna: Actor, clock: Clock) -> None:
    link = shop.invites("Bob")
    bob = line_of(shop, "Bob")
    assert (bob.link, bob.has_account) == (InvitePurpose.JOIN_TEAM, False)
    assert bob.link_expires_at is not None
    assert (bob.link_expires_at - clock.now).days == 7
    assert (line_of(shop, "Anna").link, line_of(shop, "Anna").has_account) == (None, True)
    shop.resets_pin(shop.owner, anna)
    assert line_of(shop, "Anna").link is InvitePurpose.RESET_PIN
    shop.claims(link, shop.town.somebody())
    assert line_of(shop, "Bob").link is None
    clock.passes(days=7)
    assert line_of(shop, "Anna").link is None


def test_withdrawn_invitation_leads_nowhere_and_the_name_is_off_the_team(shop: Shop) -> None:
    link = shop.invites("Bob")
    command = WithdrawLink(merchant_id=shop.merchant_id, staff_id=line_of(shop, "Bob").staff_id)
    assert shop.database.write(withdraw_link, command).status is StaffStatus.REMOVED
    with pytest.raises(LinkUnknown):
        shop.claims(link, shop.town.somebody())
    assert line_of(shop, "Bob").link is None
    with pytest.raises(StaffNotFound):
        shop.database.write(withdraw_link, command)


def test_withdrawn_reset_leaves_the_member_and_the_pin(shop: Shop, mia: Actor, anna: Actor) -> None:
    link = shop.resets_pin(mia, anna)
    command = WithdrawLink(merchant_id=shop.merchant_id, staff_id=anna.staff_id)
    assert shop.database.write(withdraw_link, command).is_active
    with pytest.raises(LinkUnknown):
        shop.claims(link, anna.account)
    assert shop.staff(anna).pin.hash == OLD
    with pytest.raises(NoOpenLink):
        shop.database.write(withdraw_link, command)


def test_used_link_of_a_member_is_no_open_one(shop: Shop, anna: Actor) -> None:
    link = shop.resets_pin(shop.owner, anna)
    shop.claims(link, anna.account)
    with pytest.raises(InviteUsed):
        shop.claims(link, shop.town.somebody())
    with pytest.raises(NoOpenLink):
        shop.database.write(withdraw_link, WithdrawLink(merchant_id=shop.merchant_id, staff_id=anna.staff_id))
