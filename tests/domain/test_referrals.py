"""Who brings a friend is rewarded with them, once the friend collects, while that stands, and for no ring."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from domain.account import Account
from domain.entry import LotPart
from domain.expiry import Unit
from domain.flags import FlagKind
from domain.ids import CardId, CustomerId
from domain.kinds import EntryKind
from domain.link import LinkKind
from domain.merchant import ProgramKind
from domain.messages import MessageKind, ReferralBonus, ReferralVoided
from domain.refusals import InvitationToTeam, NobodyToInvite, OwnInvitation, PurchaseTooSmall
from domain.rules.referrals import rewards
from domain.staff import Actor, Role
from domain.usecases.bring_friend import (
    GiveInvitation,
    JoinByFriend,
    JoinedByFriend,
    give_invitation,
    join_by_friend,
    my_invitations,
)
from domain.usecases.flags import suspected
from domain.usecases.my_cards import MyCards
from tests.support.clock import Clock
from tests.support.databases import look
from tests.support.nights import gives_bonus
from tests.support.shop import Holder, Shop, Town


@pytest.fixture
def shop(town: Town) -> Shop:
    """3 stamps for who brings a friend, 2 for the friend, two friends a month."""
    return town.opens_shop(referral_bonus=3, referral_welcome=2, referrals_monthly_max=2)


@pytest.fixture
def anna(shop: Shop) -> Actor:
    return shop.hires("Anna")


@pytest.fixture
def lea(shop: Shop) -> Holder:
    return shop.gives_card("Léa")


def customer_id(shop: Shop, holder: Holder) -> CustomerId:
    return shop.found(holder.card)[1].customer_id


def opens(shop: Shop, referrer: Holder, account: Account) -> JoinedByFriend:
    command = JoinByFriend(
        account=account,
        name="A friend",
        merchant_id=shop.merchant_id,
        referrer_id=customer_id(shop, referrer),
        card_id=CardId(shop.database.ids()),
        card_token_hash=shop.town.new_hash(),
        account_hash="",
    )
    return shop.database.write(join_by_friend, command)


def brings(shop: Shop, referrer: Holder, account: Account | None = None) -> Holder:
    account = account or shop.town.somebody()
    state = opens(shop, referrer, account).joined.held.state
    return Holder(
        account=account,
        card_id=state.card_id,
        number=state.card_number,
        token_hash=shop.town.new_hash(),
    )


def stamps(shop: Shop, *holders: Holder) -> list[int]:
    return [shop.card(holder).stamp_count for holder in holders]


def kinds(shop: Shop, holder: Holder) -> list[EntryKind]:
    return [entry.kind for entry in shop.entries(holder)]


def is_sound(shop: Shop) -> bool:
    return not shop.database.violations()


def test_both_are_rewarded_with_the_friends_first_stamp_and_not_before(
    shop: Shop, anna: Actor, lea: Holder
) -> None:
    marc = brings(shop, lea)
    assert stamps(shop, lea, marc) == [0, 0]
    done = shop.stamps(anna, marc)
    assert stamps(shop, lea, marc) == [3, 3]
    assert done.card.stamp_count == 3
    shop.stamps(anna, marc)
    assert stamps(shop, lea, marc) == [3, 4]
    [told] = shop.town.messages(MessageKind.REFERRAL_REWARD)
    assert told.recipient == lea.account
    assert isinstance(told.facts, ReferralBonus)
    assert (told.facts.unit, told.facts.count) == (Unit.STAMPS, 3)
    [welcome] = shop.town.messages(MessageKind.REFERRAL_WELCOME)
    assert welcome.recipient == marc.account
    assert is_sound(shop)


def test_purchase_that_is_too_small_does_not_use_it_up(town: Town) -> None:
    shop = town.opens_shop(
        kind=ProgramKind.POINTS, referral_bonus=30, referral_welcome=20, minimum_purchase_minor=500
    )
    anna, lea = shop.hires("Anna"), shop.gives_card("Léa")
    marc = brings(shop, lea)
    with pytest.raises(PurchaseTooSmall):
        shop.earns(anna, marc, 499)
    assert [shop.card(each).points_balance for each in (lea, marc)] == [0, 0]
    shop.earns(anna, marc, 500)
    assert [shop.card(each).points_balance for each in (lea, marc)] == [30, 25]


def test_act_that_earns_nothing_or_with_too_small_a_purchase_rewards_nobody(town: Town) -> None:
    shop = town.opens_shop(kind=ProgramKind.POINTS, minimum_purchase_minor=500)
    act = shop.earns(shop.hires("Anna"), shop.gives_card(), 500).entry
    program = shop.program()
    assert rewards(act, program)
    assert not rewards(replace(act, amount_minor=499), program)
    assert not rewards(replace(act, points_delta=0), program)
    assert not rewards(replace(act, kind=EntryKind.POINTS_ADJUSTED), program)
    assert not rewards(replace(act, kind=EntryKind.POINTS_REDEEMED, points_delta=-5), program)


def test_what_no_purchase_earned_is_no_first_act(town: Town) -> None:
    shop = town.opens_shop(kind=ProgramKind.POINTS, referral_bonus=30, welcome_bonus=5)
    lea = shop.gives_card("Léa")
    marc = brings(shop, lea)
    shop.adjusts(shop.hires("Mia", Role.MANAGER), marc, 50)
    assert shop.card(lea).points_balance == 5


def test_friend_voids_the_first_stamp(shop: Shop, anna: Actor, lea: Holder) -> None:
    """Both bonuses go with it, and the next stamp brings them again."""
    marc = brings(shop, lea)
    first = shop.stamps(anna, marc)
    done = shop.undoes(anna, marc, first.entry.entry_id)
    assert stamps(shop, lea, marc) == [0, 0]
    assert done.card.stamp_count == 0
    assert kinds(shop, lea) == [EntryKind.REFERRAL_BONUS, EntryKind.REFERRAL_VOIDED]
    told = shop.town.messages(MessageKind.REFERRAL_VOIDED)
    assert {(each.recipient, getattr(each.facts, "is_friend", None)) for each in told} == {
        (lea.account, False),
        (marc.account, True),
    }
    shop.stamps(anna, marc)
    assert stamps(shop, lea, marc) == [3, 3]
    assert is_sound(shop)


def test_void_of_a_number_takes_them_back_with_the_last_of_the_first_stamps(
    shop: Shop, anna: Actor, lea: Holder
) -> None:
    marc = brings(shop, lea)
    shop.stamps(anna, marc, 2)
    shop.voids(anna, marc, count=1)
    assert stamps(shop, lea, marc) == [3, 3]
    shop.voids(anna, marc, count=1)
    assert stamps(shop, lea, marc) == [0, 0]


def test_what_is_spent_of_a_bonus_cannot_be_taken_back_and_managers_hear_of_it(town: Town) -> None:
    shop = town.opens_shop(referral_bonus=3, stamps_target=2)
    anna, mia, lea = shop.hires("Anna"), shop.hires("Mia", Role.MANAGER), shop.gives_card("Léa")
    marc = brings(shop, lea)
    first = shop.stamps(anna, marc)
    shop.redeems(anna, lea)
    shop.voids(mia, marc, entry=first.entry.entry_id, reason="nobody was there")
    assert stamps(shop, lea, marc) == [0, 0]
    assert shop.entries(lea)[-1].stamps_shortfall == 2
    assert {each.recipient for each in shop.town.messages(MessageKind.STAFF_ALERT)} == {
        mia.account,
        shop.owner.account,
    }
    [flag] = look(shop.database, lambda tx: tx.open_flags(shop.merchant_id))
    assert (flag.kind, flag.card_id, flag.count) == (FlagKind.SHORTFALL, lea.card_id, 2)
    assert is_sound(shop)


def test_bonus_on_a_card_that_was_merged_is_taken_from_the_one_that_stands_for_it(
    shop: Shop, anna: Actor, lea: Holder
) -> None:
    mia, other = shop.hires("Mia", Role.MANAGER), shop.gives_card("Léa again")
    marc = brings(shop, lea)
    first = shop.stamps(anna, marc)
    shop.merges(mia, other, lea)
    assert stamps(shop, other) == [3]
    shop.voids(mia, marc, entry=first.entry.entry_id, reason="a slip")
    assert stamps(shop, other, marc) == [0, 0]
    assert is_sound(shop)


def test_what_is_taken_back_beside_a_bonus_with_an_end_is_the_friends(
    shop: Shop, anna: Actor, lea: Holder
) -> None:
    marc = brings(shop, lea)
    first = shop.stamps(anna, marc)
    gives_bonus(shop, lea, Unit.STAMPS, 4, 20)
    shop.undoes(anna, marc, first.entry.entry_id)
    assert stamps(shop, lea) == [4]
    bonus, _, void = shop.entries(lea)
    assert void.lots == (LotPart(entry_id=bonus.entry_id, count=3),)
    assert is_sound(shop)


def test_nobody_brings_themselves(shop: Shop, anna: Actor, lea: Holder) -> None:
    with pytest.raises(OwnInvitation):
        opens(shop, lea, lea.account)


def test_who_ever_had_a_card_is_not_new(shop: Shop, anna: Actor, lea: Holder) -> None:
    marc = shop.gives_card("Marc")
    assert opens(shop, lea, marc.account).welcome == 0
    moved = shop.moves_card(shop.gives_card("Ana"))
    before = shop.moves_card(moved)
    for account in (marc.account, moved.account):
        shop.stamps(anna, brings(shop, lea, account))
    shop.stamps(anna, before)
    assert stamps(shop, lea) == [0]


def test_first_to_bring_somebody_has_brought_them(shop: Shop, anna: Actor, lea: Holder) -> None:
    other, account = shop.gives_card("Ana"), shop.town.somebody()
    marc = brings(shop, lea, account)
    assert brings(shop, other, account).card_id == marc.card_id
    shop.stamps(anna, marc)
    assert stamps(shop, lea, other) == [3, 0]


def test_team_brings_nobody_and_is_not_brought(shop: Shop, anna: Actor, lea: Holder) -> None:
    own = shop.gives_card("Anna", anna.account)
    bob = shop.hires("Bob")
    assert shop.database.read(my_invitations, MyCards(account=anna.account)) == []
    assert opens(shop, own, shop.town.somebody()).welcome == 0
    for member in (anna, bob, shop.hires("The counter", Role.TERMINAL)):
        with pytest.raises(InvitationToTeam):
            opens(shop, lea, member.account)
    assert look(shop.database, lambda tx: tx.customer_of(shop.merchant_id, bob.account)) is None
    marc = brings(shop, lea)
    shop.hires("Léa", account=lea.account)
    shop.stamps(anna, marc)
    assert stamps(shop, lea, marc) == [0, 3]


def test_no_more_friends_a_month_than_the_limit_and_each_friend_gets_theirs(
    shop: Shop, anna: Actor, lea: Holder, clock: Clock
) -> None:
    clock.is_at(datetime(2026, 6, 30, 21, 59, tzinfo=UTC))
    friends = [brings(shop, lea) for _ in range(4)]
    for friend in friends[:3]:
        shop.stamps(anna, friend)
    assert stamps(shop, lea, *friends) == [6, 3, 3, 3, 0]
    clock.passes(minutes=1)
    shop.stamps(anna, friends[3])
    assert stamps(shop, lea, friends[3]) == [9, 3]


def test_friend_whose_stamp_was_taken_back_makes_room_in_the_month(
    shop: Shop, anna: Actor, lea: Holder
) -> None:
    friends = [brings(shop, lea) for _ in range(3)]
    first = shop.stamps(anna, friends[0])
    shop.stamps(anna, friends[1])
    shop.undoes(anna, friends[0], first.entry.entry_id)
    shop.stamps(anna, friends[2])
    assert stamps(shop, lea) == [6]


def test_what_the_terms_are_then_is_given(shop: Shop, anna: Actor, lea: Holder) -> None:
    marc, ana = brings(shop, lea), brings(shop, lea)
    shop.changes_terms(referral_bonus=0)
    shop.stamps(anna, marc)
    assert stamps(shop, lea, marc) == [0, 1]
    shop.changes_terms(referral_bonus=1)
    shop.stamps(anna, ana)
    assert stamps(shop, lea, ana) == [1, 3]


def test_blocked_card_gets_nothing_and_the_friend_does(shop: Shop, anna: Actor, lea: Holder) -> None:
    marc = brings(shop, lea)
    shop.database.switch_off_card(lea.card_id)
    shop.stamps(anna, marc)
    assert stamps(shop, lea, marc) == [0, 3]


def test_bonus_goes_to_the_card_of_the_same_program(shop: Shop, anna: Actor, lea: Holder) -> None:
    lunch = shop.adds_program(referral_bonus=1, referral_welcome=4)
    second = shop.gives_another_card(lea, lunch)
    marc = brings(shop, lea)
    at_lunch = shop.gives_another_card(marc, lunch)
    shop.stamps(anna, at_lunch)
    assert stamps(shop, lea, second, marc, at_lunch) == [0, 1, 0, 5]


def test_link_leads_to_who_gave_it_out(shop: Shop, lea: Holder) -> None:
    [invitation] = shop.database.read(my_invitations, MyCards(account=lea.account))
    assert (invitation.bonus, invitation.welcome, invitation.unit) == (3, 2, Unit.STAMPS)
    token_hash = shop.town.new_hash()
    which: dict[str, Any] = {"merchant_id": shop.merchant_id, "token_hash": token_hash}
    for _ in range(2):
        give = GiveInvitation(account=lea.account, customer_id=invitation.customer_id, **which)
        shop.database.write(give_invitation, give)
    route = look(shop.database, lambda tx: tx.route(token_hash))
    assert route is not None
    assert (route.kind, route.target_id) == (LinkKind.FRIEND, customer_id(shop, lea))
    marc = shop.gives_card("Marc")
    forged = GiveInvitation(account=marc.account, customer_id=invitation.customer_id, **which)
    with pytest.raises(NobodyToInvite):
        shop.database.write(give_invitation, forged)


def test_where_nothing_is_given_for_it_nobody_is_asked_to_bring_anybody(town: Town) -> None:
    shop = town.opens_shop()
    lea = shop.gives_card("Léa")
    assert shop.database.read(my_invitations, MyCards(account=lea.account)) == []


# Rings


def flagged(shop: Shop) -> list[tuple[str, int]]:
    found = shop.database.read(suspected, shop.merchant_id)
    return [(each.staff_id, each.count) for each in found if each.kind is FlagKind.REFERRAL_RING]


def others_are_served(shop: Shop, clock: Clock) -> None:
    """Some days later, by another member, so that there are two and time has passed."""
    clock.passes(days=8)
    shop.stamps(shop.hires("Bob"), shop.gives_card("Somebody"))


def test_referral_ring_of_three(shop: Shop, anna: Actor, lea: Holder, clock: Clock) -> None:
    """One brings the next; the last can bring nobody who was there before, and an owner is told of the three."""
    first = brings(shop, lea)
    second = brings(shop, first)
    third = brings(shop, second)
    opens(shop, third, first.account)
    assert opens(shop, third, lea.account).welcome == 0
    for each in (first, second, third):
        shop.stamps(anna, each)
    assert stamps(shop, lea, first, second, third) == [3, 6, 6, 3]
    others_are_served(shop, clock)
    assert flagged(shop) == [(anna.staff_id, 3)]


def test_three_friends_of_one_who_are_never_seen_again_are_a_ring(
    shop: Shop, anna: Actor, lea: Holder, clock: Clock
) -> None:
    for friend in [brings(shop, lea) for _ in range(3)]:
        shop.stamps(anna, friend)
    assert flagged(shop) == []
    others_are_served(shop, clock)
    assert flagged(shop) == [(anna.staff_id, 3)]


@pytest.mark.parametrize("why", ["two", "another member", "seen again", "strangers"])
def test_friends_who_are_customers_are_no_ring(
    shop: Shop, anna: Actor, lea: Holder, clock: Clock, why: str
) -> None:
    friends = [brings(shop, lea) for _ in range(2)]
    if why != "two":
        referrer = shop.gives_card("Ana") if why == "strangers" else lea
        friends.append(brings(shop, referrer))
    cleo = shop.hires("Cleo")
    for friend in friends:
        shop.stamps(cleo if why == "another member" and friend is friends[-1] else anna, friend)
    clock.passes(days=1)
    if why == "seen again":
        shop.stamps(anna, friends[0])
    others_are_served(shop, clock)
    assert flagged(shop) == []


@pytest.mark.parametrize("remains", ["who invited", "the friend"])
def test_who_brought_themselves_gives_it_back_when_their_cards_become_one(
    town: Town, shop: Shop, anna: Actor, lea: Holder, remains: str
) -> None:
    friend = brings(shop, lea)
    shop.stamps(anna, friend, 1)
    assert (shop.card(lea).stamp_count, shop.card(friend).stamp_count) == (3, 3)
    into, other = (lea, friend) if remains == "who invited" else (friend, lea)
    done = shop.merges(shop.owner, into, other)
    assert (done.card.stamp_count, shop.card(into).stamp_count) == (1, 1)
    told = [facts for facts in town.facts(MessageKind.REFERRAL_VOIDED) if isinstance(facts, ReferralVoided)]
    assert [(each.count, each.is_friend, each.is_merge) for each in told] == [
        (2, True, True),
        (3, False, True),
    ]
    shop.stamps(anna, into, 1)
    assert shop.card(into).stamp_count == 2
    assert town.database.violations() == []


def test_cards_of_others_become_one_without_losing_what_friends_brought(
    shop: Shop, anna: Actor, lea: Holder
) -> None:
    friend, again = brings(shop, lea), shop.gives_card("Lea again")
    shop.stamps(anna, friend, 1)
    shop.merges(shop.owner, again, lea)
    assert (shop.card(again).stamp_count, shop.card(friend).stamp_count) == (3, 3)
