"""A second program of a shop: it is added, joined, stamped, paused and told of, each by itself."""

from dataclasses import replace

import pytest

from domain.account import Locale
from domain.acts import Asked, LookUp
from domain.card import CardRef
from domain.fields import Target
from domain.ids import ProgramId
from domain.merchant import (
    PROGRAMS_ACTIVE_MAX,
    PROGRAMS_MAX,
    OwnText,
    Program,
    ProgramKind,
    RedeemConfirmation,
)
from domain.messages import DailySummary, MessageKind
from domain.refusals import (
    CardInactive,
    LinkUnknown,
    NameMalformed,
    NoNewCards,
    NotAllowed,
    ProgramInactive,
    ProgramNameTaken,
    ProgramNotFound,
    TooManyActivePrograms,
    TooManyPrograms,
)
from domain.rules.date_ranges import Span
from domain.rules.guards import GUARDS, strictest
from domain.staff import Role
from domain.usecases.add_program import AddProgram, PlanProgram, add_program, plan_program
from domain.usecases.join_store import JoinProgram, join_program, join_store
from domain.usecases.letters import letter_for
from domain.usecases.look_up_card import look_up_card
from domain.usecases.manage_cards import FindCards, SetBlocked, find_cards, set_blocked
from domain.usecases.my_balances import my_balances
from domain.usecases.my_cards import HeldCard, MyCard, MyCards, my_card, my_cards
from domain.usecases.see_posters import SeePosters, see_posters
from domain.usecases.see_report import SeeReport, open_books
from domain.usecases.see_settings import SeeChanges, see_changes
from domain.usecases.see_shop import see_shop
from domain.usecases.store_today import SeeToday, store_today
from domain.usecases.summarize import summarize
from tests.support.clock import Clock
from tests.support.shop import Holder, Shop, Town, delivery_of


@pytest.fixture
def shop(town: Town) -> Shop:
    return town.opens_shop()


def names(shop: Shop) -> list[str | None]:
    return [each.name for each in shop.database.read(see_shop, shop.merchant_id).programs]


def held(shop: Shop, holder: Holder) -> HeldCard:
    mine = MyCard(account=holder.account, merchant_id=shop.merchant_id, card_id=holder.card_id)
    return shop.database.read(my_card, mine)


def adding(shop: Shop, name: str = "Lunch card") -> AddProgram:
    return AddProgram(
        merchant_id=shop.merchant_id,
        account=shop.owner.account,
        program_id=ProgramId(shop.database.ids()),
        program={"reward": "A lunch", "name": name},
        present_name="Stamp card",
    )


def test_program_is_added_once_and_the_first_gets_a_name(shop: Shop) -> None:
    command = adding(shop)
    assert names(shop) == [None]
    assert shop.database.write(add_program, command) == shop.database.write(add_program, command)
    assert names(shop) == ["Stamp card", "Lunch card"]
    shop.changes_terms(name="Coffee card")
    shop.database.write(add_program, adding(shop, "Bread card"))
    assert names(shop) == ["Coffee card", "Lunch card", "Bread card"]


def guards(program: Program) -> tuple[object, ...]:
    return tuple(getattr(program, name) for name in GUARDS)


def test_added_program_starts_as_strict_as_the_first(shop: Shop) -> None:
    shop.changes_terms(require_staff_pin=True, pin_window_minutes=0, cooldown_minutes=30, max_daily_stamps=2)
    strict = (True, 0, 30, 2, RedeemConfirmation.STAFF)
    assert guards(shop.database.write(add_program, adding(shop))) == strict
    tea = {"reward": "Tea", "name": "Tea card", "cooldown_minutes": 5}
    given = replace(adding(shop), program=tea)
    assert guards(shop.database.write(add_program, given)) == (True, 0, 5, 2, RedeemConfirmation.STAFF)


def test_added_program_starts_without_a_guard_that_no_other_has(shop: Shop) -> None:
    shop.changes_terms(require_staff_pin=False, cooldown_minutes=0, max_daily_stamps=None)
    added = shop.database.write(add_program, adding(shop))
    assert (added.require_staff_pin, added.cooldown_minutes, added.max_daily_stamps) == (False, 0, None)


