"""The app in a real browser: Chromium without a window, which `scripts/install_test_tools.sh chromium` installs."""

from __future__ import annotations

import asyncio
from pathlib import Path
from time import monotonic

import pytest

from tests.browser import PROGRAM, Page, browser
from tests.e2e.conftest import Office
from tests.e2e.drafts import stored_draft
from tests.e2e.served import Served, served
from tests.e2e.terminal import PATIENCE
from tests.outside_tools import require_tool

IS_OPEN = "document.body.classList.contains('-first-byte')"
IS_CLOSED = "getComputedStyle(document.querySelector('.ended')).display === 'block'"
FONTS = "[...document.fonts].map(face => face.status)"


@pytest.fixture(autouse=True)
def _there_is_a_browser() -> None:
    require_tool("chromium", is_there=PROGRAM is not None)


async def opened(page: Page, web: Served) -> None:
    await page.open(web.address)
    await page.wait_until(bool, IS_OPEN)
    await page.wait_for("Spring ▸ Overview", "Sender One")


async def test_a_browser_shows_the_app_and_gives_it_the_keys(spring: Office, tmp_path: Path) -> None:
    async with served(spring) as web, browser(tmp_path / "browser") as page:
        await opened(page, web)
        await page.press("j", "Enter")
        await page.wait_for("Viewing as: Sender One", "Abby Stone")
        await page.wait_for_colour(page.background_of("Viewing as: Sender One"))  # the bar, drawn
        await page.press("Enter")
        await page.wait_for("This is Abby, yes?", "0/160")
        await page.press(*"Your polling place is")
        await page.wait_for("Your polling place is")
        (tmp_path / "app.png").write_bytes(await page.picture())
        await page.evaluate("location.reload()")
        await stored(spring, "Your polling place is")
        await page.wait_for("Viewing as: Sender One")  # by the cookie, and where it was left


async def stored(office: Office, draft: str) -> None:
    limit = monotonic() + PATIENCE
    while stored_draft(office) != draft:
        assert monotonic() < limit, "the draft was not kept"
        await asyncio.sleep(0.05)


async def test_a_page_loads_nothing_from_elsewhere_and_keeps_no_token(spring: Office, tmp_path: Path) -> None:
    async with served(spring) as web, browser(tmp_path) as page:
        await opened(page, web)
        assert await page.evaluate("location.href") == web.page
        assert await page.evaluate("document.cookie") == ""
        assert await page.evaluate(FONTS) == ["loaded", "loaded"]
        own = (web.page, web.page.replace("http://", "ws://"))
        assert len(page.requested) > 6
        assert [each for each in page.requested if not each.startswith(own)] == []
        assert page.errors == []


async def test_the_page_says_that_the_app_has_ended(spring: Office, tmp_path: Path) -> None:
    async with served(spring) as web, browser(tmp_path) as page:
        await opened(page, web)
        assert not await page.evaluate(IS_CLOSED)
        await page.press("q", "q")
        await page.wait_until(bool, IS_CLOSED)
        await page.press("Enter")  # the button has the focus
        await page.wait_until(lambda closed: closed is False, IS_CLOSED)
        await page.wait_for("Spring ▸ Overview")
