"""A token of another bot, on a database that one has served: refused, until the operator says that it is meant."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.sandbox import Sandbox
from tests.cli.conftest import Stempel
from tests.support.databases import lay_empty_database
from tests.support.operator import Operator, Ran
from tests.support.patience import PATIENCE_S

OTHER = "220403086:SANDBOX-the-token-of-another-bot-here"
RENEWED = "110201543:SANDBOX-the-token-that-came-after-it"


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Operator]:
    """A database with a shop that @stempel_demo_bot has served."""
    async with Sandbox() as sandbox:
        found = Operator(sandbox, tmp_path)
        lay_empty_database(found.database)
        created = await found.runs("merchant", "create", "--name", "Café Knätsch")
        assert created.status == 0, created.err
        async with found.bot():
            pass
        yield found


@pytest.fixture
async def other(served: Operator) -> AsyncIterator[Operator]:
    """The same operator, with the token of a bot that the database does not know."""
    async with Sandbox(token=OTHER, username="other_bot") as sandbox:
        yield Operator(sandbox, served.folder, {"LOG_LEVEL": "WARNING"})


def is_refused(ran: Ran) -> None:
    [said] = ran.err.splitlines()
    assert [word for word in ("@stempel_demo_bot", "@other_bot", "add-bot") if word not in said] == []
    assert (ran.status, ran.out) == (2, "")


async def test_bot_that_the_database_does_not_know_is_not_started(other: Operator) -> None:
    async with other.started() as running:
        polls = other.sandbox.until(lambda: other.sandbox.world.updates.poller, timeout=PATIENCE_S)
        with pytest.raises(AssertionError, match="@stempel_demo_bot"):
            await running.gets_to(polls)
        is_refused(await running.stops())
    assert not other.sandbox.calls_of("getUpdates")


@pytest.mark.parametrize("settings", [{}, {"BOT_USERNAME": "other_bot"}])
@pytest.mark.parametrize(
    "words", [("merchant", "create", "--name", "Zwee"), ("store", "poster", "--merchant", "Café Knätsch")]
)
async def test_no_link_leads_to_it(other: Operator, words: tuple[str, ...], settings: dict[str, str]) -> None:
    """Nor does asking for one make it known."""
    other.settings |= settings
    is_refused(await other.runs(*words))
    is_refused(await other.runs(*words))


@pytest.mark.parametrize("word", [("merchant", "create", "--name", "Eent"), ("add-bot",)])
async def test_bot_whose_links_were_made_serves_the_database(tmp_path: Path, word: tuple[str, ...]) -> None:
    """Though its name is set, and Telegram was not asked."""
    async with Sandbox() as sandbox, Sandbox(token=OTHER, username="other_bot") as another:
        first = Operator(sandbox, tmp_path, {"BOT_USERNAME": "stempel_demo_bot"})
        lay_empty_database(first.database)
        ran = await first.runs(*word)
        assert (ran.status, sandbox.calls_of("getMe")) == (0, [])
        is_refused(await Operator(another, tmp_path).runs("merchant", "create", "--name", "Zwee"))


async def test_name_of_another_bot_is_not_set_for_links(served: Operator) -> None:
    said = await what_a_start_says(mistyped(served.sandbox, served.folder))
    assert ("@stempel_demo_bot" in said, "@stempel_dem_bot" in said, "anew" in said) == (True, True, False)


async def test_links_that_were_made_by_a_mistyped_name_are_spoken_of(tmp_path: Path) -> None:
    """At the start that is refused, and at the one that takes the right name."""
    async with Sandbox() as sandbox:
        wrong = mistyped(sandbox, tmp_path)
        lay_empty_database(wrong.database)
        assert (await wrong.runs("merchant", "create", "--name", "Eent")).status == 0
        assert "made with it so far lead there too: make them anew" in await what_a_start_says(wrong)
        async with Operator(sandbox, tmp_path, {"LOG_LEVEL": "WARNING"}).bot() as running:
            ran = await running.stops()
    [said] = ran.err.splitlines()
    assert "the database knew @stempel_demo_bot as @stempel_dem_bot" in said
    assert "anew" in said


def mistyped(sandbox: Sandbox, folder: Path) -> Operator:
    return Operator(sandbox, folder, {"BOT_USERNAME": "stempel_dem_bot", "LOG_LEVEL": "WARNING"})


async def what_a_start_says(operator: Operator) -> str:
    """Raises AssertionError where it begins to work."""
    sandbox, before = operator.sandbox, len(operator.sandbox.calls_of("getUpdates"))
    async with operator.started() as running:
        polls = sandbox.until(lambda: len(sandbox.calls_of("getUpdates")) > before, timeout=PATIENCE_S)
        with pytest.raises(AssertionError, match="BOT_USERNAME"):
            await running.gets_to(polls)
        ran = await running.stops()
    [said] = ran.err.splitlines()
    assert ran.status == 2
    return said


async def test_it_works_once_the_operator_has_said_so(served: Operator, other: Operator) -> None:
    """And the one before still does."""
    for _ in range(2):
        added = await other.runs("add-bot", "--json")
        assert (added.object, added.err) == ({"bot": "@other_bot"}, "")
    for each in (other, served):
        async with each.bot():
            pass


async def test_new_token_of_the_same_bot_goes_on_as_before(served: Operator) -> None:
    async with (
        Sandbox(token=RENEWED) as sandbox,
        Operator(sandbox, served.folder).bot(),
    ):
        pass


def test_bot_is_added_by_the_name_that_is_set(stempel: Stempel, laid: Path) -> None:
    """Telegram is not asked."""
    assert stempel("add-bot", "--json").object == {"bot": "@stempel_demo_bot"}