def test_each_guard_is_the_strictest_of_the_programs_that_run(shop: Shop) -> None:
    first = replace(shop.program(), require_staff_pin=False, cooldown_minutes=30, max_daily_stamps=None)
    second = replace(
        first, require_staff_pin=True, pin_window_minutes=60, cooldown_minutes=5, max_daily_stamps=4
    )
    third = replace(
        second,
        pin_window_minutes=5,
        cooldown_minutes=60,
        max_daily_stamps=3,
        redeem_confirmation=RedeemConfirmation.CUSTOMER,
    )
    customer = RedeemConfirmation.CUSTOMER
    assert tuple(strictest([first, second, third])[name] for name in GUARDS) == (True, 5, 60, 3, customer)
    third = replace(third, active=False)
    assert tuple(strictest([first, second, third]).get(name) for name in GUARDS) == (True, 60, 30, 4, None)
    assert tuple(strictest([third])[name] for name in GUARDS) == (True, 5, 60, 3, customer)


def test_cards_of_points_have_no_guards_of_stamps_to_hand_on(shop: Shop) -> None:
    points = replace(
        shop.program(),
        kind=ProgramKind.POINTS,
        require_staff_pin=True,
        pin_window_minutes=15,
        cooldown_minutes=30,
        max_daily_stamps=2,
    )
    assert strictest([points]) == {"require_staff_pin": True, "pin_window_minutes": 15}


def test_who_added_it_is_in_the_log_and_changing_that_back_pauses_it(shop: Shop) -> None:
    added = shop.database.write(add_program, adding(shop))
    seen = SeeChanges(account=shop.owner.account, merchant_id=shop.merchant_id)
    newest = shop.database.read(see_changes, seen).changes[0]
    facts = newest.change
    assert (facts.target_kind, facts.target_id, facts.field) == (Target.PROGRAM, added.program_id, "active")
    assert (facts.before, facts.after, facts.staff_id) == ("no", "yes", shop.owner.staff_id)


@pytest.mark.parametrize("role", [Role.STAFF, Role.TERMINAL])
def test_only_who_may_change_the_shop_adds_a_program(shop: Shop, role: Role) -> None:
    member = shop.hires("Tom", role)
    with pytest.raises(NotAllowed):
        shop.database.write(add_program, replace(adding(shop), account=member.account))
    assert names(shop) == [None]


def test_names_tell_programs_apart(shop: Shop) -> None:
    second = shop.adds_program("Lunch card")
    for taken in ("lunch CARD", "stamp card"):
        with pytest.raises(ProgramNameTaken):
            shop.database.write(add_program, adding(shop, taken))
        plan = PlanProgram(
            merchant_id=shop.merchant_id, account=shop.owner.account, present_name="", name=taken
        )
        with pytest.raises(ProgramNameTaken):
            shop.database.read(plan_program, plan)
    with pytest.raises(ProgramNameTaken):
        shop.changes_terms(second, name="Stamp card")
    with pytest.raises(NameMalformed):
        shop.changes_terms(second, name=None)
    with pytest.raises(NameMalformed):
        shop.database.write(add_program, adding(shop, " "))
    assert names(shop) == ["Stamp card", "Lunch card"]


def test_only_so_many_run_at_a_time_and_only_so_many_there_are(shop: Shop) -> None:
    others = [shop.adds_program(f"Card {number}") for number in range(1, PROGRAMS_ACTIVE_MAX)]
    with pytest.raises(TooManyActivePrograms):
        shop.adds_program("One more")
    shop.changes_terms(others[0], active=False)
    shop.adds_program("One more")
    with pytest.raises(TooManyActivePrograms):
        shop.changes_terms(others[0], active=True)
    for number in range(PROGRAMS_ACTIVE_MAX + 1, PROGRAMS_MAX):
        shop.changes_terms(shop.adds_program(f"Card {number}", active=False), cooldown_minutes=5)
    with pytest.raises(TooManyPrograms):
        shop.adds_program("One too many", active=False)


