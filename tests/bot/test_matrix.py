"""Nobody gets more out of a command, a button or a link than is theirs (``python -m tests.matrix`` prints it)."""

import asyncio
from pathlib import Path

import pytest

from bot.kit.buttons import Reach, Verb, press, reach_of, short_id
from bot.routes import table
from domain.acts import ACTS
from domain.ids import StaffId
from domain.link import LinkKind
from domain.ports import Tx
from domain.rights import Right, may
from domain.staff import Role
from domain.usecases.remove_staff import RemoveStaff, remove_staff
from tests import matrix
from tests.support.gate import Gate

pytestmark = pytest.mark.long

OWED = "SELECT count(*) FROM deliveries WHERE delivered_at IS NULL AND failed_at IS NULL"
NOT_OF_A_REMOVAL = (
    "entries",
    "cards",
    "card_notes",
    "approvals",
    "disputes",
    "stores",
    "staff_stores",
    "changes",
)
"""But for the removals themselves, which are among the changes."""


def test_everything_that_can_be_asked_for_is_in_the_matrix() -> None:
    assert set(matrix.BUTTONS) == set(table.BUTTONS), "tests/matrix.py says who may press each button"
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


def removing(town: matrix.Town, *names: str) -> list[RemoveStaff]:
    marks = ", ".join("?" * len(names))
    found = town.home.rows(
        f"SELECT staff_id FROM staff WHERE status = 'active' AND name IN ({marks})", *names
    )
    return [
        RemoveStaff(merchant_id=town.cafe.merchant_id, staff_id=StaffId(staff_id)) for (staff_id,) in found
    ]


async def test_member_who_is_removed_gets_nothing_out_of_anything_they_had_open(tmp_path: Path) -> None:
    gone = [matrix.Who(name) for name in ("staff", "other store", "terminal", "manager", "owner")]
    async with matrix.town(tmp_path / "stempel.db") as town:
        asks = {ask.name: ask.sent for ask in town.asks}
        for name, opened in (("staff", "[panel]"), ("manager", "[note]"), ("owner", "[member's name]")):
            await town.people[name].presses_raw(asks[opened], town.people[name].last)
            await town.people[name].answered()
        await town.people["other store"].sends("/void")
        await town.people["other store"].sees("card", new=True)
        for command in removing(town, matrix.DOER, "Tom", "Till", "Mia", "Paul"):
            await town.home.store.write(remove_staff, command)
        await town.home.until_rows(OWED, [(0,)])
        before = town.rows()
        for who in gone:
            person = town.people[who.name]
            await person.sends("Kept for later")
            for message in [each for each in person.messages if each.from_bot]:
                for button in message.inline_buttons:
                    if button.callback_data is not None:
                        await person.presses_raw(button.callback_data, message)
        await town.home.at_rest()
        assert town.rows() == before
        await matrix.ask_for_what_is_not_theirs(town, gone)
        assert matrix.broken(town, gone) == []


async def test_button_pressed_while_the_removal_commits_has_no_effect(tmp_path: Path) -> None:
    async with matrix.town(tmp_path / "stempel.db") as town:
        here = press(Verb.STORE, short_id(town.cafe.merchant_id), short_id(town.cafe.store_id))
        asks = [
            ask
            for ask in town.asks
            if reach_of(ask.sent) is Reach.EFFECT
            and isinstance(ask.needs, Right)
            and may(Role.MANAGER, ask.needs)
        ]
        members = [
            await town.home.member(town.cafe, f"M{number}", Role.MANAGER) for number in range(len(asks))
        ]
        for member in members:
            await member.presses_raw(here, member.last)
            await member.answered()
        removals = removing(town, *(member.name for member in members))
        assert len(removals) == len(asks)

        def remove(tx: Tx) -> None:
            for command in removals:
                remove_staff(tx=tx, command=command)

        gate = Gate(before=remove)
        [(received,)] = town.home.rows("SELECT count(*) FROM inbox")
        for member, ask in zip(members, asks, strict=True):
            await member.presses_raw(ask.sent, member.last)
        await town.home.until_rows("SELECT count(*) FROM inbox", [(received + len(asks),)])
        removal = asyncio.create_task(town.home.store.write(gate, None))
        await gate.entered.wait()
        before = town.rows()
        gate.opens()
        await removal
        await town.home.at_rest()
        after = town.rows()
        for each in (before, after):
            each["changes"] = [change for change in each["changes"] if "'team.removed'" not in change]
        assert {name: after[name] for name in NOT_OF_A_REMOVAL} == {
            name: before[name] for name in NOT_OF_A_REMOVAL
        }
        assert await town.home.violations() == []
