"""A shop is handed over: asked, accepted, never without an owner."""

import pytest

from domain.ids import InviteId
from domain.messages import HandOver, MessageKind
from domain.refusals import LinkUnknown, NoOpenLink, NotAllowed, OfferOver
from domain.staff import Actor, OfferEnd, Role, Staff
from domain.usecases.hand_over import AnswerOffer, decline_shop, offer_shop, take_over
from domain.usecases.manage_team import OfMember, SeeTeam, remove_member, see_team, withdraw_from
from domain.usecases.set_staff import SetStaff, set_staff
from domain.usecases.set_up import INVITE_VALID
from domain.usecases.summarize import summarize
from tests.domain.test_removing_staff import invites
from tests.support.clock import Clock
from tests.support.databases import look
from tests.support.shop import Shop, Town


@pytest.fixture
def shop(town: Town) -> Shop:
    return town.opens_shop()


@pytest.fixture
def sam(shop: Shop) -> Actor:
    return shop.hires("Sam")


def asked(shop: Shop, by: Actor, member: Actor) -> OfMember:
    return OfMember(account=by.account, merchant_id=shop.merchant_id, staff_id=member.staff_id)


def offers(shop: Shop, member: Actor, *, by: Actor | None = None) -> InviteId:
    link = shop.database.write(offer_shop, asked(shop, by or shop.owner, member)).link
    assert link is not None
    return link.invite_id


def accepts(shop: Shop, member: Actor, offer: InviteId) -> None:
    shop.database.write(take_over, answer(shop, member, offer))


def answer(shop: Shop, member: Actor, offer: InviteId) -> AnswerOffer:
    return AnswerOffer(account=member.account, merchant_id=shop.merchant_id, invite_id=offer)


def links(shop: Shop, owner: Actor) -> list[str]:
    """Whose links and offers an owner sees as open."""
    team = shop.database.read(see_team, SeeTeam(account=owner.account, merchant_id=shop.merchant_id))
    return [each.staff.name for each in team if each.link]


def roles(shop: Shop, *members: Actor) -> list[Role]:
    def role(member: Actor) -> Role:
        staff = look(shop.database, lambda tx: tx.staff(shop.merchant_id, member.staff_id))
        assert isinstance(staff, Staff)
        return staff.role

    return [role(member) for member in members]


def test_only_the_yes_of_who_was_asked_changes_the_roles(shop: Shop, sam: Actor) -> None:
    offer, tom = offers(shop, sam), shop.hires("Tom", Role.MANAGER)
    assert roles(shop, shop.owner, sam) == [Role.OWNER, Role.STAFF]
    for other in (tom, shop.owner):
        with pytest.raises(NotAllowed):
            accepts(shop, other, offer)
    for _ in range(2):
        accepts(shop, sam, offer)
        assert roles(shop, shop.owner, sam) == [Role.MANAGER, Role.OWNER]
    found = look(shop.database, lambda tx: tx.changes_of(shop.merchant_id, 2))
    assert {(each.target_id, each.before, each.after, each.staff_id) for each in found} == {
        (sam.staff_id, "staff", "owner", shop.owner.staff_id),
        (shop.owner.staff_id, "owner", "manager", shop.owner.staff_id),
    }


def test_both_are_told_once(shop: Shop, sam: Actor) -> None:
    for _ in range(2):
        offer = offers(shop, sam)
    for _ in range(2):
        accepts(shop, sam, offer)
    told = shop.town.messages(MessageKind.HAND_OVER)
    assert [(message.recipient, message.facts) for message in told] == [
        (sam.account, HandOver(merchant_name="Café Knätsch", name="Paul", is_accepted=False)),
        (shop.owner.account, HandOver(merchant_name="Café Knätsch", name="Sam", is_accepted=True)),
    ]


def test_who_declines_stays_what_they_are_and_the_owner_is_told_once(shop: Shop, sam: Actor) -> None:
    offer, tom = offers(shop, sam), shop.hires("Tom")
    with pytest.raises(NotAllowed):
        shop.database.write(decline_shop, answer(shop, tom, offer))
    for is_told in (True, False):
        assert shop.database.write(decline_shop, answer(shop, sam, offer)).is_told is is_told
    told = HandOver(merchant_name="Café Knätsch", name="Sam", is_accepted=False, ended=OfferEnd.DECLINED)
    _, *answers = shop.town.messages(MessageKind.HAND_OVER)
    assert [(message.recipient, message.facts) for message in answers] == [(shop.owner.account, told)]
    assert links(shop, shop.owner) == []
    with pytest.raises(OfferOver):
        accepts(shop, sam, offer)
    assert roles(shop, shop.owner, sam) == [Role.OWNER, Role.STAFF]


def test_what_was_accepted_is_not_declined_any_more(shop: Shop, sam: Actor) -> None:
    offer = offers(shop, sam)
    accepts(shop, sam, offer)
    with pytest.raises(OfferOver):
        shop.database.write(decline_shop, answer(shop, sam, offer))
    assert roles(shop, shop.owner, sam) == [Role.MANAGER, Role.OWNER]


