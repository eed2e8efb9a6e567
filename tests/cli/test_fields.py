"""Looking at merchants, stores and programs, and changing their fields, from the command line."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from domain.fields import FIELDS, Target
from tests.bot.pictures.samples import decoded
from tests.bot.pictures.test_poster import picture_in
from tests.cli.conftest import Stempel
from tests.support.databases import rows

MERCHANT_FIELDS = ", ".join(FIELDS[Target.MERCHANT])
PROGRAM_FIELDS = ", ".join(FIELDS[Target.PROGRAM])


@pytest.fixture
def of_shop(shop: dict[str, Any]) -> list[str]:
    return ["--merchant", shop["merchant_id"]]


def changes(database: Path) -> list[tuple[Any, ...]]:
    return rows(
        database, "SELECT target_kind, field, before, after, staff_id FROM changes ORDER BY change_id"
    )


def test_merchants_are_listed_oldest_first(stempel: Stempel, shop: dict[str, Any]) -> None:
    other = stempel("merchant", "create", "--name", "Salon", "--json").object
    ran = stempel("merchant", "list", "--json")
    assert (ran.status, ran.err) == (0, "")
    assert ran.objects == [
        {"merchant_id": shop["merchant_id"], "name": "Café Knätsch"},
        {"merchant_id": other["merchant_id"], "name": "Salon"},
    ]
    assert stempel("merchant", "list").out.splitlines()[1] == f"{other['merchant_id']}  Salon"
    closed = stempel("merchant", "close", "--merchant", "Salon", "--yes", "--json").object
    assert stempel("merchant", "list", "--json").objects[1]["closes_at"] == closed["closes_at"]


def test_merchant_is_shown_with_its_fields_and_ids(
    stempel: Stempel, shop: dict[str, Any], of_shop: list[str]
) -> None:
    shown = stempel("merchant", "show", *of_shop, "--json").object
    [program] = stempel("program", "list", *of_shop, "--json").objects
    assert list(shown) == ["merchant_id", "store_ids", "program_ids", *FIELDS[Target.MERCHANT]]
    expected = {
        "merchant_id": shop["merchant_id"],
        "store_ids": [shop["store_id"]],
        "program_ids": [program["program_id"]],
        "name": "Café Knätsch",
        "colour": "#6f4e37",
        "timezone": "Europe/Luxembourg",
        "currency": "EUR",
        "default_locale": "en",
        "summary_hour": 20,
        "allow_void": True,
    }
    assert {name: shown[name] for name in expected} == expected
    lines = stempel("merchant", "show", *of_shop).out.splitlines()
    assert [line.partition(": ")[0] for line in lines] == list(shown)
    assert {f"store_ids: {shop['store_id']}", "allow_void: yes"} < set(lines)


@pytest.mark.usefixtures("laid")
def test_program_is_shown_with_its_fields_and_id(stempel: Stempel) -> None:
    words = [
        "--name",
        "Salon",
        "--program",
        "hybrid",
        "--minimum-purchase",
        "5.50",
        "--point-reward",
        "50=Espresso",
    ]
    created = stempel("merchant", "create", *words, "--json").object
    of_salon = ["--merchant", created["merchant_id"]]
    [listed] = stempel("program", "list", *of_salon, "--json").objects
    assert listed == {"program_id": listed["program_id"], "name": None, "kind": "hybrid", "active": True}
    shown = stempel("program", "show", *of_salon, "--json").object
    assert list(shown) == ["program_id", *FIELDS[Target.PROGRAM]]
    assert shown["program_id"] == listed["program_id"]
    assert (shown["points_per_unit_milli"], shown["minimum_purchase_minor"]) == ("1", "5.50")
    assert (shown["max_daily_stamps"], shown["stamps_target"], shown["require_staff_pin"]) == (None, 10, True)
    assert shown["point_rewards"] == [{"cost": 50, "name": "Espresso"}, {"cost": 100, "name": "One for free"}]
    lines = stempel("program", "show", *of_salon, "--program", listed["program_id"]).out.splitlines()
    assert {"max_daily_stamps: none", "minimum_purchase_minor: 5.50", "require_staff_pin: yes"} < set(lines)
    assert [line for line in lines if line.startswith("point_rewards")] == [
        "point_rewards: 50=Espresso",
        "point_rewards: 100=One for free",
    ]


def test_stores_are_listed_oldest_first_and_renamed(
    stempel: Stempel, shop: dict[str, Any], of_shop: list[str], database: Path
) -> None:
    gare = stempel("store", "create", *of_shop, "--name", "Gare", "--json").object["store_id"]
    ran = stempel("store", "rename", *of_shop, "--store", gare, "--name", " Belval ", "--json")
    assert (ran.status, ran.object) == (0, {"field": "name", "before": "Gare", "after": "Belval"})
    unsaid = {"opening_hours": "none", "location": "none"}
    assert stempel("store", "list", *of_shop, "--json").objects == [
        {"store_id": shop["store_id"], "name": "Café Knätsch", "active": True, **unsaid},
        {"store_id": gare, "name": "Belval", "active": True, **unsaid},
    ]
    assert stempel("store", "list", *of_shop).out.splitlines()[1] == f"{gare}  Belval  yes  none  none"
    assert changes(database) == [("store", "name", "Gare", "Belval", None)]


def test_opening_hours_of_a_store_are_set_and_what_is_none_is_refused(
    stempel: Stempel, shop: dict[str, Any], of_shop: list[str], database: Path
) -> None:
    hours = ["store", "set", *of_shop, "--store", shop["store_id"]]
    ran = stempel(*hours, "opening_hours=Mo-Fr 8-18.30, sam. 9h-13h")
    assert ran.out == "opening_hours: none → Mon-Fri 08:00-18:30, Sat 09:00-13:00\n"
    [listed] = stempel("store", "list", *of_shop, "--json").objects
    assert listed["opening_hours"] == "Mon-Fri 08:00-18:30, Sat 09:00-13:00"
    refused = stempel(*hours, "opening_hours=always")
    assert (refused.status, refused.out) == (2, "")
    assert refused.err.startswith("Those are no opening hours.")
    assert len(changes(database)) == 1


def test_location_of_a_store_is_set_and_taken_away(
    stempel: Stempel, shop: dict[str, Any], of_shop: list[str], database: Path
) -> None:
    place = ["store", "set", *of_shop, "--store", shop["store_id"]]
    assert stempel(*place, "location=49.61160, 6.1319").out == "location: none → 49.6116, 6.1319\n"
    [listed] = stempel("store", "list", *of_shop, "--json").objects
    assert listed["location"] == "49.6116, 6.1319"
    refused = stempel(*place, "location=here")
    assert (refused.status, refused.err[:22]) == (2, "That is no place. Send")
    assert stempel(*place, "location=none").status == 0
    assert len(changes(database)) == 2


def test_program_is_paused_and_resumed(stempel: Stempel, of_shop: list[str], database: Path) -> None:
    paused = stempel("program", "pause", *of_shop, "--json")
    assert (paused.status, paused.object) == (0, {"field": "active", "before": "yes", "after": "no"})
    [listed] = stempel("program", "list", *of_shop, "--json").objects
    assert listed["active"] is False
    assert stempel("program", "pause", *of_shop).out == ""
    assert stempel("program", "resume", *of_shop).out == "active: no → yes\n"
    assert changes(database) == [
        ("program", "active", "yes", "no", None),
        ("program", "active", "no", "yes", None),
    ]


def test_stores_are_closed_and_opened_again_but_for_the_last(
    stempel: Stempel, shop: dict[str, Any], of_shop: list[str], database: Path
) -> None:
    gare = stempel("store", "create", *of_shop, "--name", "Gare", "--json").object["store_id"]
    closed = stempel("store", "close", *of_shop, "--store", gare, "--json")
    assert (closed.status, closed.object) == (0, {"field": "active", "before": "yes", "after": "no"})
    last = stempel("store", "close", *of_shop, "--store", shop["store_id"])
    assert (last.status, last.err) == (2, "This is the only open store. Open another one first.\n")
    words = ["--store", gare, "--name", "Anna"]
    invited = stempel("staff", "invite", *of_shop, *words)
    assert (invited.status, invited.out) == (2, "")
    assert stempel("store", "open", *of_shop, "--store", gare).out == "active: no → yes\n"
    assert stempel("staff", "invite", *of_shop, *words).status == 0
    assert changes(database) == [
        ("store", "active", "yes", "no", None),
        ("store", "active", "no", "yes", None),
    ]


def test_set_prints_what_changed_and_keeps_it(stempel: Stempel, of_shop: list[str], database: Path) -> None:
    ran = stempel(
        "merchant", "set", *of_shop, "summary_hour=9", "name=Kaffi = Kuch", "currency=EUR", "allow_void=no"
    )
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.splitlines() == [
        "summary_hour: 20 → 9",
        "name: Café Knätsch → Kaffi = Kuch",
        "allow_void: yes → no",
    ]
    shown = stempel("merchant", "show", *of_shop, "--json").object
    assert (shown["summary_hour"], shown["name"], shown["allow_void"]) == (9, "Kaffi = Kuch", False)
    assert changes(database) == [
        ("merchant", "summary_hour", "20", "9", None),
        ("merchant", "name", "Café Knätsch", "Kaffi = Kuch", None),
        ("merchant", "allow_void", "yes", "no", None),
    ]


def test_program_set_takes_every_kind_of_field(stempel: Stempel, of_shop: list[str]) -> None:
    words = (
        "kind=hybrid stamps_target=5 cooldown_minutes=30 max_daily_stamps=2 require_staff_pin=no pin_window_minutes=0"
        " points_per_unit_milli=0.5 minimum_purchase_minor=2.50 welcome_bonus=3 expiry_kind=lot expiry_months=6"
        " active=no point_rewards=90=Cake point_rewards=40=Espresso carry_over=no stamp_per_minor=10"
    )
    spaced = ["reward=A coffee", "multipliers=mo-fr 14-16 2; 24.12.2026 3"]
    ran = stempel("program", "set", *of_shop, *words.split(), *spaced, "--json")
    assert (ran.status, ran.err) == (0, "")
    assert {line["field"]: (line["before"], line["after"]) for line in ran.objects} == {
        "kind": ("stamps", "hybrid"),
        "stamps_target": ("10", "5"),
        "cooldown_minutes": ("0", "30"),
        "max_daily_stamps": ("none", "2"),
        "require_staff_pin": ("yes", "no"),
        "pin_window_minutes": ("15", "0"),
        "points_per_unit_milli": ("1", "0.5"),
        "minimum_purchase_minor": ("0.00", "2.50"),
        "welcome_bonus": ("0", "3"),
        "expiry_kind": ("never", "lot"),
        "expiry_months": ("12", "6"),
        "active": ("yes", "no"),
        "point_rewards": ("", "40=Espresso\n90=Cake"),
        "reward": ("One for free", "A coffee"),
        "carry_over": ("yes", "no"),
        "stamp_per_minor": ("count", "10.00"),
        "multipliers": ("none", "Mon-Fri 14:00-16:00 2\n2026-12-24 3"),
    }
    back = stempel("program", "set", *of_shop, "max_daily_stamps=none", "point_rewards=50=Tea")
    assert back.out.splitlines() == [
        "max_daily_stamps: 2 → none",
        "point_rewards: 40=Espresso; 90=Cake → 50=Tea",
    ]


def test_rewards_on_the_way_are_set_and_taken_off(stempel: Stempel, of_shop: list[str]) -> None:
    stempel("program", "set", *of_shop, "interim_rewards=8=Juice", "interim_rewards=5=Cookie")
    shown = stempel("program", "show", *of_shop).out
    assert "interim_rewards: 5=Cookie\ninterim_rewards: 8=Juice\n" in shown
    stempel("program", "set", *of_shop, "interim_rewards=-")
    assert "Cookie" not in stempel("program", "show", *of_shop).out


def test_reward_in_other_words_is_said_with_an_option(
    stempel: Stempel, of_shop: list[str], database: Path
) -> None:
    [(merchant_id, program_id, store_id)] = rows(
        database, "SELECT merchant_id, program_id, store_id FROM programs JOIN stores USING (merchant_id)"
    )
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(
            "INSERT INTO customers VALUES (?, 'c', 1, 2, 'Anna', ?, 0, 'anna')", (merchant_id, store_id)
        )
        connection.execute(
            "INSERT INTO cards (merchant_id, card_id, customer_id, program_id, number, token_hash, token_rotation,"
            " stamp_count, points_balance, stamps_today, entry_count, active, created_at)"
            " VALUES (?, 'd', 'c', ?, '000000018', 'h', 0, 5, 0, 0, 0, 1, 0)",
            (merchant_id, program_id),
        )
    held = "SELECT held_cards FROM cards"
    stempel("program", "set", *of_shop, "reward=A small coffee", "--same-reward")
    assert rows(database, held) == [(None,)]
    stempel("program", "set", *of_shop, "reward=A comb", "stamps_target=12")
    kept = '[{"count":1,"target":10,"reward":"A small coffee","promised":0,"interim":null}]'
    assert rows(database, held) == [(kept,)]
    stempel("program", "set", *of_shop, "stamps_target=10", "reward=A small coffee")
    assert rows(database, held) == [(None,)]


def test_what_is_shown_is_taken_by_set_and_changes_nothing(
    stempel: Stempel, of_shop: list[str], database: Path
) -> None:
    stempel("program", "set", *of_shop, "kind=hybrid", "point_rewards=90=Cake", "point_rewards=40=Espresso")
    before = changes(database)
    for group, kind in (("merchant", Target.MERCHANT), ("program", Target.PROGRAM)):
        lines = [line.partition(": ") for line in stempel(group, "show", *of_shop).out.splitlines()]
        shown = [f"{name}={value}" for name, _, value in lines if name in FIELDS[kind]]
        ran = stempel(group, "set", *of_shop, *shown)
        assert (ran.status, ran.out, ran.err) == (0, "", "")
    assert changes(database) == before


@pytest.mark.parametrize("as_json", [False, True], ids=["text", "json"])
@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["merchant", "set", "summary_hour=24"], "summary_hour goes from 0 to 23."),
        (["merchant", "set", "name=Kaffi", "summary_hour=noon"], "summary_hour goes from 0 to 23."),
        (["merchant", "set", "name=Kaffi", "name=Kuch"], "Give a name of 1 to 64 characters on one line."),
        (
            ["merchant", "set", "timezone=Mars/Olympus"],
            "There is no time zone Mars/Olympus. Give one such as Europe/Luxembourg.",
        ),
        (["merchant", "set", "allow_void=perhaps"], "allow_void is one of these: yes, no."),
        (["merchant", "set", "default_locale=nl"], "default_locale is one of these: en, fr, de, lb."),
        (
            ["merchant", "set", "stamps_target=5"],
            f"There is no field stamps_target: there are {MERCHANT_FIELDS}.",
        ),
        (["merchant", "set", "created_at=0"], f"There is no field created_at: there are {MERCHANT_FIELDS}."),
        (["program", "set", "mood=good"], f"There is no field mood: there are {PROGRAM_FIELDS}."),
        (["program", "set", "reward"], "reward is not FIELD=VALUE, such as reward=VALUE."),
        (["program", "set", "kind=points"], "Give at least one reward for points, with its price in points."),
        (
            ["program", "set", "reward=Tea", "points_per_unit_milli=0.0001"],
            "points_per_unit_milli goes from 0.001 to 1000, with three decimals at most, such as 0.5.",
        ),
        (
            ["program", "set", "minimum_purchase_minor=5,00"],
            "minimum_purchase_minor is an amount in EUR, such as 5.00.",
        ),
        (["program", "set", "minimum_purchase_minor=200000"], "Enter an amount up to €100,000.00."),
        (
            ["program", "set", "point_rewards=Espresso"],
            "“Espresso” is not a price in points and a reward, such as 50=Espresso.",
        ),
        (["program", "set", "point_rewards=0=Espresso"], "point_reward_cost goes from 1 to 1000000."),
        (
            ["program", "set", "--program", "x", "reward=Tea"],
            "There is no such program at this merchant. Check the id.",
        ),
        (["program", "show", "--program", "x"], "There is no such program at this merchant. Check the id."),
        (
            ["store", "rename", "--store", "x", "--name", "Rive"],
            "There is no such store at this merchant. Check the id.",
        ),
    ],
    ids=lambda value: str(value)[-40:],
)
def test_bad_input_is_one_sentence_and_changes_nothing(
    words: list[str], sentence: str, as_json: bool, stempel: Stempel, of_shop: list[str], database: Path
) -> None:
    group, act, *rest = words
    ran = stempel(group, act, *of_shop, *rest, *(["--json"] if as_json else []))
    assert (ran.status, ran.out, ran.err) == (2, "", f"{sentence}\n")
    assert changes(database) == []


@pytest.mark.parametrize(
    "words",
    [
        ["merchant", "show"],
        ["merchant", "set", "name=Kaffi"],
        ["program", "list"],
        ["program", "show"],
        ["program", "set", "reward=Tea"],
        ["store", "list"],
        ["store", "rename", "--store", "x", "--name", "Rive"],
        ["store", "close", "--store", "x"],
        ["store", "open", "--store", "x"],
    ],
    ids=" ".join,
)
@pytest.mark.usefixtures("laid")
def test_merchant_must_be_there(words: list[str], stempel: Stempel) -> None:
    ran = stempel(*words, "--merchant", "x")
    assert (ran.status, ran.out, ran.err) == (
        2,
        "",
        "No merchant is called x: `stempel merchant list` names those there are.\n",
    )


def test_second_program_is_created_and_has_to_be_named_from_then_on(
    stempel: Stempel, shop: dict[str, Any], of_shop: list[str]
) -> None:
    words = ["--name", "Lunch card", "--program", "stamps", "--stamps-target", "6", "--reward", "A lunch"]
    created = stempel("program", "create", *of_shop, *words, "--json").object
    second, [link] = created["program_id"], created["join_links"]
    assert (created["name"], link.startswith(shop["join_link"])) == ("Lunch card", True)
    listed = stempel("program", "list", *of_shop, "--json").objects
    assert [each["name"] for each in listed] == ["Stamp card", "Lunch card"]
    ran = stempel("program", "create", *of_shop, *words)
    assert (ran.status, ran.err) == (
        2,
        "Another program is called “Lunch card” already. Choose another name.\n",
    )
    ran = stempel("program", "set", *of_shop, "stamps_target=5")
    assert (ran.status, ran.err) == (2, "There are several programs: say which with --program.\n")
    ran = stempel("program", "set", *of_shop, "--program", second, "stamps_target=5")
    assert (ran.status, ran.out) == (0, "stamps_target: 6 → 5\n")
    targets = [
        stempel("program", "show", *of_shop, "--program", each["program_id"], "--json").object[
            "stamps_target"
        ]
        for each in listed
    ]
    assert targets == [10, 5]
    ran = stempel("store", "poster", *of_shop, "--program", second)
    assert ran.out == "file: café-knätsch-lunch-card-a4.pdf\n"
    assert decoded(picture_in(Path("café-knätsch-lunch-card-a4.pdf").read_bytes())) == [link]


def test_created_program_has_the_guards_of_the_others_and_says_so(
    stempel: Stempel, of_shop: list[str]
) -> None:
    stempel("program", "set", *of_shop, "cooldown_minutes=30", "max_daily_stamps=2", "pin_window_minutes=0")
    ran = stempel("program", "create", *of_shop, "--name", "Lunch card", "--max-daily-stamps", "none")
    said = ran.out.splitlines()[2:7]
    assert said == [
        "require_staff_pin: yes",
        "pin_window_minutes: 0",
        "cooldown_minutes: 30",
        "max_daily_stamps: none",
        "redeem_confirmation: staff",
    ]
    ran = stempel("program", "create", "--help")
    assert " ".join(ran.out.split()).count("[default: as strict as the other programs]") == len(said)


def test_options_of_create_follow_the_declarations(stempel: Stempel) -> None:
    ran = stempel("merchant", "create", "--help")
    said = " ".join(ran.out.split())
    for option in (
        "--timezone TEXT", "--locale [en|fr|de|lb]", "--currency TEXT", "--colour TEXT",
        "--program [stamps|points|hybrid]", "--stamps-target STAMPS", "--reward TEXT", "--cooldown-minutes MINUTES",
        "--max-daily-stamps STAMPS", "--require-pin / --no-pin", "--pin-window-minutes MINUTES",
        "--points-per-unit POINTS", "--minimum-purchase AMOUNT", "--reward-cost INTEGER", "--point-reward TEXT",
        "--welcome-bonus POINTS", "--expiry [never|inactivity|lot]", "--expiry-months MONTHS", "--summary-hour HOUR",
    ):  # fmt: skip
        assert option in said
    for default in (
        "Europe/Luxembourg",
        "EUR",
        "#6f4e37",
        "stamps",
        "10",
        "0",
        "15",
        "1",
        "100",
        "never",
        "12",
        "20",
    ):
        assert f"[default: {default}]" in said


@pytest.mark.usefixtures("laid")
def test_numbers_are_checked_as_the_fields_they_are(stempel: Stempel) -> None:
    words = ["merchant", "create", "--name", "Salon"]
    for more, said in (
        (["--stamps-target", "many"], "stamps_target goes from 1 to 30.\n"),
        (["--max-daily-stamps", "101"], "max_daily_stamps goes from 1 to 100.\n"),
        (["--program", "points", "--minimum-purchase", "200000"], "Enter an amount up to €100,000.00.\n"),
    ):
        ran = stempel(*words, *more)
        assert (ran.status, ran.out, ran.err) == (2, "", said)
    assert stempel(*words, "--max-daily-stamps", "none").status == 0
