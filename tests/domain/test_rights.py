"""Who may act: the right for the act, on the team, active, at a store where they work, from their own account."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from domain.acts import Asked, LookUp
from domain.card import CardRef
from domain.ids import CardId, CardNumber, StaffId, StoreId, TokenHash
from domain.refusals import CardNotFound, NotAllowed, OwnCardRefused, ProgramInactive
from domain.rights import OFFERED, RIGHTS, Right, may
from domain.staff import Actor, Role, StaffStatus
from domain.usecases.look_up_card import look_up_card
from domain.usecases.see_posters import SeePosters, see_posters
from domain.usecases.store_today import SeeToday, store_today
from tests.support.shop import Shop, Town

COUNTER = {Right.STAMP, Right.EARN_POINTS, Right.REDEEM, Right.VOID_OWN, Right.SEE_CARD, Right.SEE_TODAY}
EVERYTHING = set(Right)
OWNERS_ALONE = {
    Right.MANAGE_OWNERS,
    Right.EXPORT,
    Right.JUDGE_ONESELF,
    Right.ENTER_TAKINGS,
    Right.CLOSE_SHOP,
}


@pytest.mark.parametrize(
    ("role", "acts"),
    [
        (Role.OWNER, EVERYTHING),
        (Role.MANAGER, EVERYTHING - OWNERS_ALONE),
        (Role.STAFF, COUNTER),
        (Role.TERMINAL, set()),
    ],
)
def test_rights_of_each_role(role: Role, acts: set[Right]) -> None:
    assert {act for act in Right if may(role, act)} == acts


TABLE = """
                owner  manager  staff  terminal
