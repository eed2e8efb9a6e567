"""A shop that somebody opens by themselves: whole and once, or not at all."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.account import Account
from domain.ids import CardId, MerchantId, TokenHash
from domain.link import LinkKind, Route
from domain.merchant import Merchant
from domain.refusals import InviteExpired, InviteUsed, LinkUnknown, NameMalformed
from domain.staff import Role, StaffStatus
from domain.usecases.claim_invite import PinTask
from domain.usecases.links import find_route
from domain.usecases.open_shop import InviteShop, OpenShop, invite_shop, open_shop, shop_to_be
from domain.usecases.set_up import INVITE_VALID
from tests.support.clock import Clock
from tests.support.commands import opening
from tests.support.databases import look
from tests.support.shop import Town

LINK = TokenHash("the link")


def wanted(town: Town, account: Account, merchant_id: str = "rosa", name: str = "Café Rosa") -> OpenShop:
    """Asked again it has other ids, but for the shop's, and the same hashes of its links."""
    shop = opening(
        town.database.ids, name=name, merchant_id=MerchantId(merchant_id), store_token_hash=town.new_hash()
    )
    return OpenShop(
        account=account,
        shop=replace(shop, owner_token_hash=TokenHash(f"owner of {merchant_id}")),
        member_name="Member",
        member_token_hash=TokenHash(f"member of {merchant_id}"),
        card_id=CardId(town.database.ids()),
        card_token_hash=town.new_hash(),
    )


def merchants(town: Town) -> list[Merchant]:
    return list(look(town.database, lambda tx: tx.merchants()))


def invited(town: Town) -> Route:
    town.database.write(invite_shop, InviteShop(merchant_id=MerchantId("rosa"), token_hash=LINK))
    return town.database.read(find_route, LINK)


def test_who_opens_a_shop_is_its_owner_at_work_with_a_card_and_an_invitation_to_give(town: Town) -> None:
    rosa = town.somebody()
    opened = town.database.write(open_shop, wanted(town, rosa))
    assert (opened.owner.role, opened.owner.merchant_name) == (Role.OWNER, "Café Rosa")
    assert opened.owner.pin_task is PinTask.MAY_CHOOSE
    assert opened.card.state.stamp_count == 0
    team = look(town.database, lambda tx: tx.staff_of(MerchantId("rosa")))
    assert {(each.role, each.status) for each in team} == {
        (Role.OWNER, StaffStatus.ACTIVE),
        (Role.STAFF, StaffStatus.INVITED),
    }
    desk = look(town.database, lambda tx: tx.desk(rosa))
    assert desk is not None
    assert desk.store_id == opened.store.store_id


def test_asked_again_it_is_the_same_shop(town: Town) -> None:
    rosa = town.somebody()
    first = town.database.write(open_shop, wanted(town, rosa))
    assert town.database.write(open_shop, wanted(town, rosa)) == first
    assert len(merchants(town)) == 1
    assert len(look(town.database, lambda tx: tx.staff_of(MerchantId("rosa")))) == 2


def test_somebody_else_does_not_get_it(town: Town) -> None:
    rosa, eve = town.somebody(), town.somebody()
    town.database.write(open_shop, wanted(town, rosa))
    with pytest.raises(InviteUsed):
        town.database.write(open_shop, wanted(town, eve))
    assert look(town.database, lambda tx: tx.customer_of(MerchantId("rosa"), eve)) is None


def test_what_is_refused_leaves_nothing_behind(town: Town) -> None:
    with pytest.raises(NameMalformed):
        town.database.write(open_shop, wanted(town, town.somebody(), name=""))
    assert merchants(town) == []


def test_owner_of_one_shop_opens_another(town: Town) -> None:
    rosa = town.somebody()
    town.database.write(open_shop, wanted(town, rosa))
    town.database.write(open_shop, wanted(town, rosa, "second"))
    assert len(look(town.database, lambda tx: tx.memberships_of(rosa))) == 2


def test_link_leads_to_a_shop_that_is_not_there_yet_and_only_until_it_is(town: Town) -> None:
    route = invited(town)
    assert (route.kind, merchants(town)) == (LinkKind.NEW_SHOP, [])
    assert town.database.read(shop_to_be, route) == "rosa"
    town.database.write(open_shop, wanted(town, town.somebody()))
    with pytest.raises(InviteUsed):
        town.database.read(shop_to_be, route)


def test_link_is_valid_for_a_week(town: Town, clock: Clock) -> None:
    route = invited(town)
    clock.now += INVITE_VALID - timedelta(seconds=1)
    assert town.database.read(shop_to_be, route) == "rosa"
    clock.now += timedelta(seconds=1)
    with pytest.raises(InviteExpired):
        town.database.read(shop_to_be, route)


def test_link_that_was_never_made_leads_nowhere(town: Town) -> None:
    with pytest.raises(LinkUnknown):
        town.database.read(shop_to_be, replace(invited(town), merchant_id=MerchantId("another")))
