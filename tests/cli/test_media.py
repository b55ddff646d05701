"""The command `media`: files of messages (`docs/rules.md 10.7`)."""

from __future__ import annotations

import os
import pty
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.carrier.running import Carrier, running_carrier
from tests.cli.conftest import MARIA, Shell
from tests.gateway.configurations import TOKEN, TWILIO, written
from thrumsg_tui.domain.delivery import Incoming
from thrumsg_tui.domain.media import Media
from thrumsg_tui.store.changes.receive import receive_incoming
from thrumsg_tui.store.database import Database

OURS = "+14155550100"
FILES = {"image/png": b"\x89PNG", "image/gif": b"GIF89a"}


@pytest.fixture
def carrier(tmp_path: Path) -> Iterator[Carrier]:
    account = "AC" + "1" * 32
    options = ("--number", OURS, "--account", account, "--token", TOKEN)
    with running_carrier(tmp_path / "carrier.log", *options) as running:
        running.account = account
        yield running


@pytest.fixture
def pictures(spring: Shell, carrier: Carrier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """Message 1 has two files, message 2 one, message 3 none, message 4 one that lies elsewhere."""
    section = f'[twilio]\napi_url = "{carrier.url}"\n'
    monkeypatch.setenv("THRUMSG_CONFIG", str(written(tmp_path, TWILIO.replace("[twilio]\n", section))))
    database = Database(spring.location)
    for nth, files in enumerate((FILES, {"image/png": b"\x89PNG"}, {}, {"image/jpeg": b""}), start=1):
        media = [*files]
        if nth < 3:
            sid = carrier.inbound(MARIA, OURS, "", files)
            base = f"{carrier.url}/2010-04-01/Accounts/{carrier.account}/Messages/{sid}/Media"
            addresses = [f"{base}/{each}" for each in carrier.entries("received")[-1]["media_sids"]]
        else:
            addresses = ["https://files.example.org/1.jpg"] * len(files)
        found = tuple(Media(url, type_) for url, type_ in zip(addresses, media, strict=True))
        receive_incoming(database, "twilio", Incoming(f"MM{nth}", MARIA, OURS, "Look", found))
    database.close()
    return spring


def test_a_file_of_a_message_is_written(pictures: Shell, tmp_path: Path) -> None:
    out = tmp_path / "picture.png"
    assert pictures.json("media", 2, "--out", out) == {"file": str(out), "type": "image/png", "size": 4}
    assert (out.read_bytes(), out.stat().st_mode & 0o777) == (b"\x89PNG", 0o600)
    pictures.done("media", 1, "--nth", 2, "--out", out)
    assert out.read_bytes() == b"GIF89a"


def test_what_cannot_be_fetched_is_said_and_writes_nothing(pictures: Shell, tmp_path: Path) -> None:
    out = tmp_path / "picture.png"
    reasons = {
        (1,): "has 2 files: choose one with --nth",
        (1, "--nth", 3): "has 2 files: none is 3",
        (3,): "has no picture",
        (4,): "not one of the carrier's",
        (99,): "There is no message 99",
    }
    for words, reason in reasons.items():
        assert reason in pictures.refused("media", *words, "--out", out)
    assert not out.exists()


@pytest.mark.only_sqlite("no file is the database of a server")
def test_no_picture_takes_the_place_of_the_database(pictures: Shell) -> None:
    assert "is a thrumsg database" in pictures.refused("media", 2, "--out", pictures.database)


def test_no_file_of_a_message_is_written_to_a_terminal(
    pictures: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in docs/rules.md 11.3."""
    screen, terminal = pty.openpty()
    assert "is a terminal" in pictures.refused("media", 2, "--out", os.ttyname(terminal))
    pictures.sit_at_terminal()
    assert "cannot be shown in a terminal" in pictures.refused("media", 2, "--out", "-")
    os.write(terminal, b"all")
    assert os.read(screen, 100) == b"all"
    for each in (screen, terminal):
        os.close(each)


def test_a_sender_fetches_files_of_their_own_contacts_only(pictures: Shell, tmp_path: Path) -> None:
    out = tmp_path / "picture.png"
    pictures.done("reassign", "Spring", "--conversation", 1, "--to", "kim")
    pictures.log_in("lee")
    assert "other people's conversations" in pictures.refused("media", 2, "--out", out)
    pictures.log_in("kim")
    pictures.done("media", 2, "--out", out)
    assert out.exists()


def test_nothing_says_the_token(pictures: Shell, carrier: Carrier, tmp_path: Path) -> None:
    carrier.tell("account", closed=True)
    said = pictures.refused("media", 2, "--out", tmp_path / "picture.png")
    assert "it answered 401" in said
    assert TOKEN not in said