stamp             x       x       x       -
redeem            x       x       x       -
void_own          x       x       x       -
void_any          x       x       -       -
earn_points       x       x       x       -
adjust            x       x       -       -
see_summary       x       x       -       -
see_card          x       x       x       -
see_today         x       x       x       -
reset_pin         x       x       -       -
print_poster      x       x       -       -
be_told           x       x       -       -
settle_dispute    x       x       -       -
approve           x       x       -       -
change_fields     x       x       -       -
manage_team       x       x       -       -
manage_owners     x       -       -       -
manage_cards      x       x       -       -
export            x       -       -       -
see_flags         x       x       -       -
judge_oneself     x       -       -       -
enter_takings     x       -       -       -
close_shop        x       -       -       -
broadcast         x       x       -       -
"""


def test_table_of_rights() -> None:
    rows = ["                owner  manager  staff  terminal"]
    for right in Right:
        cells = ["x" if may(role, right) else "-" for role in Role]
        rows.append(f"{right:<18}{'       '.join(cells)}")
    assert "\n".join(rows) == TABLE.strip("\n")


def test_terminal_offers_what_anybody_at_the_counter_may_do() -> None:
    assert {**RIGHTS, Role.TERMINAL: frozenset(COUNTER)} == OFFERED


@pytest.fixture
def shop(town: Town) -> Shop:
    return town.opens_shop()


@pytest.mark.parametrize("role", [Role.OWNER, Role.MANAGER, Role.STAFF])
def test_everybody_on_the_team_may_stamp(shop: Shop, role: Role) -> None:
    assert shop.stamps(shop.hires("Anna", role), shop.gives_card()).entry.stamps_delta == 1


@dataclass
class Team:
    """Anna with her own phone, the till, and a second store."""

    shop: Shop
    anna: Actor
    terminal: Actor
    belval: StoreId

    def without(self, who: Actor, status: StaffStatus) -> None:
        self.shop.changes_staff(who, status=status)

    @property
    def anna_at_till(self) -> Actor:
        return replace(self.anna, account=self.terminal.account)


def _removed(team: Team) -> Actor:
    team.without(team.anna, StaffStatus.REMOVED)
    return team.anna


def _not_yet_there(team: Team) -> Actor:
    team.without(team.anna, StaffStatus.INVITED)
    return team.anna


def _removed_at_terminal(team: Team) -> Actor:
    team.without(team.anna, StaffStatus.REMOVED)
    return team.anna_at_till


def _at_removed_terminal(team: Team) -> Actor:
    team.without(team.terminal, StaffStatus.REMOVED)
    return team.anna_at_till


def _at_closed_store(team: Team) -> Actor:
    team.shop.database.switch_off_store(team.shop.store_id)
    return team.anna


def _of_another_merchant(team: Team) -> Actor:
    bob = team.shop.town.opens_shop().hires("Bob")
    return replace(bob, merchant_id=team.shop.merchant_id, store_id=team.shop.store_id)


def _at_terminal_elsewhere(team: Team) -> Actor:
    till = team.shop.hires("Till 2", Role.TERMINAL, team.belval)
    return replace(team.anna, account=till.account)


REFUSED: dict[str, Callable[[Team], Actor]] = {
    "invited": _not_yet_there,
    "removed": _removed,
    "removed, on the terminal": _removed_at_terminal,
    "of another merchant": _of_another_merchant,
    "nobody": lambda team: replace(team.anna, staff_id=StaffId("none")),
    "on a stranger's phone": lambda team: replace(team.anna, account=team.shop.town.somebody()),
    "on a colleague's phone": lambda team: replace(team.anna, account=team.shop.hires("Bob").account),
    "at another store": lambda team: replace(team.anna, store_id=team.belval),
    "at a closed store": _at_closed_store,
    "at no store": lambda team: replace(team.anna, store_id=StoreId("none")),
    "the terminal itself": lambda team: team.terminal,
    "on a removed terminal": _at_removed_terminal,
    "on another store's terminal": _at_terminal_elsewhere,
}


@pytest.mark.parametrize("who", REFUSED)
def test_who_is_not_active_staff_at_an_active_store_is_refused(town: Town, shop: Shop, who: str) -> None:
    anna, terminal, lea = shop.hires("Anna"), shop.hires("Till", Role.TERMINAL), shop.gives_card()
    shop.chooses_pin(anna)
    actor = REFUSED[who](Team(shop, anna, terminal, shop.adds_store("Belval")))
    with pytest.raises(NotAllowed):
        shop.stamps(actor, lea, pin_typed=True)
    with pytest.raises(NotAllowed):
        town.database.read(look_up_card, Asked(act=LookUp(card=lea.card), actor=actor))
    with pytest.raises(NotAllowed):
        town.database.read(store_today, SeeToday(actor=actor))
    assert shop.card(lea).stamp_count == 0


def test_manager_works_at_every_store_and_staff_only_at_theirs(shop: Shop) -> None:
    belval = shop.adds_store("Belval")
    mia, anna, lea = shop.hires("Mia", Role.MANAGER), shop.hires("Anna"), shop.gives_card()
    assert shop.stamps(replace(mia, store_id=belval), lea).entry.stamps_delta == 1
    with pytest.raises(NotAllowed):
        shop.stamps(replace(anna, store_id=belval), lea)


@pytest.mark.parametrize("named_by", ["id", "number", "token"])
def test_card_of_another_merchant_is_not_found_like_one_that_never_was(
    town: Town, shop: Shop, named_by: str
) -> None:
    theirs, anna = town.opens_shop().gives_card(), shop.hires("Anna")
    refs: dict[str, tuple[CardRef, CardRef]] = {
        "id": (theirs.card, CardRef("id", CardId("none"))),
        "number": (CardRef("number", theirs.number), CardRef("number", CardNumber("000000000"))),
        "token": (CardRef("token", theirs.token_hash), CardRef("token", TokenHash("none"))),
    }
    told = []
    for ref in refs[named_by]:
        with pytest.raises(CardNotFound) as refused:
            shop.stamps(anna, ref)
        told.append((type(refused.value), refused.value.args))
        with pytest.raises(CardNotFound):
            town.database.read(look_up_card, Asked(act=LookUp(card=ref), actor=anna))
    assert told[0] == told[1]


@pytest.mark.parametrize("role", [Role.STAFF, Role.MANAGER, Role.OWNER])
def test_nobody_stamps_their_own_card(shop: Shop, role: Role) -> None:
    anna, bob = shop.hires("Anna", role), shop.hires("Bob")
    own = shop.gives_card("Anna", anna.account)
    with pytest.raises(OwnCardRefused):
        shop.stamps(anna, own)
    assert shop.stamps(bob, own).entry.stamps_delta == 1


def test_own_card_is_refused_at_a_terminal_too(shop: Shop) -> None:
    anna, terminal = shop.hires("Anna"), shop.hires("Till", Role.TERMINAL)
    own = shop.gives_card("Anna", anna.account)
    with pytest.raises(OwnCardRefused):
        shop.stamps(replace(anna, account=terminal.account), own, pin_typed=True)


def test_own_card_may_be_looked_at(town: Town, shop: Shop) -> None:
    anna = shop.hires("Anna")
    own = shop.gives_card("Anna", anna.account)
    found = town.database.read(look_up_card, Asked(act=LookUp(card=own.card), actor=anna))
    assert (found.card.card_number, found.store_name) == (own.number, "Gare")


def test_posters_are_for_managers(town: Town, shop: Shop) -> None:
    belval = shop.adds_store("Belval")
    mia, anna = shop.hires("Mia", Role.MANAGER), shop.hires("Anna")
    posters = town.database.read(see_posters, SeePosters(account=mia.account, merchant_id=shop.merchant_id))
    assert [store.store_id for store in posters.stores] == [belval, shop.store_id]
    for account in (anna.account, town.somebody(), town.opens_shop().owner.account):
        with pytest.raises(NotAllowed):
            town.database.read(see_posters, SeePosters(account=account, merchant_id=shop.merchant_id))
    shop.changes_terms(active=False)
    with pytest.raises(ProgramInactive):
        town.database.read(see_posters, SeePosters(account=mia.account, merchant_id=shop.merchant_id))
