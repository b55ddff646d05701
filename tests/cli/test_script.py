"""A day of a campaign, as a script on the same host does it: real processes, JSON between them."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest


class Script:
    """Runs `thrumsg` in processes of its own, as somebody whom a forced command names: files come and go in pipes."""

    def __init__(self, folder: Path) -> None:
        self._environment = os.environ | {"THRUMSG_DB": str(folder / "thrumsg.db"), "LC_ALL": "C.UTF-8"}
        self._environment.pop("SSH_ORIGINAL_COMMAND", None)

    def run(self, *words: object, piped: str = "") -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "thrumsg_tui", "--forced-login", "ana", *map(str, words)]
        return subprocess.run(command, capture_output=True, text=True, env=self._environment, check=False, input=piped)

    def json(self, *words: object, piped: str = "") -> Any:
        done = self.run(*words, "--json", piped=piped)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


@pytest.fixture
def script(tmp_path: Path) -> Script:
    return Script(tmp_path)


def test_from_an_empty_host_to_an_export(script: Script) -> None:
    people = [("Maria", "Lopez"), ("Dev", "Patel"), ("Ann", "Otieno"), ("Bo", "Li"), ("Cy", ""), ("Di", "Ax")]
    rows = [f"{first},{last},(415) 555-01{number}" for number, (first, last) in enumerate(people, start=10)]
    contacts = "\n".join(["First Name,Last Name,Cell Phone", *rows, "Nobody,,12", ""])
    hello = "Hi %first_name%, it's %sender_first_name%."
    script.json(
        *(
            "campaign",
            "create",
            "Spring Turnout",
            "--initial",
            hello,
            "--open",
            "00:00",
            "--close",
            "24:00",
            "--no-quiet-hours",
        ),
        "--quicksend",
    )
    for login in ("kim", "lee"):
        script.json("user", "add", login, "--first-name", login.capitalize(), "--last-name", "X")
    script.json("campaign", "add-sender", "Spring Turnout", "kim", "lee")
    taken = script.json("import", "contacts", "-", "--campaign", "Spring Turnout", piped=contacts)
    assert (taken["imported"], [each["line"] for each in taken["rejected"]]) == (6, [8])
    moved = script.json("reassign", "Spring Turnout", "--from-unassigned", "--to", "kim", "--to", "lee")
    assert moved["by_sender"] == {"kim": 3, "lee": 3, "unassigned": -6}
    assert script.json("send-all", "Spring Turnout", "--sender", "kim")["sent"] == 3
    first = script.json("conversations", "Spring Turnout", "--sender", "kim", "--tab", "sent")[0]
    script.json("receive", "--from", first["phone"], "--body", "Who is this?")
    assert script.json("send", first["id"], "--body", "Kim, a volunteer.")["kind"] == "reply"
    assert script.json("thread", first["id"])["status"] == "answered"
    undone = script.json("undo", moved["event"])
    assert undone["by_sender"] == {"kim": -3, "lee": -3, "unassigned": 6}
    shown = script.json("overview", "Spring Turnout")
    assert [shown[key] for key in ("total", "not_started", "sent", "answered")] == [6, 3, 2, 1]
    export = script.run("export", "messages", "Spring Turnout")
    assert len(export.stdout.splitlines()) == 1 + 5
    assert script.run("doctor").returncode == 0
