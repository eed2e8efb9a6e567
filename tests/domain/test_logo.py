"""A shop's logo: kept, on its posters alone, and taken away by those who may."""

import pytest

from domain.logo import LOGO
from domain.refusals import NotAllowed
from domain.staff import Role
from domain.team_log import team_change
from domain.usecases.keep_logo import KeepLogo, SeeLogo, keep_logo, see_logo
from domain.usecases.see_posters import SeePosters, see_posters
from domain.usecases.see_settings import SeeChanges, see_changes
from tests.support.shop import Shop, Town

PICTURE, OTHER = b"a logo" * 2000, b"another"


@pytest.fixture
def shop(town: Town) -> Shop:
    return town.opens_shop()


def keeps(shop: Shop, picture: bytes | None, role: Role | None = Role.MANAGER) -> None:
    account = shop.hires("Mia", role).account if role else None
    command = KeepLogo(account=account, merchant_id=shop.merchant_id, picture=picture)
    shop.database.write(keep_logo, command)


def on_posters(shop: Shop) -> bytes | None:
    query = SeePosters(account=shop.owner.account, merchant_id=shop.merchant_id)
    return shop.database.read(see_posters, query).logo


def logged(shop: Shop) -> list[tuple[str, str, str | None]]:
    query = SeeChanges(account=shop.owner.account, merchant_id=shop.merchant_id)
    found = [
        each for each in shop.database.read(see_changes, query).changes if not team_change(each.change.field)
    ]
    assert {each.change.field for each in found} <= {LOGO}
    return [(each.change.before, each.change.after, each.staff_name) for each in reversed(found)]


def test_a_logo_stands_on_the_posters_of_its_shop_until_it_is_removed(town: Town, shop: Shop) -> None:
    neighbour = town.opens_shop()
    keeps(shop, PICTURE)
    assert (on_posters(shop), on_posters(neighbour)) == (PICTURE, None)
    keeps(neighbour, OTHER)
    keeps(shop, PICTURE, None)
    keeps(shop, None, None)
    assert (on_posters(shop), on_posters(neighbour)) == (None, OTHER)
    assert logged(shop) == [("none", "PNG, 12 KB", "Mia"), ("PNG, 12 KB", "none", None)]
    assert logged(neighbour) == [("none", "PNG, 1 KB", "Mia")]


def test_settings_say_whether_there_is_one(town: Town, shop: Shop) -> None:
    query = SeeChanges(account=shop.owner.account, merchant_id=shop.merchant_id)
    keeps(town.opens_shop(), OTHER)
    assert not shop.database.read(see_changes, query).shop.has_logo
    keeps(shop, PICTURE)
    assert shop.database.read(see_changes, query).shop.has_logo


def test_neither_staff_nor_other_shops_see_or_change_it(town: Town, shop: Shop) -> None:
    keeps(shop, PICTURE)
    for account in (shop.hires("Sam").account, town.opens_shop().owner.account, town.somebody()):
        with pytest.raises(NotAllowed):
            shop.database.read(see_logo, SeeLogo(account=account, merchant_id=shop.merchant_id))
        for picture in (OTHER, None):
            with pytest.raises(NotAllowed):
                shop.database.write(
                    keep_logo, KeepLogo(account=account, merchant_id=shop.merchant_id, picture=picture)
                )
    assert on_posters(shop) == PICTURE
