"""The command `deliver` with a program as the carrier."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tests.cli.conftest import Shell
from tests.gateway import fake_program
from tests.gateway.configurations import command_section, written


def test_deliver_brings_messages_to_the_program(spring: Shell, tmp_path: Path) -> None:
    lines = tmp_path / "lines"
    file = written(tmp_path, command_section(sys.executable, fake_program.__file__, lines))
    spring.done("send", 1)
    spring.done("deliver", "--once", "--config", file)
    assert spring.json("thread", 1)["messages"][-1]["state"] in {"sent", "delivered"}
    [sent, end] = lines.read_text(encoding="utf-8").splitlines()
    assert json.loads(sent)["send"]["to"].startswith("+1")
    assert end == "end"
