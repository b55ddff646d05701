"""A connection that is gone in the middle of a reply (docs/rules.md 3.11)."""

from __future__ import annotations

import os
import signal
from getpass import getuser
from pathlib import Path

import pytest

from tests.e2e.conftest import Office, make_campaign
from tests.e2e.drafts import stored_draft
from tests.e2e.messenger import Messenger
from tests.e2e.terminal import Terminal
from tests.ssh.conftest import Team
from tests.ssh.server import make_key, running


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGHUP])
def test_the_draft_is_there_and_the_app_is_gone(team: Team, tmp_path: Path, number: signal.Signals) -> None:
    office = Office(tmp_path, tmp_path / "spring.db")
    make_campaign(office)
    key = f"mine-{number.name}"
    assert team.keys("add", getuser(), make_key(team.server.folder / key), database=office.database).code == 0
    environment = {"TERM": "xterm-256color", "PATH": os.environ["PATH"], "HOME": str(tmp_path), "LANG": "C.UTF-8"}
    with Terminal([*team.server.client(key, "-tt"), "--", team.server.host], environment=environment) as terminal:
        terminal.wait_for("Overview", "Sender One")
        messenger = Messenger(terminal)
        terminal.press("j", "enter")
        messenger.wait_for_row("Abby Stone")
        messenger.open_box()
        messenger.write("Your polling place is")
        assert running(office.database)
        terminal.kill(number)
        terminal.wait_until_so(lambda: not running(office.database), "the end of the app on the host")
    assert stored_draft(office) == "Your polling place is"
    assert list(team.server.folder.rglob("*.log")) == [team.server.log]
    assert team.keys("remove", getuser(), key, database=office.database).code == 0
    office.close()
