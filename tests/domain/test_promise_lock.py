"""No change of a field takes from a card that is begun."""

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.account import Locale
from domain.card import Progress
from domain.field_kinds import (
    Choice,
    Field,
    Multipliers,
    Number,
    PointRewards,
)
from domain.fields import FIELDS, Target
from domain.ids import EntryId
from domain.merchant import InterimReward, OwnText, PointReward, ProgramKind
from domain.messages import MessageKind, Receipt
from domain.multipliers import read_multiplier
from domain.refusals import NotEnoughPoints, NotEnoughStamps, Refusal, UnitStillHeld
from domain.rules.held import PROMISED, point_rewards
from domain.rules.interim import interim_ready, interim_rewards
from domain.rules.points import affordable
from domain.rules.rewards import progress
from domain.staff import Actor
from domain.usecases.change_fields import change_fields
from domain.usecases.see_settings import CardsTouched, PreviewTerms, preview_terms
from tests.support.clock import Clock
from tests.support.databases import look
from tests.support.one_thread import OneThread
from tests.support.shop import Holder, Shop, Town
from tests.support.terms import editing

ESPRESSO, CAKE = PointReward(cost=50, name="An espresso"), PointReward(cost=100, name="A cake")


def pile(shop: Shop, lea: Holder) -> Progress:
    return progress(shop.card(lea), shop.program())


def seen(shop: Shop, lea: Holder) -> tuple[int, int, int, str]:
    found = pile(shop, lea)
    return found.rewards_available, found.on_card, found.target, found.reward


def prices(shop: Shop, lea: Holder) -> dict[str, int]:
    return {reward.name: reward.cost for reward in point_rewards(shop.card(lea), shop.program())}


@pytest.fixture
def shop(town: Town) -> Shop:
    return town.opens_shop(stamps_target=10, reward="A coffee")


@pytest.fixture
def anna(shop: Shop) -> Actor:
    return shop.hires("Anna")


@pytest.fixture
def lea(shop: Shop) -> Holder:
    return shop.gives_card()


# Stamps


def test_higher_target_holds_for_the_next_card(shop: Shop, anna: Actor, lea: Holder) -> None:
    shop.stamps(anna, lea, 7)
    shop.changes_terms(stamps_target=12)
    assert seen(shop, lea) == (0, 7, 10, "A coffee")
    told = shop.stamps(anna, lea, 3)
    assert (told.rewards_earned_now, told.card.progress.rewards_available) == (1, 1)
    assert shop.redeems(anna, lea).entry.stamps_delta == -10
    shop.stamps(anna, lea, 11)
    assert seen(shop, lea) == (0, 11, 12, "A coffee")
    with pytest.raises(NotEnoughStamps):
        shop.redeems(anna, lea)


def test_empty_card_has_the_new_target(shop: Shop, anna: Actor, lea: Holder) -> None:
    shop.changes_terms(stamps_target=12)
    assert shop.stamps(anna, lea, 1).card.progress.target == 12


def test_lower_target_holds_at_once_and_stays_when_it_rises_again(
    shop: Shop, anna: Actor, lea: Holder
) -> None:
    shop.stamps(anna, lea, 7)
    shop.changes_terms(stamps_target=8)
    assert seen(shop, lea) == (0, 7, 8, "A coffee")
    shop.changes_terms(stamps_target=12)
    assert seen(shop, lea) == (0, 7, 8, "A coffee")
    shop.changes_terms(stamps_target=5)
    assert seen(shop, lea) == (1, 2, 5, "A coffee")


def test_card_begun_after_the_change_has_the_new_terms_beside_one_of_before(
    town: Town, shop: Shop, anna: Actor, lea: Holder
) -> None:
    shop.stamps(anna, lea, 9)
    shop.changes_terms(stamps_target=12, reward="A tea")
    shop.stamps(anna, lea, 3)
    assert seen(shop, lea) == (1, 2, 12, "A coffee")
    receipt = town.facts(MessageKind.RECEIPT)[-1]
    assert isinstance(receipt, Receipt)
    assert receipt.progress == pile(shop, lea)
    done = shop.redeems(anna, lea)
    assert (done.entry.stamps_delta, done.entry.reward) == (-10, "A coffee")
    assert seen(shop, lea) == (0, 2, 12, "A tea")
    assert shop.card(lea).held_cards is None