def test_who_joins_twice_has_one_card_of_each_program(shop: Shop) -> None:
    second, lea = shop.adds_program(), shop.gives_card("Léa")
    cards = {shop.gives_another_card(lea, second).card_id for _ in range(3)}
    cards |= {shop.gives_card("Léa", lea.account).card_id for _ in range(3)}
    mine = shop.database.read(my_cards, MyCards(account=lea.account))
    assert {each.state.card_id for each in mine} == cards
    assert len(cards) == 2


def test_posters_of_a_program_and_of_the_store(shop: Shop) -> None:
    second, somebody = shop.adds_program(), shop.town.somebody()
    of_the_program = replace(shop.joining("Tom", somebody), program_id=second)
    first = shop.database.write(join_store, of_the_program)
    assert (first.is_new, first.held.state.progress.reward) == (True, "A lunch")
    assert (first.held.card_name, [each.name for each in first.held.offers]) == (None, ["Stamp card"])
    both = shop.joins("Tom", somebody)
    assert (both.is_new, both.held.state.progress.reward) == (True, "A coffee")
    assert (both.held.card_name, [each.name for each in both.held.others]) == ("Stamp card", ["Lunch card"])
    assert both.held.offers == []
    again = shop.database.write(join_store, replace(of_the_program, card_id=both.held.state.card_id))
    assert not again.is_new
    assert again.held.state.card_id == first.held.state.card_id


def test_nobody_joins_what_is_paused_unknown_or_another_shops(town: Town, shop: Shop) -> None:
    second, lea = shop.adds_program(), shop.gives_card("Léa")
    shop.changes_terms(second, active=False)
    with pytest.raises(ProgramInactive):
        shop.gives_another_card(lea, second)
    with pytest.raises(ProgramInactive):
        shop.database.write(join_store, replace(shop.joining("Tom", town.somebody()), program_id=second))
    bakery = town.opens_shop()
    for foreign in (bakery.adds_program(), ProgramId("nothing")):
        with pytest.raises(LinkUnknown):
            shop.gives_another_card(lea, foreign)
    stranger = JoinProgram(
        account=town.somebody(),
        merchant_id=shop.merchant_id,
        program_id=shop.program_id,
        card_id=lea.card_id,
        card_token_hash=town.new_hash(),
        account_hash="",
    )
    with pytest.raises(LinkUnknown):
        shop.database.write(join_program, stranger)
    assert held(shop, lea).offers == []


def test_without_new_cards_those_there_are_go_on(town: Town, shop: Shop) -> None:
    second, lea, tom = shop.adds_program(), shop.gives_card("Léa"), shop.gives_card("Tom")
    lunch, staff = shop.gives_another_card(lea, second), shop.hires("Sam")
    shop.changes_terms(second, new_cards=False)
    shop.stamps(staff, lunch, 10)
    assert shop.redeems(staff, lunch).entry.reward == "A lunch"
    assert shop.gives_another_card(lea, second).card_id == lunch.card_id
    assert held(shop, tom).offers == []
    with pytest.raises(NoNewCards):
        shop.gives_another_card(tom, second)
    shop.changes_terms(new_cards=False)
    with pytest.raises(NoNewCards):
        shop.joins("Eve", town.somebody())
    assert shop.joins("Léa", lea.account).held.state.card_id == lea.card_id


def test_the_stores_poster_leads_to_the_first_program_that_gives_cards(town: Town, shop: Shop) -> None:
    second = shop.adds_program()
    seeing = SeePosters(account=shop.owner.account, merchant_id=shop.merchant_id)
    assert shop.database.read(see_posters, seeing).program.program_id == shop.program_id
    own = replace(seeing, program_id=second)
    assert shop.database.read(see_posters, own).program.program_id == second
    shop.changes_terms(new_cards=False)
    assert shop.database.read(see_posters, seeing).program.program_id == second
    assert shop.joins("Tom").held.state.progress.reward == "A lunch"
    with pytest.raises(NoNewCards):
        shop.database.read(see_posters, replace(seeing, program_id=shop.program_id))
    shop.changes_terms(second, active=False)
    with pytest.raises(ProgramInactive):
        shop.database.read(see_posters, own)
    with pytest.raises(ProgramNotFound):
        shop.database.read(see_posters, replace(seeing, program_id=ProgramId("nothing")))


