"""A server that is away under an open app: that is said, and nothing that was typed is lost (docs/rules.md 13.1)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC
from pathlib import Path

import pytest

from tests.postgres_server import Cluster, own_cluster
from tests.store.servers.failing_server import make_database
from tests.tui.office import Office, Person
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.domain.errors import DatabaseUnreachable
from thrumsg_tui.store.changes.receive import receive
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.location import ServerAddress
from thrumsg_tui.tui.app import ThrumsgApp
from thrumsg_tui.tui.screens.base import CommandScreen


@pytest.fixture(scope="module")
def own() -> Iterator[Cluster]:
    with own_cluster({"synchronous_commit": "on"}) as running:
        yield running


@pytest.fixture
def cluster(own: Cluster) -> Cluster:
    """A server that a test may stop."""
    if not own.is_running():
        own.start()
    return own


@pytest.fixture
def address(cluster: Cluster) -> ServerAddress:
    return ServerAddress(cluster.address(make_database(cluster)))


BACK = "The database can be used again."


@pytest.fixture
def on_server(address: ServerAddress, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    monkeypatch.setattr("tests.tui.office.new_database", lambda _: address)
    office = Office(tmp_path)
    office.campaign()
    yield office
    office.close()


@pytest.fixture
def ids(on_server: Office, address: ServerAddress) -> list[ConversationId]:
    """Two contacts who wait, which a crash of the server leaves in place: the office's own changes need not be."""
    made = [on_server.contact(name, wrote="Where do I vote?") for name in ("Maria Lopez", "Dev Patel")]
    with closing(Database(address)) as db, db.writing() as tx:  # its commit makes durable what was committed before
        tx.conn.execute("UPDATE users SET email = email")
    return made


async def start_once_missed(person: Person, cluster: Cluster) -> None:
    """Start the server once the app itself has seen that it is away, and not only a key."""
    await person.reach(lambda: bool(person.app._cut_off), "the look that finds no server")
    cluster.start()


async def word_of_return(person: Person) -> None:
    """Wait until the app says that the server is back."""
    await person.wait_until(lambda: person.notice.endswith(BACK), "word that the server is back")


async def test_a_message_waits_in_the_box_until_the_server_is_back(
    on_server: Office, cluster: Cluster, ids: list[ConversationId]
) -> None:
    async with on_server.messenger() as person:
        await person.press("enter")
        await person.type("At the ")
        cluster.stop("immediate")
        await person.type("library")
        await person.press("enter")
        assert "does not answer" in person.notice
        assert person.box == "At the library"
        await start_once_missed(person, cluster)
        await word_of_return(person)
        await person.press("enter")
        assert on_server.bodies(ids[0])[-1] == "At the library", (person.notice, person.box)
        assert person.app._exception is None


async def test_an_idle_app_shows_what_happened_meanwhile(
    on_server: Office, cluster: Cluster, address: ServerAddress, ids: list[ConversationId]
) -> None:
    async with on_server.messenger() as person:
        cluster.stop("immediate")
        await person.wait_for("does not answer")
        await start_once_missed(person, cluster)
        with closing(Database(address)) as db:
            receive(db, None, on_server.conversation(ids[1]).phone, "Is it far?")
        await person.wait_for("Is it far?")
        assert person.app._exception is None


async def test_a_notice_of_an_outage_that_no_look_has_seen_goes_with_the_outage(
    on_server: Office, cluster: Cluster, ids: list[ConversationId]
) -> None:
    on_server.timers = replace(on_server.timers, watch=3_600.0)
    async with on_server.messenger() as person:
        await person.press("enter")
        await person.type("At the library")
        cluster.stop("immediate")
        await person.press("enter")
        assert "does not answer" in person.notice
        cluster.start()
        assert not person.app._cut_off
        await person.app._watch()
        assert person.notice in {BACK, f"Nothing was changed. {BACK}"}
        assert person.box == "At the library"
        await person.press("escape", "i")
        await person.app._watch()
        assert BACK not in person.notice
        refusal = f"The server of {on_server.db.location} takes no changes: it is a standby."
        person.app.tell(refusal)
        await person.app._watch()
        assert person.notice.endswith("takes no changes: it is a standby.")


