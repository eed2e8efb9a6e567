"""The pictures in docs/images show what the bot says today."""

from tests.browser.messages import tell_everybody
from tests.browser.screenshots import SHOWN, cafe, shown


async def test_pictures_are_not_older_than_the_texts() -> None:
    async with cafe() as (sandbox, database, paul):
        await tell_everybody(sandbox, database, paul)
        now = shown(sandbox)
    assert now == SHOWN.read_text(encoding="utf-8"), "the texts have changed since: run `make screenshots`"