def test_owner_hears_in_the_evening_that_nobody_answered_in_time(
    shop: Shop, sam: Actor, clock: Clock
) -> None:
    tom = shop.hires("Tom")
    offers(shop, sam)
    shop.database.write(withdraw_from, asked(shop, shop.owner, sam))
    offers(shop, tom)
    for days in (INVITE_VALID.days - 1, 2, 1):
        clock.passes(days=days)
        shop.database.write(summarize, shop.merchant_id)
    told = [each for each in shop.town.messages(MessageKind.HAND_OVER) if each.facts.ended]  # type: ignore[union-attr]
    over = HandOver(merchant_name="Café Knätsch", name="Tom", is_accepted=False, ended=OfferEnd.LAPSED)
    assert [(message.recipient, message.facts) for message in told] == [(shop.owner.account, over)]


@pytest.mark.parametrize("role", [Role.MANAGER, None])
def test_offers_end_with_the_ownership_of_who_made_them(shop: Shop, sam: Actor, role: Role | None) -> None:
    ida = shop.hires("Ida", Role.OWNER)
    offers(shop, sam)
    if role is None:
        shop.database.write(remove_member, asked(shop, ida, shop.owner))
    else:
        change = SetStaff(merchant_id=shop.merchant_id, staff_id=shop.owner.staff_id, role=role)
        shop.database.write(set_staff, change)
    assert links(shop, ida) == []


def test_who_is_made_an_owner_otherwise_takes_nothing_from_who_offered(shop: Shop, sam: Actor) -> None:
    offer = offers(shop, sam)
    change = SetStaff(merchant_id=shop.merchant_id, staff_id=sam.staff_id, role=Role.OWNER)
    shop.database.write(set_staff, change)
    with pytest.raises(OfferOver):
        accepts(shop, sam, offer)
    assert roles(shop, shop.owner, sam) == [Role.OWNER, Role.OWNER]


def test_offer_that_was_withdrawn_or_is_too_old_changes_nothing(shop: Shop, sam: Actor, clock: Clock) -> None:
    offer = offers(shop, sam)
    shop.database.write(withdraw_from, asked(shop, shop.owner, sam))
    with pytest.raises(OfferOver):
        accepts(shop, sam, offer)
    offer = offers(shop, sam)
    clock.passes(days=INVITE_VALID.days)
    with pytest.raises(OfferOver):
        accepts(shop, sam, offer)
    assert roles(shop, shop.owner, sam) == [Role.OWNER, Role.STAFF]


def test_owner_who_was_made_a_manager_hands_nothing_over(shop: Shop, sam: Actor) -> None:
    """Not even by an offer that was left open."""
    ida, offer = shop.hires("Ida", Role.OWNER), offers(shop, sam)
    shop.changes_staff(shop.owner, role=Role.MANAGER)
    with pytest.raises(OfferOver):
        accepts(shop, sam, offer)
    assert roles(shop, ida, shop.owner, sam) == [Role.OWNER, Role.MANAGER, Role.STAFF]


def test_who_has_handed_the_shop_over_has_nothing_else_to_offer(shop: Shop, sam: Actor) -> None:
    tom = shop.hires("Tom", Role.MANAGER)
    to_sam, to_tom = offers(shop, sam), offers(shop, tom)
    accepts(shop, sam, to_sam)
    with pytest.raises(OfferOver):
        accepts(shop, tom, to_tom)
    team = shop.database.read(see_team, SeeTeam(account=sam.account, merchant_id=shop.merchant_id))
    assert [each.link for each in team] == [None] * 3
    assert roles(shop, shop.owner, sam, tom) == [Role.MANAGER, Role.OWNER, Role.MANAGER]


def test_who_was_removed_meanwhile_accepts_nothing(shop: Shop, sam: Actor) -> None:
    offer = offers(shop, sam)
    shop.database.write(remove_member, asked(shop, shop.owner, sam))
    with pytest.raises(NotAllowed):
        accepts(shop, sam, offer)


def test_offers_are_made_and_withdrawn_by_owners_alone(shop: Shop, sam: Actor) -> None:
    mia, till = shop.hires("Mia", Role.MANAGER), shop.hires("Till", Role.TERMINAL)
    with pytest.raises(NotAllowed):
        offers(shop, sam, by=mia)
    for nobody in (till, shop.owner):
        with pytest.raises(NotAllowed):
            offers(shop, nobody)
    offer = offers(shop, sam)
    with pytest.raises(NoOpenLink):
        shop.database.write(withdraw_from, asked(shop, mia, sam))
    accepts(shop, sam, offer)


def test_who_has_handed_over_has_invited_no_owner_any_more(town: Town, shop: Shop, sam: Actor) -> None:
    eve, bob = (
        invites(shop, shop.owner, name, role) for name, role in (("Eve", Role.OWNER), ("Bob", Role.MANAGER))
    )
    accepts(shop, sam, offers(shop, sam))
    with pytest.raises(LinkUnknown):
        shop.claims(eve, shop.town.somebody())
    assert shop.claims(bob, town.somebody()).role is Role.MANAGER
