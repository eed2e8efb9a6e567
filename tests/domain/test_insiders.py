"""What somebody of the team gains by cheating: nothing in another's name, and nothing that is not seen."""

import pytest

from domain.refusals import Refusal
from domain.staff import Actor, Role
from tests.support.shop import Shop, Town


@pytest.fixture
def shop(town: Town) -> Shop:
    return town.opens_shop(require_staff_pin=True)


@pytest.fixture
def till(shop: Shop) -> Actor:
    return shop.hires("Till", Role.TERMINAL)


def test_manager_does_not_act_as_the_owner(shop: Shop, till: Actor) -> None:
    mia, lea = shop.hires("Mia", Role.MANAGER), shop.gives_card()
    shop.chooses_pin(shop.owner)
    with pytest.raises(Refusal):
        takes_over(shop, mia, shop.owner, till)
    assert shop.staff(shop.owner).pin.hash == "hash of 2580"
    with pytest.raises(Refusal):
        shop.stamps(shop.actor(shop.owner.staff_id, till.account), lea)


def test_manager_does_not_act_as_a_member_by_a_reset_at_the_terminal(shop: Shop, till: Actor) -> None:
    mia, anna = shop.hires("Mia", Role.MANAGER), shop.hires("Anna")
    shop.chooses_pin(anna)
    with pytest.raises(Refusal):
        takes_over(shop, mia, anna, till)
    assert shop.staff(anna).pin.hash == "hash of 2580"


def test_nobody_joins_without_an_account_of_their_own(shop: Shop, till: Actor) -> None:
    link = shop.invites("Tom")
    with pytest.raises(Refusal):
        shop.claims(link, till.account)


def takes_over(shop: Shop, manager: Actor, victim: Actor, till: Actor) -> None:
    """The manager makes a link, opens it at the terminal and chooses the victim's PIN there."""
    shop.claims(shop.resets_pin(manager, victim), till.account)
    shop.chooses_pin(shop.actor(victim.staff_id, till.account), "hash of the manager's")