def test_each_card_is_stamped_and_redeemed_under_its_own_terms(shop: Shop) -> None:
    second, staff = shop.adds_program(stamps_target=3, max_daily_stamps=3), shop.hires("Sam")
    coffee = shop.gives_card("Léa")
    lunch = shop.gives_another_card(coffee, second)
    done = shop.stamps(staff, lunch, 3)
    assert (done.card.rewards_available, done.card.program_name) == (1, "Lunch card")
    assert shop.stamps(staff, coffee, 4).card.rewards_available == 0
    assert shop.redeems(staff, lunch).entry.reward == "A lunch"
    assert (shop.card(coffee).stamp_count, shop.card(lunch).stamp_count) == (4, 0)
    assert [each.program_version for each in shop.entries(lunch)] == [1, 1]


def test_paused_program_leaves_the_other_as_it_is(shop: Shop) -> None:
    second, staff = shop.adds_program(), shop.hires("Sam")
    coffee = shop.gives_card("Léa")
    lunch = shop.gives_another_card(coffee, second)
    shop.changes_terms(second, active=False)
    with pytest.raises(ProgramInactive):
        shop.stamps(staff, lunch)
    assert shop.stamps(staff, coffee).entry.stamps_delta == 1
    shop.changes_terms(second, active=True)
    assert shop.stamps(staff, lunch).entry.stamps_delta == 1


def test_counter_is_one_tap_from_the_holders_other_cards(shop: Shop) -> None:
    second, third, staff = shop.adds_program(), shop.adds_program("Bread card"), shop.hires("Sam")
    coffee = shop.gives_card("Léa")
    look_at = Asked(act=LookUp(card=coffee.card), actor=staff)
    assert shop.database.read(look_up_card, look_at).others == []
    lunch, bread = (shop.gives_another_card(coffee, each) for each in (second, third))
    others = shop.database.read(look_up_card, look_at).others
    assert [(each.card_id, each.name) for each in others] == [
        (lunch.card_id, "Lunch card"),
        (bread.card_id, "Bread card"),
    ]
    shop.changes_terms(third, active=False)
    by_number = Asked(act=LookUp(card=CardRef("number", lunch.number)), actor=staff)
    found = shop.database.read(look_up_card, by_number)
    assert (found.card.card_id, [each.card_id for each in found.others]) == (lunch.card_id, [coffee.card_id])


def test_who_has_a_blocked_card_gets_no_other(shop: Shop) -> None:
    second, lea = shop.adds_program(), shop.gives_card("Léa")
    blocking = SetBlocked(
        merchant_id=shop.merchant_id, account=None, card=lea.card, is_blocked=True, reason="Misuse"
    )
    shop.database.write(set_blocked, blocking)
    assert held(shop, lea).offers == []
    with pytest.raises(CardInactive):
        shop.gives_another_card(lea, second)
    with pytest.raises(CardInactive):
        shop.database.write(join_store, replace(shop.joining("Léa", lea.account), program_id=second))


def test_cards_have_names_only_for_who_has_several(shop: Shop) -> None:
    second, lea, tom = shop.adds_program(), shop.gives_card("Léa"), shop.gives_card("Tom")
    shop.gives_another_card(lea, second)
    told = {
        name: [each.held.card_name for each in shop.database.read(my_balances, MyCards(account=who.account))]
        for name, who in (("Léa", lea), ("Tom", tom))
    }
    assert told == {"Léa": ["Stamp card", "Lunch card"], "Tom": [None]}
    finding = FindCards(merchant_id=shop.merchant_id, account=None, beginning="Lé")
    assert [each.program_name for each in shop.database.read(find_cards, finding).cards] == [
        "Stamp card",
        "Lunch card",
    ]
    shop.changes_merchant(own_texts=(OwnText(locale=Locale.FR, text="Lunch card", said="Carte midi"),))
    [offered, *_] = held(shop, tom).told_in(Locale.FR).offers
    assert offered.name == "Carte midi"


