"""Nobody gets more out of a command, a button or a link than is theirs (``python -m tests.matrix`` prints it)."""

from pathlib import Path

from bot.routes import table
from domain.acts import ACTS
from domain.link import LinkKind
from tests import matrix


def test_everything_that_can_be_asked_for_is_in_the_matrix() -> None:
    assert set(matrix.BUTTONS) == set(table.BUTTONS)
    assert {kind for kind, _ in matrix.LINKS.values()} == set(LinkKind)
    assert set(matrix.ACTS_ASKED_BY) == set(ACTS)
    assert {*matrix.ACTS_ASKED_BY.values()} <= {*table.BUTTONS, *table.COMMANDS}


async def test_nobody_changes_or_learns_what_is_not_theirs(tmp_path: Path) -> None:
    async with matrix.town(tmp_path / "stempel.db") as town:
        assert {matrix.verb_of(ask.sent) for ask in town.asks if ask.is_press} == set(table.BUTTONS)
        await matrix.ask_for_what_is_not_theirs(town)
        await matrix.ask_for_what_is_theirs(town, of_all=False)
        assert matrix.broken(town) == []
        assert matrix.untried(town) == []
        assert await town.home.violations() == []
