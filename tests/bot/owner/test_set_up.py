"""``/newshop``: from nothing to a poster whose code gives customers a card."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from bot.app.process import Surroundings
from bot.kit.clock import new_id
from bot.kit.tokens import invite_token, token_hash
from bot.sandbox import Message, Person, Sandbox
from domain.ids import MerchantId
from domain.staff import Role
from domain.usecases.open_shop import InviteShop, invite_shop
from tests.bot.pictures.samples import decoded
from tests.bot.pictures.test_poster import picture_in
from tests.support.house import UNHURRIED, House, TestClock, has_picture, house

ANSWERS: Sequence[tuple[str, str, str]] = (
    ("Question 1 of 6\nWhat is your shop called?", "types", "Café Rosa"),
    ("Question 2 of 6\nWhich language", "taps", "Français"),
    ("Question 3 of 6\nWhat do your cards collect?", "taps", "Stamps"),
    ("Question 4 of 6\nHow many stamps", "types", "9"),
    ("Question 5 of 6\nWhat is the reward?", "types", "Un café"),
    ("Question 6 of 6\nIn which country", "types", "Metz, France"),
    ("Open Café Rosa?", "taps", "✅ Open the shop"),
)
"""What is asked, and how it is answered."""
MADE = (
    "SELECT m.name, default_locale, kind, stamps_target, reward, timezone, currency, s.name"
    " FROM merchants m JOIN program_versions p USING (merchant_id) JOIN stores s USING (merchant_id)"
)
ROSA = ("Café Rosa", "fr", "stamps", 9, "Un café", "Europe/Paris", "EUR", "Café Rosa")
CODE = "rosa-2026"


@pytest.fixture
async def house_open(tmp_path: Path, clock: TestClock) -> AsyncIterator[House]:
    """Where anybody may open a shop."""
    around = Surroundings(clock=clock, limits=UNHURRIED)
    async with house(tmp_path / "stempel.db", around, open_signup="on") as found:
        yield found


async def answers(person: Person, said: Sequence[tuple[str, str, str]] = ANSWERS) -> int:
    """How many taps and messages it took."""
    for asked, how, answer in said:
        question = await person.sees(asked)
        await (person.sends(answer) if how == "types" else person.taps(answer, on=question))
    return len(said)


async def has_opened(home: House, person: Person) -> None:
    await person.sees(has_picture)
    await home.until_rows("SELECT count(*) FROM dialogues", [(0,)])


def poster_of(person: Person) -> str:
    """What the code on the printed page says."""
    [page] = [message.document.data for message in person.messages if message.document is not None]
    [link] = decoded(picture_in(page))
    return link


def questions_of(person: Person) -> list[Message]:
    return [message for message in person.messages if message.text.startswith(("Question", "Open", "✅"))]


async def invited(home: House) -> str:
    token = invite_token()
    command = InviteShop(merchant_id=MerchantId(new_id()), token_hash=token_hash(token))
    await home.store.write(invite_shop, command)
    return home.links.new_shop(token)


async def test_six_questions_and_eight_taps_to_a_poster_that_enrols_a_customer(house_open: House) -> None:
    rosa = house_open.sandbox.person("Rosa Weber")
    await rosa.sends("/newshop")
    acts = 1 + await answers(rosa)
    await rosa.sees(lambda message: message.document)
    assert sum(asked.startswith("Question") for asked, *_ in ANSWERS) == 6
    assert acts <= 12
    await has_opened(house_open, rosa)
    assert len(questions_of(rosa)) == 1, "one message, which is edited or moves down"
    assert house_open.rows(MADE) == [ROSA]
    emma = house_open.sandbox.person("Emma")
    await emma.opens(poster_of(rosa))
    await emma.sees(has_picture)
    assert house_open.rows("SELECT name FROM customers ORDER BY joined_at") == [("Rosa Weber",), ("Emma",)]


async def test_owner_is_told_what_comes_next_and_has_what_it_takes(house_open: House) -> None:
    rosa = house_open.sandbox.person("Rosa Weber")
    await rosa.sends("/newshop")
    await answers(rosa)
    await has_opened(house_open, rosa)
    said = [message.text or message.caption for message in rosa.messages if message.from_bot]
    assert said[0] == "✅ Café Rosa is open."
    assert said[1].startswith("Rosa Weber, Café Rosa is yours.\n1. Print the poster")
    assert "For your team\nForward this link" in said[3]
    assert said[4].startswith("Your own card, to try it out")
    assert "settings" in [command.command for command in rosa.commands()]
    sam = house_open.sandbox.person("Sam")
    await sam.opens(said[3].split()[-1])
    await sam.sees("Welcome to Café Rosa, Sam.")
    await sam.sees("Sam, choose a PIN", new=True)
    team = house_open.rows("SELECT name, role, status FROM staff ORDER BY role")
    assert team == [("Rosa Weber", Role.OWNER, "active"), ("Sam", Role.STAFF, "active")]


async def test_no_stamp_is_faked_on_the_owners_own_card(house_open: House) -> None:
    rosa = house_open.sandbox.person("Rosa Weber")
    await rosa.sends("/newshop")
    await answers(rosa)
    await has_opened(house_open, rosa)
    assert house_open.rows("SELECT count(*) FROM entries") == [(0,)]


async def test_back_leads_to_every_answer_and_each_can_be_another(house_open: House) -> None:
    rosa = house_open.sandbox.person("Rosa Weber")
    await rosa.sends("/newshop")
    await answers(rosa, ANSWERS[:-1])
    await rosa.sees("Open Café Rosa?")
    for asked, *_ in reversed(ANSWERS[:-1]):
        await rosa.taps("‹ Back")
        await rosa.sees(asked, new=True)
    [as_before] = [button.text for row in (await rosa.sees("Question 1")).inline[:1] for button in row]
    assert as_before == "Café Rosa"
    await answers(
        rosa,
        (
            ("Question 1", "types", "Salon"),
            ("Question 2", "taps", "Deutsch"),
            ("Question 3", "taps", "Both"),
            ("How many stamps", "types", "12"),
            ("Question 5", "taps", "Ein Kaffee"),
            ("Question 6", "taps", "Switzerland"),
            ("12 stamps or 120 points: Ein Kaffee", "taps", "✅ Open the shop"),
        ),
    )
    await has_opened(house_open, rosa)
    [terms] = house_open.rows(MADE)
    assert terms == ("Salon", "de", "hybrid", 12, "Ein Kaffee", "Europe/Zurich", "CHF", "Salon")
    assert house_open.rows("SELECT json_extract(point_rewards, '$[0].cost') FROM program_versions") == [
        (120,)
    ]


async def test_points_are_asked_for_where_points_are_collected(house_open: House) -> None:
    rosa = house_open.sandbox.person("Rosa Weber")
    await rosa.sends("/newshop")
    await answers(rosa, (*ANSWERS[:2], ("Question 3", "taps", "Points")))
    await rosa.sees("How many points for a reward?")
    await rosa.taps("200")
    await answers(rosa, ANSWERS[4:])
    await has_opened(house_open, rosa)
    assert house_open.rows("SELECT kind, point_rewards FROM program_versions") == [
        ("points", '[{"cost":200,"name":"Un café"}]')
    ]


@pytest.mark.parametrize(
    ("at", "said", "refused"),
    [
        (0, "x" * 65, "Give a name of 1 to 64"),
        (1, "Klingon", "is one of these: English, Français"),
        (3, "31", "from 1 to 30"),
        (3, "ten", "from 1 to 30"),
        (4, "x" * 81, "1 to 80"),
        (5, "Esch-sur-Alzette", "This place is not known here. Send your country"),
    ],
)
async def test_what_is_no_answer_gets_one_sentence_and_may_be_said_again(
    at: int, said: str, refused: str, house_open: House
) -> None:
    rosa = house_open.sandbox.person("Rosa Weber")
    await rosa.sends("/newshop")
    await answers(rosa, ANSWERS[:at])
    await rosa.sees(ANSWERS[at][0])
    await rosa.sends(said)
    await rosa.sees(refused, new=True)
    await answers(rosa, ANSWERS[at:])
    await has_opened(house_open, rosa)
    assert house_open.rows(MADE) == [ROSA]


async def test_shop_goes_on_where_it_was_left_and_is_no_more_than_one(house_open: House) -> None:
    rosa = house_open.sandbox.person("Rosa Weber")
    await rosa.sends("/newshop")
    await answers(rosa, ANSWERS[:3])
    question = await rosa.sees(ANSWERS[3][0])
    await rosa.sends("/newshop")
    below = await rosa.sees(ANSWERS[3][0], new=True)
    assert below.id != question.id
    await answers(rosa, ANSWERS[3:])
    await has_opened(house_open, rosa)
    assert house_open.rows(MADE) == [ROSA]


async def test_every_button_tapped_three_times_is_one_answer(house_open: House, no_gate: None) -> None:
    rosa = house_open.sandbox.person("Rosa Weber")
    await rosa.sends("/newshop")
    for asked, how, answer in ANSWERS:
        question = await rosa.sees(asked)
        if how == "types":
            await rosa.sends(answer)
            continue
        button = next(each for each in question.inline_buttons if each.text == answer)
        for _ in range(3):
            await rosa.taps_button(question, button)
    await has_opened(house_open, rosa)
    await house_open.at_rest()
    assert house_open.rows(MADE) == [ROSA]
    assert sum(message.document is not None for message in rosa.messages) == 1


async def test_restart_at_every_question_forgets_nothing(tmp_path: Path) -> None:
    async with Sandbox() as sandbox, AsyncExitStack() as lives:
        rosa, path = sandbox.person("Rosa Weber"), tmp_path / "stempel.db"
        home = await lives.enter_async_context(house(path, sandbox=sandbox, open_signup="on"))
        await rosa.sends("/newshop")
        for answer in ANSWERS:
            await rosa.sees(answer[0])
            await home.at_rest()
            await lives.aclose()
            home = await lives.enter_async_context(house(path, sandbox=sandbox))
            await answers(rosa, [answer])
        await has_opened(home, rosa)
        assert home.rows(MADE) == [ROSA]


async def test_where_it_is_closed_it_is_said_in_one_sentence(home: House) -> None:
    rosa = home.sandbox.person("Rosa Weber")
    await rosa.sends("/newshop")
    await rosa.sees("New shops are opened by whoever runs this bot: ask them for a link.")
    assert home.rows("SELECT count(*) FROM dialogues") == [(0,)]


async def test_code_opens_and_another_or_its_hash_does_not(tmp_path: Path) -> None:
    async with house(tmp_path / "stempel.db", open_signup=CODE) as home:
        rosa = home.sandbox.person("Rosa Weber")
        for wrong in ("", " rosa-2025", " on", f" {token_hash(CODE)}"):
            await rosa.sends(f"/newshop{wrong}")
            await rosa.sees("A new shop needs the code", new=True)
        await rosa.sends(f"/newshop {CODE}")
        await rosa.sees("Question 1 of 6", new=True)
        await home.at_rest()
    assert not any(CODE.encode() in file.read_bytes() for file in kept(tmp_path)), "it opens something"


def kept(folder: Path) -> Iterator[Path]:
    return folder.glob("stempel.db*")


async def test_owners_link_opens_one_shop_where_sign_up_is_closed(home: House) -> None:
    link, rosa, eve = await invited(home), home.sandbox.person("Rosa Weber"), home.sandbox.person("Eve")
    await rosa.opens(link)
    await answers(rosa)
    await has_opened(home, rosa)
    assert home.rows(MADE) == [ROSA]
    for person in (eve, rosa):
        await person.opens(link)
        await person.sees("This link was already used.", new=True)


async def test_of_two_who_opened_one_link_the_first_who_ends_has_the_shop(home: House) -> None:
    link, rosa, eve = await invited(home), home.sandbox.person("Rosa Weber"), home.sandbox.person("Eve")
    await rosa.opens(link)
    await eve.opens(link)
    await answers(eve, ANSWERS[:-1])
    await answers(rosa)
    await has_opened_beside(home, rosa)
    question = await eve.sees(ANSWERS[-1][0])
    await eve.taps(ANSWERS[-1][2], on=question)
    assert "already used" in (await eve.answered()).text
    assert home.rows(MADE) == [ROSA]
    assert home.rows("SELECT name FROM customers") == [("Rosa Weber",)]


async def has_opened_beside(home: House, person: Person) -> None:
    await person.sees(has_picture)
    await home.at_rest()


async def test_owners_link_expires(home: House, clock: TestClock) -> None:
    link, rosa = await invited(home), home.sandbox.person("Rosa Weber")
    clock.passes(days=7)
    await rosa.opens(link)
    await rosa.sees("This link has expired.")


async def test_who_owns_a_shop_may_open_a_second(house_open: House) -> None:
    rosa = house_open.sandbox.person("Rosa Weber")
    for _ in range(2):
        await rosa.sends("/newshop")
        await rosa.sees("Question 1", new=True)
        await answers(rosa)
        await has_opened(house_open, rosa)
    assert house_open.rows(MADE) == [ROSA, ROSA]


async def test_shared_phone_owns_no_shop(house_open: House) -> None:
    shop = await house_open.opens_shop()
    till = await house_open.member(shop, "Till", Role.TERMINAL)
    await till.sends("/newshop")
    await till.sees("You may not do this here.", new=True)


async def test_not_now_ends_it(house_open: House) -> None:
    rosa = house_open.sandbox.person("Rosa Weber")
    await rosa.sends("/newshop")
    await rosa.sees("Question 1")
    await rosa.taps("Not now")
    await rosa.sees("No shop was opened.")
    assert house_open.rows("SELECT count(*) FROM dialogues") == [(0,)]


async def test_next_question_stands_below_what_was_typed_and_no_other_is_left_above(
    house_open: House,
) -> None:
    rosa = house_open.sandbox.person("Rosa Weber")
    await rosa.sends("/newshop")
    await answers(rosa, ANSWERS[:3])
    await rosa.sees(ANSWERS[3][0])
    await rosa.sends("31")
    await rosa.sees("from 1 to 30", new=True)
    typed = await rosa.sends("9")
    question = await rosa.sees(ANSWERS[4][0])
    await house_open.at_rest()
    assert question.id > typed.id, "an edit far above is not seen on a phone"
    assert questions_of(rosa) == [question]
