"""The section "Texting for real" of docs/first-campaign.md, followed word by word in a shell."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.free_ports import free_ports

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "first-campaign.md").read_text(encoding="utf-8")
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def blocks(title: str, language: str = "sh") -> list[str]:
    """The fenced blocks of a section."""
    section = PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    return [block for found, block in _FENCE.findall(section) if found == language]


@contextmanager
def in_background(command: str, folder: Path, env: dict[str, str]) -> Iterator[None]:
    """Run what the page tells to run in a terminal of its own."""
    words = [sys.executable, *command.split()[1:]]
    with subprocess.Popen(words, cwd=folder, env=env, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline().startswith("listening on ")
            yield
        finally:
            process.kill()


def followed(script: str, folder: Path, env: dict[str, str]) -> tuple[int, str]:
    """Run a script to its end; the services that it has begun end with it, whatever happens."""
    with subprocess.Popen(
        ["bash", "-c", script],
        cwd=folder,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as shell:
        try:
            output, _ = shell.communicate(timeout=180)
            return shell.returncode, output
        finally:
            with suppress(ProcessLookupError):
                os.killpg(shell.pid, signal.SIGKILL)


def test_the_section_can_be_followed(tmp_path: Path) -> None:
    """docs/rules.md 10: from an empty home to a reconciled export."""
    bin_ = tmp_path / "bin"
    bin_.mkdir()
    (bin_ / "thrumsg").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m thrumsg_tui "$@"\n')
    (bin_ / "python3").symlink_to(sys.executable)
    (bin_ / "thrumsg").chmod(0o700)
    env = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("THRUMSG", "SSH"))},
        "HOME": str(tmp_path),
        "XDG_DATA_HOME": str(tmp_path / "data"),
        "XDG_STATE_HOME": str(tmp_path / "state"),
        "PATH": f"{bin_}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
    }
    (tmp_path / "contacts.csv").write_text(blocks("Your own contacts", "csv")[0], encoding="utf-8")
    ports = dict(zip(("8438", "8437"), map(str, free_ports(2)), strict=True))
    own, (install, carrier, *steps) = blocks("Your own contacts")[0], blocks("Texting for real")
    assert install == "make gateway\n"
    commands = [own.replace("\nthrumsg\n", "\n"), *steps]
    script = "\n".join(["set -euo pipefail", *commands]).replace(
        "thrumsg listen &", f"thrumsg listen --port 8437 &\n{WAIT}"
    )
    script = script.replace("thrumsg export messages", f"{SETTLED}\nthrumsg export messages")
    for port, free in ports.items():
        script, carrier = script.replace(port, free), carrier.replace(port, free)
    with in_background(carrier, tmp_path, env):
        status, output = followed(script, tmp_path, env)
    assert status == 0, output
    assert "1 messages taken by the carrier, 1 received from contacts, 3 exported; no differences" in output


WAIT = "until curl -s http://127.0.0.1:8437/healthz >/dev/null; do sleep 0.1; done"
"""A person is not as fast as a script."""

SETTLED = (
    "until thrumsg export messages --out messages.csv && python3 -m scripts.reconcile messages.csv carrier.log && "
    '[ $(grep -c \'"what": "accepted"\' carrier.log) = 1 ]; do sleep 0.2; done'
)
"""Until Kim's message has left and the books agree."""