def test_another_reward_holds_for_the_next_card_and_other_words_for_all(
    shop: Shop, anna: Actor, lea: Holder
) -> None:
    shop.stamps(anna, lea, 4)
    shop.changes_terms(reward="A comb", stamps_target=3)
    assert seen(shop, lea) == (0, 4, 10, "A coffee")
    shop.changes_terms(reward="A fine comb", is_renamed=True)
    assert seen(shop, lea) == (0, 4, 10, "A coffee")
    bob = shop.gives_card("Bob")
    shop.stamps(anna, bob, 2)
    assert seen(shop, bob) == (0, 2, 3, "A fine comb")
    shop.changes_terms(reward="The finest comb", is_renamed=True)
    assert seen(shop, bob) == (0, 2, 3, "The finest comb")


def test_stamps_stay_on_the_cards_they_lie_on(town: Town) -> None:
    shop = town.opens_shop(stamps_target=2, reward="A tea")
    lea = shop.gives_card()
    shop.stamps(shop.owner, lea, 2)
    shop.changes_terms(reward="A coffee")
    shop.changes_terms(reward="A tea", stamps_target=1)
    assert seen(shop, lea) == (2, 1, 1, "A tea")


def test_change_back_is_as_if_nothing_had_been(shop: Shop, anna: Actor, lea: Holder) -> None:
    shop.stamps(anna, lea, 13)
    before = shop.card(lea)
    shop.changes_terms(stamps_target=12)
    assert shop.card(lea).held_cards
    shop.changes_terms(stamps_target=10)
    assert shop.card(lea) == before


def test_redemption_taken_back_is_good_for_the_same_again(shop: Shop, anna: Actor, lea: Holder) -> None:
    shop.stamps(anna, lea, 10)
    redeemed = shop.redeems(anna, lea)
    shop.changes_terms(stamps_target=12, reward="A tea")
    shop.stamps(anna, lea, 1)
    shop.undoes(anna, lea, redeemed.entry.entry_id)
    assert seen(shop, lea) == (1, 1, 12, "A coffee")
    assert shop.redeems(anna, lea).entry.stamps_delta == -10


def test_stamp_taken_back_ends_the_promise_of_a_card_that_is_empty_then(
    shop: Shop, anna: Actor, lea: Holder
) -> None:
    stamped = shop.stamps(anna, lea, 1)
    shop.changes_terms(stamps_target=12)
    shop.undoes(anna, lea, stamped.entry.entry_id)
    assert seen(shop, lea) == (0, 0, 12, "A coffee")


# Points


@pytest.fixture
def points(town: Town) -> Shop:
    return town.opens_shop(kind=ProgramKind.POINTS, point_rewards=(ESPRESSO, CAKE))


@pytest.mark.parametrize(
    "rewards",
    [
        pytest.param((replace(ESPRESSO, cost=60), replace(CAKE, cost=500)), id="dearer"),
        pytest.param((PointReward(cost=900, name="A brunch"),), id="others"),
    ],
)
def test_points_held_are_good_for_what_they_were_good_for(
    points: Shop, rewards: tuple[PointReward, ...]
) -> None:
    anna, lea, bob = points.hires("Anna"), points.gives_card(), points.gives_card("Bob")
    points.earns(anna, lea, 120_00)
    points.changes_terms(point_rewards=rewards)
    kept = prices(points, lea)
    assert (kept["An espresso"], kept["A cake"]) == (50, 100)
    assert prices(points, bob) == {reward.name: reward.cost for reward in rewards}
    position = list(kept).index("A cake")
    done = points.redeems_points(anna, lea, position, cost=100)
    assert (done.entry.reward, done.card.points_balance) == ("A cake", 20)
    assert prices(points, lea)["An espresso"] == 50
    points.earns(anna, lea, 330_00)
    points.redeems_points(anna, lea, list(prices(points, lea)).index("An espresso"), cost=50)
    assert points.card(lea).held_points is None
    assert prices(points, lea) == prices(points, bob)


def test_cheaper_reward_holds_at_once_and_stays_when_it_rises_again(points: Shop) -> None:
    anna, lea = points.hires("Anna"), points.gives_card()
    points.earns(anna, lea, 45_00)
    points.changes_terms(point_rewards=(replace(ESPRESSO, cost=40),))
    assert prices(points, lea) == {"An espresso": 40, "A cake": 100}
    points.changes_terms(point_rewards=(ESPRESSO,))
    assert prices(points, lea) == {"An espresso": 40, "A cake": 100}


