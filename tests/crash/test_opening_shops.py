"""A shop is opened in the chat while the bot is killed at every question: every answer counts once, and there is one
shop in the end."""

import sqlite3
from contextlib import closing

import pytest

from bot.app.database import open_database
from bot.kit.clock import new_id
from bot.kit.links import Links
from bot.kit.tokens import Tokens, invite_token, token_hash
from bot.sandbox import Person
from domain.ids import MerchantId
from domain.steps import Step
from domain.usecases.open_shop import InviteShop, invite_shop
from tests.bot.owner.test_set_up import ANSWERS, MADE, ROSA
from tests.crash.conftest import Cafe, Opening
from tests.support.house import SECRET, has_picture
from tests.support.patience import PATIENCE_S

STRUCK = (Step.UPDATE_STORED, Step.EFFECT_KNOWN)


@pytest.mark.parametrize("step", STRUCK, ids=str)
async def test_kill_at_every_question_makes_one_shop_as_it_was_answered(step: Step, opening: Opening) -> None:
    async with opening({}) as cafe:
        rosa = cafe.person("Rosa Weber")
        async with cafe.dying_at(step):
            await rosa.opens(await invited(cafe))
        for asked, how, answer in ANSWERS:
            question = await rosa.sees(asked, timeout=PATIENCE_S)
            async with cafe.dying_at(step):
                await (rosa.sends(answer) if how == "types" else rosa.taps(answer, on=question))
        await rosa.sees(has_picture, timeout=PATIENCE_S)
        await cafe.is_at_rest()
        assert made(cafe) == [ROSA]
        assert_has_all(rosa)


@pytest.mark.parametrize("effect", [2, 3])
async def test_kill_after_a_part_of_the_end_leaves_nothing_out(effect: int, opening: Opening) -> None:
    async with opening({}) as cafe:
        rosa = cafe.person("Rosa Weber")
        await rosa.opens(await invited(cafe))
        for asked, how, answer in ANSWERS[:-1]:
            await rosa.sees(asked, timeout=PATIENCE_S)
            await (rosa.sends(answer) if how == "types" else rosa.taps(answer))
        question = await rosa.sees(ANSWERS[-1][0], timeout=PATIENCE_S)
        async with cafe.dying_at(Step.EFFECT_KNOWN, effect):
            await rosa.taps(ANSWERS[-1][2], on=question)
        await rosa.sees(has_picture, timeout=PATIENCE_S)
        await cafe.is_at_rest()
        assert made(cafe) == [ROSA]
        assert_has_all(rosa)


async def invited(cafe: Cafe) -> str:
    token = invite_token()
    command = InviteShop(merchant_id=MerchantId(new_id()), token_hash=token_hash(token))
    async with open_database(cafe.settings) as store:
        await store.write(invite_shop, command)
    return Links(cafe.sandbox.username, Tokens(SECRET)).new_shop(token)


def made(cafe: Cafe) -> list[tuple[object, ...]]:
    """But for the shop that was there before."""
    with closing(sqlite3.connect(cafe.settings.database_path)) as database:
        return database.execute(f"{MADE} WHERE m.name = 'Café Rosa'").fetchall()


def assert_has_all(owner: Person) -> None:
    said = [message.text or message.caption for message in owner.messages if message.from_bot]
    for start in (
        "✅ Café Rosa is open.",
        "Rosa Weber, Café Rosa is yours.",
        "For your team",
        "Your own card",
    ):
        assert any(each.startswith(start) for each in said), start
    assert any(message.document for message in owner.messages)
