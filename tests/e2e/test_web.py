"""`thrumsg web` is the app, for the one browser that was given its address (docs/browser.md)."""

from __future__ import annotations

import asyncio
import signal
from time import monotonic
from urllib.parse import urlsplit

import pytest
from aiohttp import ClientSession, WSServerHandshakeError

from tests.e2e.conftest import Office, me
from tests.e2e.drafts import stored_draft
from tests.e2e.served import Served, browsing, is_gone, served, window
from tests.e2e.terminal import PATIENCE


async def admitted(client: ClientSession, on: Served) -> None:
    async with client.get(on.address) as answer:
        assert answer.status == 200


async def test_a_window_is_the_app(spring: Office) -> None:
    async with served(spring) as web, browsing() as client:
        await admitted(client, web)
        async with window(client, web) as shown:
            await shown.wait_for("Spring ▸ Overview", "Sender One", f"{me()} · owner")
            await shown.type("j\r")
            await shown.wait_for("Viewing as: Sender One", "Abby Stone")


async def test_the_person_and_the_database_are_those_of_the_command(spring: Office) -> None:
    async with served(spring, "--as", "one") as web, browsing() as client:
        await admitted(client, web)
        async with window(client, web) as shown:
            await shown.wait_for(f"{me()} as one · sender", "as Sender One")


async def test_the_practice_campaign_is_shown_in_a_browser(practice: Office) -> None:
    async with served(practice, "--demo") as web, browsing() as client:
        await admitted(client, web)
        async with window(client, web) as shown:
            await shown.wait_for("Spring Turnout")


async def test_the_app_follows_the_size_of_its_window(spring: Office) -> None:
    async with served(spring) as web, browsing() as client:
        await admitted(client, web)
        async with window(client, web, size=(80, 24)) as shown:
            await shown.wait_until(lambda: "? help" in shown.text.splitlines()[23])
            await shown.resize(100, 30)
            await shown.wait_until(lambda: "? help" in shown.text.splitlines()[29])


async def test_what_is_no_message_of_the_page_is_ignored(spring: Office) -> None:
    async with served(spring) as web, browsing() as client:
        await admitted(client, web)
        async with window(client, web) as shown:
            for wrong in ("{", '["stdin"]', '["resize", {"width": "x", "height": -1}]', '["stdin", 5]', "7"):
                await shown.send(wrong)
            await shown.wait_for("Overview", "Sender One")


async def test_what_is_no_http_is_told_on_one_line_without_what_it_was(spring: Office) -> None:
    async with served(spring) as web:
        parts = urlsplit(web.address)
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        writer.write(b"GET http://[\x1b[31mred HTTP/1.1\r\nHost: x\r\n\r\n")
        await reader.read()
        writer.close()
        assert await web.end() == 0
        assert await web.complaints() == (
            "thrumsg: Something that is no proper HTTP was sent here, and refused (InvalidURLError).\n"
        )


async def test_a_window_ends_with_its_app(spring: Office) -> None:
    async with served(spring) as web, browsing() as client:
        await admitted(client, web)
        async with window(client, web) as shown:
            await shown.wait_for("Overview", "Sender One")
            (app,) = web.apps()
            await shown.type("\x11")  # ctrl+q
            await shown.wait_for_end()
        await gone(app)


async def test_an_app_ends_with_its_window_and_keeps_what_is_being_written(spring: Office) -> None:
    async with served(spring) as web, browsing() as client:
        await admitted(client, web)
        async with window(client, web) as shown:
            await shown.wait_for("Overview", "Sender One")
            await shown.type("j\r")
            await shown.wait_for("Viewing as: Sender One", "Abby Stone")
            await shown.type("\r")
            await shown.wait_for("This is Abby, yes?", "0/160")
            await shown.type("Your polling place is")
            await shown.wait_for("Your polling place is")
            (app,) = web.apps()
        await gone(app)
    assert stored_draft(spring) == "Your polling place is"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
async def test_the_end_of_the_command_is_the_end_of_every_window(spring: Office, number: signal.Signals) -> None:
    async with served(spring) as web, browsing() as client:
        await admitted(client, web)
        async with window(client, web) as one, window(client, web) as other:
            await one.wait_for("Overview", "Sender One")
            await other.wait_for("Overview", "Sender One")
            apps = web.apps()
            assert len(apps) == 2
            _, _, status = await asyncio.gather(one.wait_for_end(), other.wait_for_end(), web.end(number))
        assert status == 0
        assert all(map(is_gone, apps))


async def test_without_the_command_no_app_is_left(spring: Office) -> None:
    async with served(spring) as web, browsing() as client:
        await admitted(client, web)
        async with window(client, web) as shown:
            await shown.wait_for("Overview", "Sender One")
            (app,) = web.apps()
            await web.end(signal.SIGKILL)
        await gone(app)


async def gone(process: int) -> None:
    limit = monotonic() + PATIENCE
    while not is_gone(process):
        assert monotonic() < limit, "the app is left"
        await asyncio.sleep(0.05)


# Who is admitted


async def test_the_token_is_used_up_by_the_first_browser(spring: Office) -> None:
    async with served(spring) as web, browsing() as first, browsing() as second:
        async with first.head(web.address) as looked:  # a chat that shows what is behind an address
            assert looked.status == 403
        async with first.get(f"{web.address}x") as wrong:
            assert wrong.status == 403
        await admitted(first, web)
        async with second.get(web.address) as late:
            assert late.status == 403
            assert "used already" in await late.text()
        for again in (web.address, web.page):
            async with first.get(again) as answer:
                assert answer.status == 200
                assert "Set-Cookie" not in answer.headers


async def test_the_cookie_stays_in_this_browser_and_under_this_address(spring: Office) -> None:
    async with served(spring) as web, browsing() as client, client.get(web.address) as answer:
        header = answer.headers["Set-Cookie"]
        assert header.partition("; ")[2] == f"Path={web.page.removeprefix(web.origin)}; HttpOnly; SameSite=Strict"
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; connect-src 'self'; ")
        assert answer.headers["Referrer-Policy"] == "no-referrer"


async def test_without_the_cookie_there_is_nothing(spring: Office) -> None:
    async with served(spring) as web, browsing() as first, browsing() as stranger:
        for _ in range(2):
            for place in ("", "terminal", "static/js/textual.js", "page/page.js", "../", "nothing"):
                async with stranger.get(web.page + place, headers={"Origin": web.origin}) as answer:
                    assert answer.status == 403
            await admitted(first, web)


async def test_another_name_for_this_machine_is_refused(spring: Office) -> None:
    async with served(spring) as web, browsing() as client:
        async with client.get(web.address, headers={"Host": "evil.example"}) as answer:
            assert answer.status == 403
        await admitted(client, web)  # that has not used the token up
        async with client.get(web.page, headers={"Host": "evil.example"}) as answer:
            assert answer.status == 403
        async with client.get(web.page, headers={"Host": "localhost:9000"}) as answer:  # behind ssh -L
            assert answer.status == 200


async def test_no_other_page_opens_the_app(spring: Office) -> None:
    async with served(spring) as web, browsing() as client:
        await admitted(client, web)
        for origin in ({}, {"Origin": "http://evil.example"}, {"Origin": "http://127.0.0.1:1"}):
            with pytest.raises(WSServerHandshakeError, match="403"):
                await client.ws_connect(f"{web.page}terminal", headers=origin)
        assert web.apps() == []