def test_messages_name_the_card_only_to_who_has_several(shop: Shop) -> None:
    second, staff = shop.adds_program(stamps_target=1), shop.hires("Sam")
    lea, tom = shop.gives_card("Léa"), shop.gives_card("Tom")
    lunch = shop.gives_another_card(lea, second)
    for card in (tom, lea, lunch):
        shop.stamps(staff, card)
    letters = [
        shop.database.read(letter_for, delivery_of(message)).message
        for kind in (MessageKind.RECEIPT, MessageKind.REWARD_READY)
        for message in shop.town.messages(kind)
    ]
    assert [getattr(each.facts, "merchant_name", None) for each in letters] == [
        "Café Knätsch",
        "Café Knätsch (Stamp card)",
        "Café Knätsch (Lunch card)",
        "Café Knätsch (Lunch card)",
    ]


def test_who_has_two_cards_is_one_customer_with_one_visit(shop: Shop) -> None:
    second, staff, lea = shop.adds_program(), shop.hires("Sam"), shop.gives_card("Léa")
    lunch, tom = shop.gives_another_card(lea, second), shop.gives_card("Tom")
    for card, count in ((lea, 2), (lunch, 3), (tom, 1)):
        shop.stamps(staff, card, count)
    asked = SeeReport(merchant_id=shop.merchant_id, account=None, asked=Span.TODAY)
    books = shop.database.read(open_books, asked)
    tally = books.tally()
    for card in (lea, lunch, tom):
        tally.add(shop.entries(card))
    told = books.report(tally)
    assert (told.figures.stamps, told.figures.cards, told.visits) == (6, 2, 2)
    assert (told.new_customers, told.returning_customers) == (2, 0)
    assert [(each.visits, each.figures.cards) for each in (*told.days, *told.stores, *told.staff)] == [
        (2, 2)
    ] * 3
    by_program = [(each.name, each.visits, each.figures.stamps) for each in told.programs]
    assert by_program == [("Stamp card", 2, 3), ("Lunch card", 1, 3)]
    today = shop.database.read(store_today, SeeToday(actor=staff))
    assert (today.store.stamps, today.store.cards, today.own.cards) == (6, 2, 2)


def test_evening_tells_of_both_programs_together(town: Town, clock: Clock, shop: Shop) -> None:
    second, staff, lea = shop.adds_program(stamps_target=3), shop.hires("Sam"), shop.gives_card("Léa")
    lunch = shop.gives_another_card(lea, second)
    shop.stamps(staff, lea, 10)
    shop.stamps(staff, lunch, 4)
    clock.passes(days=1)
    shop.gives_another_card(shop.gives_card("Tom"), second)
    shop.stamps(staff, lea)
    town.database.write(summarize, shop.merchant_id)
    first = town.facts(MessageKind.DAILY_SUMMARY)[0]
    assert isinstance(first, DailySummary)
    assert (first.day.figures.stamps, first.day.figures.cards, first.day.rewards_outstanding) == (14, 1, 2)
    assert (first.day.new_customers, first.day.returning_customers) == (1, 0)


def test_who_gets_a_second_card_later_comes_back_and_is_not_new(town: Town, clock: Clock, shop: Shop) -> None:
    second, staff, lea = shop.adds_program(), shop.hires("Sam"), shop.gives_card("Léa")
    clock.passes(days=2)
    tom = shop.gives_card("Tom")
    lunch = shop.gives_another_card(lea, second)
    for card in (tom, lunch):
        shop.stamps(staff, card)
    asked = SeeReport(merchant_id=shop.merchant_id, account=None, asked=Span.TODAY)
    tally = (books := town.database.read(open_books, asked)).tally()
    for card in (tom, lunch):
        tally.add(shop.entries(card))
    told = books.report(tally)
    assert (told.new_customers, told.returning_customers) == (1, 1)
