"""What `thrumsg web` refuses to begin with, and whom it admits (docs/browser.md)."""

from __future__ import annotations

import logging
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Shell
from thrumsg_tui.cli.web_access import Access, is_own_page, names_this_machine
from thrumsg_tui.cli.web_log import Complaints
from thrumsg_tui.library_log import logged_by


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_an_address_that_others_can_reach_is_refused(spring: Shell, host: str) -> None:
    if host == "::" and not socket.has_dualstack_ipv6():
        pytest.skip("there is no IPv6 here")
    reason = spring.refused("web", "--host", host, "--port", 0)
    assert f"{host} can be reached from outside this machine" in reason
    assert "ssh -L" in reason


def test_a_port_that_somebody_else_has_is_refused(spring: Shell) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert f"127.0.0.1 port {port} cannot be listened on: " in spring.refused("web", "--port", port)


def test_a_forced_command_opens_no_port(spring: Shell) -> None:
    assert "opens a port of this host" in spring.refused("--forced-login", "kim", "web", "--port", 0)


def test_a_practice_campaign_needs_no_database(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "textual_serve", None)
    monkeypatch.delitem(sys.modules, "thrumsg_tui.cli.web_server", raising=False)
    assert "pip install" in shell.refused("web", "--demo")
    assert not shell.database.exists()


def test_who_may_not_use_the_database_is_told_before_a_browser_is(spring: Shell) -> None:
    spring.log_in("stranger")
    assert "stranger" in spring.refused("web", "--port", 0)


def test_without_its_package_it_says_how_to_install_it(spring: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "thrumsg_tui.cli.web_server", raising=False)
    monkeypatch.setitem(sys.modules, "textual_serve", None)
    reason = spring.refused("web", "--port", 0)
    assert "textual_serve is not installed, and a browser needs it: pip install 'thrumsg[web]'." in reason


def test_no_other_command_loads_it(spring: Shell) -> None:
    code = (
        "import sys; from thrumsg_tui.cli.app import web; import thrumsg_tui.cli.web; print('aiohttp' in sys.modules)"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout == "False\n"


def test_an_unforeseen_error_of_the_server_is_kept_in_the_error_log_and_told_on_one_line(
    shell: Shell, capsys: pytest.CaptureFixture[str]
) -> None:
    with logged_by(Complaints(KeyError), "aiohttp"):
        logging.getLogger("aiohttp.server").error("Error for %s", "a guest", exc_info=ValueError("their words"))
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert told.startswith("thrumsg: Something went wrong that should not have (ValueError). Please send ")
    assert "their words" not in Path(told.split("Please send ")[1].split(" to whoever")[0]).read_text()


# Who is admitted


def test_the_token_is_worth_one_cookie() -> None:
    access = Access()
    token = access.query.removeprefix("token=")
    assert access.redeem("") is None
    assert access.redeem(f"{token}é") is None
    cookie = access.redeem(token)
    assert cookie is not None
    assert access.redeem(token) is None
    value = cookie.partition(";")[0].removeprefix("thrumsg=")
    assert access.admits({"thrumsg": value})
    assert not any(map(access.admits, ({}, {"thrumsg": ""}, {"thrumsg": token}, {"other": value})))


def test_nobody_is_admitted_before_the_token_was_shown() -> None:
    assert not any(map(Access().admits, ({}, {"thrumsg": ""}, {"thrumsg": "None"})))


def test_each_run_has_other_secrets() -> None:
    one, other = Access(), Access()
    assert one.place != other.place
    assert one.query != other.query


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:8438", "localhost:9000", "LOCALHOST", "[::1]:8438"])
def test_names_of_this_machine(host: str) -> None:
    assert names_this_machine(host)


@pytest.mark.parametrize(
    "host",
    [None, "", "evil.example", "127.0.0.1.evil.example", "localhost.evil.example:80", "10.0.0.1", "[::2]", "[::1", "0"],
)
def test_other_names(host: str | None) -> None:
    assert not names_this_machine(host)


def test_our_page_has_our_address_and_port() -> None:
    assert is_own_page("http://127.0.0.1:8438", "127.0.0.1:8438")
    for origin in (None, "", "null", "http://127.0.0.1:1", "https://127.0.0.1:8438", "http://localhost:8438"):
        assert not is_own_page(origin, "127.0.0.1:8438")
    assert not is_own_page("http://None", None)


def test_a_cookie_that_is_no_text_is_another_one() -> None:
    access = Access()
    assert access.redeem(access.query.removeprefix("token="))
    assert not access.admits({"thrumsg": b"\xff\xfe".decode("utf-8", "surrogateescape")})