async def test_a_restart_between_two_looks_is_not_noticed(
    on_server: Office, cluster: Cluster, ids: list[ConversationId]
) -> None:
    async with on_server.messenger() as person:
        before = person.notice
        cluster.stop()
        cluster.start()
        await person.press("j", "enter")
        await person.type("On Tuesday")
        await person.press("enter")
        assert on_server.bodies(ids[1])[-1] == "On Tuesday"
        assert "does not answer" not in before + person.notice


async def test_what_was_said_before_is_said_again_once_the_server_is_back(
    on_server: Office, cluster: Cluster, ids: list[ConversationId]
) -> None:
    async with on_server.messenger() as person:
        assert isinstance(person.app.front, CommandScreen)
        person.app.front.say("Before that, 25 messages were sent.", warning=True)
        cluster.stop("immediate")
        await person.wait_for("does not answer")
        await start_once_missed(person, cluster)
        await word_of_return(person)
        assert person.notice == f"Before that, 25 messages were sent. {BACK}"


@pytest.mark.parametrize(("more", "kept"), [("", ""), (" Nothing was changed. Try again.", "Nothing was changed. ")])
async def test_what_was_said_of_the_server_is_not_said_again_in_whatever_words(
    on_server: Office, cluster: Cluster, ids: list[ConversationId], more: str, kept: str
) -> None:
    async with on_server.messenger() as person:
        cluster.stop("immediate")
        await person.wait_for("does not answer")
        assert isinstance(person.app.front, CommandScreen)
        person.app.front.say(f"The server of {on_server.db.location} is starting or stopping.{more}", warning=True)
        await start_once_missed(person, cluster)
        await word_of_return(person)
        assert person.notice == f"{kept}{BACK}"


@pytest.mark.parametrize("key", ["n", "u", "r"])
async def test_a_key_that_needs_the_server_says_that_it_is_away(
    on_server: Office, cluster: Cluster, ids: list[ConversationId], key: str
) -> None:
    async with on_server.messenger() as person:
        await person.wait_for("Dev Patel")
        cluster.stop("immediate")
        await person.press(key)
        await person.wait_for("does not answer")
        assert person.app._exception is None
        await start_once_missed(person, cluster)
        await word_of_return(person)
        await person.press("escape", "j")
        assert person.app._exception is None


async def test_the_last_row_of_a_list_waits_for_the_server(
    on_server: Office, cluster: Cluster, ids: list[ConversationId]
) -> None:
    async with on_server.messenger() as person:
        await person.press("H")
        await person.wait_for("History")
        cluster.stop("immediate")
        await person.press("G")
        await person.wait_for("does not answer")
        assert person.app._exception is None


async def test_a_campaign_opens_once_its_server_is_back(
    on_server: Office, cluster: Cluster, ids: list[ConversationId]
) -> None:
    async with on_server.messenger(sender=None, login="kim") as person:
        await person.press("q")
        await person.wait_for("Campaigns")
        cluster.stop("immediate")
        await person.press("enter")
        await person.wait_for("does not answer")
        assert person.app._exception is None
        await start_once_missed(person, cluster)
        await word_of_return(person)
        await person.press("enter")
        await person.wait_for("Maria Lopez")


async def test_an_app_whose_server_goes_away_before_its_first_screen_ends_with_the_reason(
    on_server: Office, cluster: Cluster
) -> None:
    app = ThrumsgApp(on_server.db, on_server.identity("ana"), UTC, timers=on_server.timers)
    cluster.stop("immediate")
    async with app.run_test():
        pass
    assert isinstance(app.cannot_open, DatabaseUnreachable)
    assert app._exception is None
