"""No mail is wider than the narrowest mailbox, whatever shops are called; ``make mails`` keeps all of them."""

from pathlib import Path

import pytest
from playwright.async_api import Browser

from domain.account import Locale
from tests.bot.views.scenes import LONGEST
from tests.browser.mails import WIDTHS_PX, Shot, mails_in, shoot

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_mail_fits(browser: Browser, tmp_path: Path) -> None:
    mails = mails_in(Locale.DE, LONGEST)
    shot = Shot(locale=Locale.DE, width_px=WIDTHS_PX[0], shade="dark", has_pictures=False)
    assert await shoot(browser, shot, mails, tmp_path) == []