def test_redemption_of_points_taken_back_may_be_had_again(points: Shop) -> None:
    anna, lea = points.hires("Anna"), points.gives_card()
    points.earns(anna, lea, 50_00)
    redeemed = points.redeems_points(anna, lea, 0)
    points.changes_terms(point_rewards=(replace(ESPRESSO, cost=60),))
    points.undoes(anna, lea, redeemed.entry.entry_id)
    assert points.redeems_points(anna, lea, 0, cost=50).card.points_balance == 0
    points.earns(anna, lea, 55_00)
    with pytest.raises(NotEnoughPoints):
        points.redeems_points(anna, lea, 0)


# Beside the rewards


def test_kind_that_would_leave_out_what_cards_hold_is_refused(shop: Shop, anna: Actor, lea: Holder) -> None:
    stamped = shop.stamps(anna, lea)
    before = shop.program()
    with pytest.raises(UnitStillHeld):
        shop.changes_terms(kind=ProgramKind.POINTS, point_rewards=(ESPRESSO,))
    assert shop.program() == before
    shop.changes_terms(kind=ProgramKind.HYBRID, point_rewards=(ESPRESSO,))
    shop.undoes(anna, lea, stamped.entry.entry_id)
    shop.changes_terms(kind=ProgramKind.POINTS)


def test_preview_counts_what_the_change_then_does(shop: Shop, anna: Actor, lea: Holder) -> None:
    for name, stamps in (("Tom", 6), ("Mia", 9), ("Eve", 0)):
        holder = shop.gives_card(name)
        if stamps:
            shop.stamps(anna, holder, stamps)
    shop.stamps(anna, lea, 12)

    def previewed(**values: Any) -> CardsTouched:
        query = PreviewTerms(
            account=shop.owner.account,
            merchant_id=shop.merchant_id,
            program_id=shop.program_id,
            values=values,
        )
        return shop.database.read(preview_terms, query)

    assert previewed(stamps_target=6) == CardsTouched(begun=3, gaining=3, keeping=0)
    assert previewed(stamps_target=12) == CardsTouched(begun=3, gaining=0, keeping=3)
    assert previewed(reward="A coffee") == CardsTouched(begun=3, gaining=0, keeping=0)
    shop.changes_terms(stamps_target=12)
    program = shop.program()
    cards = look(shop.database, lambda tx: tx.begun_cards(program))
    assert sum(bool(card.held_cards) for card in cards) == 3


def test_rewards_outstanding_count_what_is_held(shop: Shop, anna: Actor, lea: Holder) -> None:
    shop.stamps(anna, lea, 12)
    shop.stamps(anna, shop.gives_card("Tom"), 20)
    shop.changes_terms(stamps_target=12)
    shop.stamps(anna, shop.gives_card("Mia"), 12)
    program = shop.program()
    assert look(shop.database, lambda tx: tx.rewards_outstanding(program)) == 1 + 2 + 1


# Against a model: a pile of paper cards


@dataclass
class Paper:
    target: int
    reward: str
    stamps: int = 0


class Pile:
    """Paper cards, the oldest first; one that is full is followed by one with the terms of that day."""

    def __init__(self, target: int, reward: str) -> None:
        self.target, self.reward = target, reward
        self.cards: list[Paper] = []

    @property
    def total(self) -> int:
        return sum(card.stamps for card in self.cards)

    def holds(self, total: int) -> None:
        """Laid out anew, stamp by stamp; cards that get none are thrown away."""
        for card in self.cards:
            card.stamps = 0
        for _ in range(total):
            open_cards = [card for card in self.cards if card.stamps < card.target]
            if not open_cards:
                open_cards = [Paper(self.target, self.reward)]
                self.cards += open_cards
            open_cards[0].stamps += 1
        self.cards = [card for card in self.cards if card.stamps]

    def changes(self, target: int, reward: str) -> None:
        self.target, self.reward = target, reward
        for card in self.cards:
            if card.reward == reward:
                card.target = min(card.target, target)
        self.holds(self.total)

    def redeems(self) -> Paper | None:
        if not self.cards or self.cards[0].stamps < self.cards[0].target:
            return None
        return self.cards.pop(0)

    def gets_back(self, card: Paper, stamps: int) -> None:
        if stamps == 0:
            return
        total = self.total + stamps
        target = min(card.target, self.target) if card.reward == self.reward else card.target
        self.cards.insert(0, Paper(target, card.reward))
        self.holds(total)

    def seen(self) -> tuple[int, int, int, str]:
        full = sum(card.stamps == card.target for card in self.cards)
        last = self.cards[-1] if self.cards else Paper(self.target, self.reward)
        return full, last.stamps, last.target, (self.cards or [last])[0].reward


