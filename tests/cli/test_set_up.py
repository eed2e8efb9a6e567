"""Merchants, stores and teams from the command line."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Stempel
from tests.support.databases import rows

LINK = re.compile(r"https://t\.me/stempel_demo_bot\?start=[ji][A-Za-z0-9_-]{22}")
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")


def test_merchant_create_prints_ids_and_links(stempel: Stempel) -> None:
    ran = stempel("merchant", "create", "--name", "Café Knätsch", "--json")
    assert (ran.status, ran.err) == (0, "")
    assert list(ran.object) == ["merchant_id", "owner_link", "store_id", "store_name", "join_link"]
    assert ran.object["store_name"] == "Café Knätsch"
    assert UUID.fullmatch(ran.object["merchant_id"])
    assert UUID.fullmatch(ran.object["store_id"])
    assert LINK.fullmatch(ran.object["owner_link"])
    assert LINK.fullmatch(ran.object["join_link"])


@pytest.mark.usefixtures("laid")
def test_merchant_create_takes_every_term(stempel: Stempel, database: Path) -> None:
    words = (
        "merchant create --name Salon --timezone Europe/Berlin --locale lb --currency CHF --colour #FFAA00"
        " --program stamps --stamps-target 5 --reward Haircut --cooldown-minutes 30 --max-daily-stamps 2"
        " --no-pin --pin-window-minutes 0 --json"
    )
    assert stempel(*words.split()).status == 0
    [terms] = rows(
        database,
        "SELECT timezone, default_locale, currency, colour, kind, stamps_target, reward, cooldown_minutes,"
        " max_daily_stamps, require_staff_pin, pin_window_minutes"
        " FROM merchants JOIN program_versions USING (merchant_id)",
    )
    assert terms == ("Europe/Berlin", "lb", "CHF", "#ffaa00", "stamps", 5, "Haircut", 30, 2, 0, 0)


@pytest.mark.usefixtures("laid")
def test_merchant_create_takes_every_term_of_points_and_expiry(stempel: Stempel, database: Path) -> None:
    words = (
        "merchant create --name Salon --program points --points-per-unit 0.125 --minimum-purchase 5.50"
        " --reward Haircut --reward-cost 250 --point-reward 400=Colour --point-reward 50=Comb"
        " --welcome-bonus 20 --expiry lot --expiry-months 6 --summary-hour 7 --json"
    )
    assert stempel(*words.split()).status == 0
    [terms] = rows(
        database,
        "SELECT kind, points_per_unit_milli, minimum_purchase_minor, welcome_bonus, expiry_kind, expiry_months,"
        " summary_hour FROM merchants JOIN program_versions USING (merchant_id)",
    )
    assert terms == ("points", 125, 550, 20, "lot", 6, 7)
    [(rewards,)] = rows(database, "SELECT point_rewards FROM program_versions")
    assert [(each["cost"], each["name"]) for each in json.loads(rewards)] == [
        (50, "Comb"),
        (250, "Haircut"),
        (400, "Colour"),
    ]


@pytest.mark.parametrize("kind", ["points", "hybrid"])
@pytest.mark.usefixtures("laid")
def test_points_have_usual_terms_where_nothing_is_said(kind: str, stempel: Stempel, database: Path) -> None:
    assert stempel("merchant", "create", "--name", "Salon", "--program", kind).status == 0
    [terms] = rows(
        database,
        "SELECT points_per_unit_milli, minimum_purchase_minor, welcome_bonus, expiry_kind, summary_hour"
        " FROM merchants JOIN program_versions USING (merchant_id)",
    )
    assert terms == (1000, 0, 0, "never", 20)
    [(rewards,)] = rows(database, "SELECT point_rewards FROM program_versions")
    assert json.loads(rewards) == [{"cost": 100, "name": "One for free"}]


@pytest.mark.usefixtures("laid")
def test_expiry_is_after_a_year_where_nothing_is_said(stempel: Stempel, database: Path) -> None:
    assert stempel("merchant", "create", "--name", "Salon", "--expiry", "inactivity").status == 0
    assert rows(database, "SELECT expiry_kind, expiry_months FROM program_versions") == [("inactivity", 12)]


@pytest.mark.usefixtures("laid")
def test_second_merchant_of_a_name_is_made_with_a_warning(stempel: Stempel) -> None:
    """Which commands that name it could not tell apart."""
    first = stempel("merchant", "create", "--name", "Café Knätsch", "--json")
    second = stempel("merchant", "create", "--name", "CAFÉ Knätsch", "--json")
    ids = ", ".join(each.object["merchant_id"] for each in (first, second))
    assert (first.err, second.status, second.err) == (
        "",
        0,
        "There are 2 merchants called CAFÉ Knätsch now: commands have to be given the id of one of them,"
        f" {ids}.\n",
    )


@pytest.mark.usefixtures("laid")
def test_minimum_purchase_is_in_the_merchants_currency(stempel: Stempel, database: Path) -> None:
    words = ["--program", "points", "--currency", "JPY", "--minimum-purchase", "500"]
    assert stempel("merchant", "create", "--name", "Salon", *words).status == 0
    assert rows(database, "SELECT minimum_purchase_minor FROM program_versions") == [(500,)]


@pytest.mark.parametrize(
    ("locale", "reward", "owner"),
    [
        ("en", "One for free", "Owner"),
        ("fr", "Un offert", "Propriétaire"),
        ("de", "Einmal gratis", "Inhaber"),
        ("lb", "Eemol gratis", "Proprietär"),
    ],
)
@pytest.mark.usefixtures("laid")
def test_what_is_left_out_is_said_in_the_merchants_language(
    locale: str, reward: str, owner: str, stempel: Stempel, database: Path
) -> None:
    stempel("merchant", "create", "--name", "Salon", "--locale", locale, "--json")
    assert rows(database, "SELECT reward FROM program_versions") == [(reward,)]
    assert rows(database, "SELECT name, role FROM staff") == [(owner, "owner")]
    assert rows(
        database, "SELECT max_daily_stamps, require_staff_pin, pin_window_minutes FROM program_versions"
    ) == [(None, 1, 15)]


@pytest.mark.usefixtures("laid")
def test_default_locale_is_that_of_the_settings(
    stempel: Stempel, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEFAULT_LOCALE", "fr")
    stempel("merchant", "create", "--name", "Salon")
    assert rows(database, "SELECT default_locale FROM merchants") == [("fr",)]


def test_store_create_prints_its_id_and_link(stempel: Stempel, shop: dict[str, Any]) -> None:
    ran = stempel("store", "create", "--merchant", shop["merchant_id"], "--name", "Gare", "--json")
    assert (ran.status, list(ran.object)) == (0, ["store_id", "join_link"])
    assert LINK.fullmatch(ran.object["join_link"])
    assert ran.object["join_link"] != shop["join_link"]


@pytest.mark.parametrize("role", ["owner", "manager", "staff", "terminal"])
def test_staff_invite_prints_a_link(
    role: str, stempel: Stempel, shop: dict[str, Any], database: Path
) -> None:
    words = ["--merchant", shop["merchant_id"], "--store", shop["store_id"], "--name", "Sam", "--role", role]
    ran = stempel("staff", "invite", *words, "--json")
    assert (ran.status, list(ran.object)) == (0, ["invite_link"])
    assert LINK.fullmatch(ran.object["invite_link"])
    assert ("Sam", role, "invited") in rows(database, "SELECT name, role, status FROM staff")


def test_staff_need_a_store_where_there_are_several_and_managers_do_not(
    stempel: Stempel, shop: dict[str, Any], database: Path
) -> None:
    words = ["staff", "invite", "--merchant", shop["merchant_id"], "--name", "Sam", "--role"]
    for role in ("manager", "staff", "terminal"):
        assert stempel(*words, role).status == 0
    assert rows(database, "SELECT store_id FROM staff_stores") == [(shop["store_id"],)] * 2
    stempel("store", "create", "--merchant", shop["merchant_id"], "--name", "Gare")
    assert stempel(*words, "manager").status == 0
    for role in ("staff", "terminal"):
        ran = stempel(*words, role)
        assert (ran.status, ran.err) == (2, "Staff and shared phones work at a store: say which.\n")


def test_staff_list_prints_the_team(stempel: Stempel, shop: dict[str, Any]) -> None:
    words = ["--merchant", shop["merchant_id"], "--store", shop["store_id"], "--name", "Sam"]
    stempel("staff", "invite", *words)
    ran = stempel("staff", "list", "--merchant", shop["merchant_id"], "--json")
    said = ("staff_id", "name", "role", "status", "has_account", "link", "link_expires_at")
    assert [tuple(line) for line in ran.objects] == [said] * 2
    assert [(line["name"], line["role"], line["status"]) for line in ran.objects] == [
        ("Owner", "owner", "invited"),
        ("Sam", "staff", "invited"),
    ]
    assert [(line["has_account"], line["link"]) for line in ran.objects] == [(False, "join_team")] * 2
    told = stempel("staff", "list", "--merchant", shop["merchant_id"])
    until = ran.objects[1]["link_expires_at"]
    assert told.out.splitlines()[1].endswith(f"  Sam  staff  invited  no  join_team  {until}")


def test_staff_withdraw_takes_an_invitation_back(stempel: Stempel, shop: dict[str, Any]) -> None:
    merchant = ["--merchant", shop["merchant_id"]]
    stempel("staff", "invite", *merchant, "--store", shop["store_id"], "--name", "Sam")
    _, sam = stempel("staff", "list", *merchant, "--json").objects
    withdrawn = stempel("staff", "withdraw", *merchant, "--staff", sam["staff_id"], "--json")
    assert withdrawn.object == {"staff_id": sam["staff_id"], "name": "Sam", "status": "removed"}
    listed = stempel("staff", "list", *merchant, "--json").objects
    assert [(line["status"], line["link"]) for line in listed] == [
        ("invited", "join_team"),
        ("removed", None),
    ]


def test_only_hashes_of_tokens_are_kept(stempel: Stempel, shop: dict[str, Any], database: Path) -> None:
    secrets = [link.partition("start=")[2][1:] for link in (shop["owner_link"], shop["join_link"])]
    content = database.read_bytes() + b"".join(each.read_bytes() for each in database.parent.glob("*.db-*"))
    assert not any(secret.encode() in content for secret in secrets)


@pytest.mark.usefixtures("laid")
def test_without_json_people_read_lines(stempel: Stempel) -> None:
    ran = stempel("merchant", "create", "--name", "Salon")
    assert ran.status == 0
    assert [line.partition(": ")[0] for line in ran.out.splitlines()] == [
        "merchant_id",
        "owner_link",
        "store_id",
        "store_name",
        "join_link",
    ]


MERCHANT = ["merchant", "create", "--name", "Salon"]
POINTS = [*MERCHANT, "--program", "points"]
RATE = "--points-per-unit goes from 0.001 to 1000, with three decimals at most, such as 0.5."
ZONE = "Give one such as Europe/Luxembourg."
NO_SUCH_NAME = "No merchant is called x: `stempel merchant list` names those there are."
REFUSED = [
    ([*MERCHANT[:3], " "], "Give a name of 1 to 64 characters on one line."),
    ([*MERCHANT[:3], "x" * 65], "Give a name of 1 to 64 characters on one line."),
    ([*MERCHANT[:3], "two\nlines"], "Give a name of 1 to 64 characters on one line."),
    ([*MERCHANT, "--reward", "x" * 81], "Describe the reward in 1 to 80 characters on one line."),
    (
        [*MERCHANT, "--timezone", "Mars/Olympus"],
        f"There is no time zone Mars/Olympus. {ZONE}",
    ),
    (
        [*MERCHANT, "--timezone", "../etc"],
        f"There is no time zone ../etc. {ZONE}",
    ),
    ([*MERCHANT, "--currency", "euro"], "euro is not a currency. Give three letters such as EUR."),
    *(
        ([*MERCHANT, "--currency", code], f"{code} is not a currency. Give three letters such as EUR.")
        for code in ("ZZZ", "XXX", "DEM")
    ),
    ([*MERCHANT, "--contact", "x" * 101], "Give a contact of 1 to 100 characters on one line."),
    ([*MERCHANT, "--colour", "brown"], "brown is not a colour. Give one such as #6f4e37."),
    ([*MERCHANT, "--stamps-target", "0"], "stamps_target goes from 1 to 30."),
    ([*MERCHANT, "--stamps-target", "31"], "stamps_target goes from 1 to 30."),
    ([*MERCHANT, "--cooldown-minutes", "-1"], "cooldown_minutes goes from 0 to 10080."),
    ([*MERCHANT, "--max-daily-stamps", "0"], "max_daily_stamps goes from 1 to 100."),
    ([*MERCHANT, "--pin-window-minutes", "1441"], "pin_window_minutes goes from 0 to 1440."),
    *(
        ([*POINTS, "--points-per-unit", rate], RATE)
        for rate in ("0", "-1", "0.0001", "1000.001", "1e3", "a lot")
    ),
    (
        [*POINTS, "--minimum-purchase", "5.001"],
        "--minimum-purchase is an amount in EUR, such as 5.00.",
    ),
    (
        [*POINTS, "--currency", "JPY", "--minimum-purchase", "5.00"],
        "--minimum-purchase is an amount in JPY, such as 500.",
    ),
    *(
        (
            [*POINTS, "--point-reward", reward],
            f'--point-reward {reward!r} is not a price in points and a reward: "50=Espresso"',
        )
        for reward in ("Espresso", "=Espresso", "-5=Espresso", "fifty=Espresso")
    ),
    ([*POINTS, "--point-reward", "50="], "Describe the reward in 1 to 80 characters on one line."),
    ([*POINTS, "--reward-cost", "0"], "point_reward_cost goes from 1 to 1000000."),
    ([*POINTS, *["--point-reward", "50=Espresso"] * 10], "point_rewards goes from 1 to 10."),
    *(
        (
            [*MERCHANT, option, value],
            f"{option} is for points: add --program points or --program hybrid.",
        )
        for option, value in (
            ("--points-per-unit", "1"),
            ("--minimum-purchase", "5"),
            ("--reward-cost", "100"),
            ("--point-reward", "50=Espresso"),
        )
    ),
    ([*MERCHANT, "--welcome-bonus", "-1"], "welcome_bonus goes from 0 to 100000."),
    (
        [*MERCHANT, "--expiry-months", "3"],
        "Say with --expiry inactivity or --expiry lot what --expiry-months is for.",
    ),
    ([*MERCHANT, "--expiry", "lot", "--expiry-months", "61"], "expiry_months goes from 1 to 60."),
    ([*MERCHANT, "--summary-hour", "24"], "summary_hour goes from 0 to 23."),
    (["store", "create", "--merchant", "x", "--name", "Gare"], NO_SUCH_NAME),
    (["staff", "invite", "--merchant", "x", "--name", "Sam"], NO_SUCH_NAME),
    (["staff", "list", "--merchant", "x"], NO_SUCH_NAME),
    (["staff", "reset-pin", "--merchant", "x", "--staff", "y"], NO_SUCH_NAME),
    (
        ["staff", "reset-pin", "--merchant", "00000000-0000-0000-0000-000000000000", "--staff", "y"],
        "There is no such active member of the team. Check the id.",
    ),
    (["staff", "remove", "--merchant", "x", "--staff", "y"], NO_SUCH_NAME),
    (
        ["staff", "remove", "--merchant", "00000000-0000-0000-0000-000000000000", "--staff", "y"],
        "There is no such active member of the team. Check the id.",
    ),
    (["staff", "withdraw", "--merchant", "x", "--staff", "y"], NO_SUCH_NAME),
    (
        ["staff", "withdraw", "--merchant", "00000000-0000-0000-0000-000000000000", "--staff", "y"],
        "There is no such active member of the team. Check the id.",
    ),
    (["ledger", "--merchant", "x"], NO_SUCH_NAME),
    (["cards", "--merchant", "x"], NO_SUCH_NAME),
    (["cards", "--merchant", "x", "--flagged"], NO_SUCH_NAME),
]


@pytest.mark.parametrize(("words", "sentence"), REFUSED, ids=lambda value: str(value)[-30:])
@pytest.mark.parametrize("as_json", [False, True], ids=["text", "json"])
@pytest.mark.usefixtures("laid")
def test_bad_input_is_one_sentence_on_standard_error_with_status_two(
    words: list[str], sentence: str, as_json: bool, stempel: Stempel
) -> None:
    ran = stempel(*words, *(["--json"] if as_json else []))
    assert (ran.status, ran.out, ran.err) == (2, "", f"{sentence}\n")


def test_member_who_was_removed_stays_in_the_list(stempel: Stempel, shop: dict[str, Any]) -> None:
    merchant = ["--merchant", shop["merchant_id"]]
    stempel("staff", "invite", *merchant, "--store", shop["store_id"], "--name", "Sam")
    _, sam = stempel("staff", "list", *merchant, "--json").objects
    removed = stempel("staff", "remove", *merchant, "--staff", sam["staff_id"], "--json")
    assert removed.object == {"staff_id": sam["staff_id"], "name": "Sam", "status": "removed"}
    assert [line["status"] for line in stempel("staff", "list", *merchant, "--json").objects] == [
        "invited",
        "removed",
    ]


def test_name_role_and_stores_of_a_member_are_set(stempel: Stempel, shop: dict[str, Any]) -> None:
    merchant = ["--merchant", shop["merchant_id"]]
    stempel("staff", "invite", *merchant, "--store", shop["store_id"], "--name", "Sam")
    _, sam = stempel("staff", "list", *merchant, "--json").objects
    words = ["--staff", sam["staff_id"], "--name", "Samuel", "--role", "manager", "--json"]
    changed = stempel("staff", "set", *merchant, *words)
    assert changed.object == {"staff_id": sam["staff_id"], "name": "Samuel", "role": "manager"}
    refused = stempel("staff", "set", *merchant, "--staff", sam["staff_id"], "--role", "staff")
    assert (refused.status, refused.out) == (2, "")
    back = ["--staff", sam["staff_id"], "--role", "staff", "--store", shop["store_id"], "--json"]
    assert stempel("staff", "set", *merchant, *back).object["role"] == "staff"


def test_store_of_another_merchant_is_refused(stempel: Stempel, shop: dict[str, Any]) -> None:
    other = stempel("merchant", "create", "--name", "Salon", "--json").object
    words = ["--merchant", other["merchant_id"], "--store", shop["store_id"], "--name", "Sam"]
    ran = stempel("staff", "invite", *words)
    assert (ran.status, ran.err) == (2, "There is no such store at this merchant. Check the id.\n")


@pytest.mark.parametrize(
    "words",
    [
        ["fly"],
        ["merchant"],
        ["merchant", "create"],
        ["merchant", "create", "--name"],
        ["merchant", "create", "--name", "x", "--stamps-target", "many"],
        ["merchant", "create", "--name", "x", "--locale", "nl"],
        ["merchant", "create", "--name", "x", "--program", "stars"],
        ["merchant", "create", "--name", "x", "--expiry", "soon"],
        ["merchant", "create", "--name", "x", "--summary-hour", "noon"],
        ["staff", "invite", "--merchant", "x", "--name", "x", "--role", "king"],
        ["ledger"],
        ["ledger", "--merchant", "01a228c5-37bc-7528-a240-5b642a987e45", "--card", "12"],
        ["backup"],
        ["restore", "nowhere.db"],
    ],
    ids=" ".join,
)
def test_words_that_are_no_command_end_with_status_two_and_no_traceback(
    words: list[str], stempel: Stempel
) -> None:
    ran = stempel(*words)
    assert (ran.status, ran.out) == (2, "") or words == ["merchant"]
    assert "Traceback" not in ran.err
    assert ran.err.strip()


def test_malformed_setting_ends_every_command_with_its_sentence(
    stempel: Stempel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOG_FORMAT", "xml")
    for words in (["verify"], ["run"], MERCHANT):
        ran = stempel(*words)
        assert (ran.status, ran.out, ran.err) == (2, "", "LOG_FORMAT is unknown: give text or json.\n")


def test_run_without_a_token_says_where_to_get_one(stempel: Stempel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BOT_TOKEN")
    ran = stempel("run")
    assert ran.status == 2
    assert ran.err.startswith("BOT_TOKEN is missing or malformed: create a bot with @BotFather")


@pytest.mark.parametrize("words", [["--help"], ["-h"], ["merchant", "create", "--help"]])
def test_help_is_no_error(words: list[str], stempel: Stempel) -> None:
    ran = stempel(*words)
    assert (ran.status, ran.err) == (0, "")
    assert "Usage:" in ran.out


@pytest.mark.usefixtures("laid")
def test_a_name_that_the_pictures_cannot_show_is_refused_with_the_character(stempel: Stempel) -> None:
    create = ("merchant", "create", "--name")
    shop = stempel(*create, "مقهى 寿司 ☕ 👩‍🍳", "--reward", "커피 한 잔", "--json").object
    program = ("--program", "points", "--point-reward")
    for words in (
        (*create, "Café ᚠ"),
        (*create, "Café", "--reward", "Tea ᚠ"),
        (*create, "Café", *program, "5=Tea ᚠ"),
        ("store", "create", "--merchant", shop["merchant_id"], "--name", "ᚠ"),
        ("merchant", "set", "--merchant", shop["merchant_id"], "name=ᚠ"),
        ("program", "set", "--merchant", shop["merchant_id"], "reward=ᚠ"),
        ("program", "set", "--merchant", shop["merchant_id"], "point_rewards=5=ᚠ"),
    ):
        ran = stempel(*words)
        said = "The pictures cannot show “ᚠ”. Leave it out, or write it in other letters.\n"
        assert (ran.status, ran.out, ran.err) == (2, "", said), words


@pytest.mark.usefixtures("laid")
def test_merchant_invite_prints_a_link_to_a_shop_that_does_not_exist_yet(
    stempel: Stempel, database: Path
) -> None:
    ran = stempel("merchant", "invite", "--json")
    assert (ran.status, ran.err, list(ran.object)) == (0, "", ["owner_link"])
    assert re.fullmatch(LINK.pattern.replace("[ji]", "n"), ran.object["owner_link"])
    assert rows(database, "SELECT count(*) FROM merchants") == [(0,)]
    assert rows(database, "SELECT kind FROM directory") == [("n",)]
    token = ran.object["owner_link"].rpartition("=n")[2]
    assert token.encode() not in database.read_bytes()