TARGETS = st.integers(1, 6)
REWARDS = st.sampled_from(["A coffee", "A tea"])
STEPS = st.one_of(
    st.tuples(st.just("stamp"), st.integers(1, 7)),
    st.tuples(st.just("stamp"), st.integers(1, 7)),
    st.tuples(st.just("redeem")),
    st.tuples(st.just("redeem")),
    st.tuples(st.just("take back stamps"), st.integers(1, 4)),
    st.tuples(st.just("take back a redemption")),
    st.tuples(st.just("change"), TARGETS, REWARDS),
)


def test_card_is_what_a_pile_of_paper_cards_would_be() -> None:
    done: Counter[str] = Counter()

    @settings(max_examples=80, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(target=TARGETS, steps=st.lists(STEPS, min_size=15, max_size=25))
    def walks(target: int, steps: Sequence[tuple[Any, ...]]) -> None:
        clock = Clock()
        shop = Town(OneThread(clock)).opens_shop(stamps_target=target, reward="A coffee")
        lea, model = shop.gives_card(), Pile(target, "A coffee")
        redeemed: list[tuple[EntryId, Paper]] = []
        for step in steps:
            clock.passes(minutes=1)
            done[take_step(shop, lea, model, redeemed, *step)] += 1
            assert shop.card(lea).stamp_count == model.total
            assert seen(shop, lea) == model.seen(), step

    walks()
    assert all(
        done[what] > 20 for what in ("redeemed", "redemption taken back", "stamps taken back", "change")
    )


def take_step(
    shop: Shop, lea: Holder, model: Pile, redeemed: list[tuple[EntryId, Paper]], what: str, *how: Any
) -> str:
    """What was done."""
    paul = shop.owner
    match what:
        case "stamp":
            shop.stamps(paul, lea, how[0])
            model.holds(model.total + how[0])
        case "redeem" if handed_out := model.redeems():
            entry = shop.redeems(paul, lea).entry
            assert (-entry.stamps_delta, entry.reward) == (handed_out.target, handed_out.reward)
            redeemed.append((entry.entry_id, handed_out))
            return "redeemed"
        case "redeem":
            with pytest.raises(NotEnoughStamps):
                shop.redeems(paul, lea)
        case "take back stamps":
            with suppress(Refusal):
                entry = shop.voids(paul, lea, count=how[0], reason="a slip").entry
                model.holds(model.total + entry.stamps_delta)
                return "stamps taken back"
        case "take back a redemption" if redeemed:
            entry_id, handed_out = redeemed.pop()
            entry = shop.voids(paul, lea, entry=entry_id, reason="a slip").entry
            model.gets_back(handed_out, entry.stamps_delta)
            return "redemption taken back"
        case "change":
            shop.changes_terms(stamps_target=how[0], reward=how[1])
            model.changes(how[0], how[1])
    return what


# Every field


NAMES = st.sampled_from(["A coffee", "A tea", "An espresso", "A cake"])
POINT_REWARDS = st.lists(
    st.builds(PointReward, cost=st.integers(1, 40), name=NAMES),
    min_size=1,
    max_size=3,
    unique_by=lambda r: r.name,
)


def values_of(name: str, field: Field) -> st.SearchStrategy[Any]:
    if isinstance(field, PointRewards):
        return POINT_REWARDS.map(tuple)
    if isinstance(field, Multipliers):
        return st.sampled_from([None, (read_multiplier("Mon 2"),), (read_multiplier("Mon 14-16 1.5"),)])
    if isinstance(field, Number):
        some = st.integers(field.lowest, min(field.highest, field.lowest + 12))
        return st.one_of(some, st.none()) if field.without else some
    if isinstance(field, Choice):
        return st.sampled_from(list(field.options.values()))
    return {
        "name": NAMES,
        "reward": NAMES,
        "colour": st.just("#123456"),
        "timezone": st.sampled_from(["UTC", "Asia/Kathmandu", "Pacific/Auckland"]),
        "currency": st.sampled_from(["EUR", "JPY", "CHF"]),
        "contact": st.none() | NAMES,
        "languages": st.sampled_from([None, (Locale.FR,)]),
        "interim_rewards": st.none()
        | st.lists(st.builds(InterimReward, stamps=st.integers(1, 3), name=NAMES), max_size=3).map(tuple),
        "own_texts": st.none()
        | st.tuples(st.builds(OwnText, locale=st.sampled_from(Locale), text=NAMES, said=NAMES)),
    }[name]


EVERY_FIELD = [(target, name) for target in (Target.MERCHANT, Target.PROGRAM) for name in FIELDS[target]]
SOME_FIELDS = [EVERY_FIELD[at : at + 8] for at in range(0, len(EVERY_FIELD), 8)]
ALL_PROMISED = [(Target.PROGRAM, name) for name in PROMISED]
ACTS = st.one_of(
    st.tuples(st.just("stamps"), st.integers(1, 6)),
    st.tuples(st.just("earns"), st.integers(1, 30)),
    st.tuples(st.just("redeems"), st.just(0)),
    st.tuples(st.just("redeems_points"), st.integers(0, 3)),
    st.tuples(st.just("hands_out"), st.integers(0, 1)),
    st.tuples(st.just("voids"), st.just(0)),
)


def eyes(shop: Shop, lea: Holder) -> tuple[Progress, tuple[PointReward, ...], int]:
    card, program = shop.card(lea), shop.program()
    return progress(card, program), point_rewards(card, program), card.points_balance


def on_the_way(shop: Shop, lea: Holder) -> Counter[str]:
    """What may be handed out now."""
    return Counter(each.name for each in interim_ready(shop.card(lea), shop.program()))


@pytest.mark.parametrize("fields", SOME_FIELDS, ids=lambda fields: fields[0][1])
def test_no_change_of_any_field_makes_a_card_worse(fields: Sequence[tuple[Target, str]]) -> None:
    """Each of them is changed in every walk, and what is promised between them."""
    done: Counter[str] = Counter()

    @settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(data=st.data())
    def walks(data: st.DataObject) -> None:
        clock = Clock()
        shop = Town(OneThread(clock)).opens_shop(
            kind=ProgramKind.HYBRID,
            stamps_target=4,
            point_rewards=(PointReward(cost=10, name="A cake"),),
            interim_rewards=(InterimReward(stamps=2, name="A tea"),),
        )
        paul, lea = shop.owner, shop.gives_card()
        for one in data.draw(st.permutations([*fields, *ALL_PROMISED])):
            for how in data.draw(st.lists(ACTS, min_size=1, max_size=3)):
                clock.passes(minutes=5)
                done[act(shop, paul, lea, *how)] += 1
            target, name = one
            assert_no_worse(shop, lea, target, name, data.draw(values_of(name, FIELDS[target][name])))

    walks()
    assert done.keys() >= {"stamps", "earns", "redeems", "redeems_points", "hands_out", "voids"}


def act(shop: Shop, paul: Actor, lea: Holder, what: str, number: int) -> str:
    """What was done, or that it was refused."""
    rewards = point_rewards(shop.card(lea), shop.program())
    try:
        match what:
            case "stamps":
                shop.stamps(paul, lea, number)
            case "earns":
                shop.earns(paul, lea, number * 100)
            case "redeems":
                shop.redeems(paul, lea)
            case "redeems_points" if number < len(rewards):
                shop.redeems_points(paul, lea, number, cost=rewards[number].cost)
            case "hands_out" if number < len(interim := interim_rewards(shop.card(lea), shop.program())):
                shop.hands_out(paul, lea, number, stamps=interim[number].stamps)
            case "voids":
                shop.voids(paul, lea, reason="a slip")
            case _:
                return "nothing"
    except Refusal:
        return "refused"
    return what


def assert_no_worse(shop: Shop, lea: Holder, target: Target, name: str, value: Any) -> None:
    before, card, ready = eyes(shop, lea), shop.card(lea), on_the_way(shop, lea)
    changed = shop.program() if target is Target.PROGRAM else shop.merchant()
    try:
        shop.database.write(change_fields, editing(changed, **{name: value}))
    except Refusal:
        assert shop.card(lea) == card
    pile, rewards, points = eyes(shop, lea)
    pile_before, rewards_before, points_before = before
    assert shop.card(lea).stamp_count == card.stamp_count
    assert points == points_before
    if card.stamp_count:
        assert on_the_way(shop, lea) >= ready
        assert pile.reward == pile_before.reward or pile.cost <= pile_before.cost
        assert pile.cost <= pile_before.cost
        assert pile.rewards_available >= pile_before.rewards_available
        if pile.rewards_available == pile_before.rewards_available:
            assert pile.stamps_to_go <= pile_before.stamps_to_go
        assert shop.program().has_stamps
    if points:
        now = {reward.name: reward.cost for reward in rewards}
        assert all(now[reward.name] <= reward.cost for reward in rewards_before)
        assert {r.name for r in affordable(points, rewards_before)} <= {
            r.name for r in affordable(points, rewards)
        }
        assert shop.program().has_points
