"""The section `[command]` of the configuration."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.gateway import fake_program
from tests.gateway.configurations import command_section, written
from tests.gateway.outgoings import outgoing
from thrumsg_tui.domain.delivery import Accepted, Rejected
from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.gateway.configuration_file import load_configuration
from thrumsg_tui.gateway.registry import open_gateway


def test_the_program_of_the_configuration_is_the_carrier(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OUR_KEY", "value")
    monkeypatch.setenv("OTHER_KEY", "value")
    text = command_section(sys.executable, fake_program.__file__, more='pass_environment = ["OUR_KEY"]\n')
    gateway = open_gateway(load_configuration(written(tmp_path, text)))
    assert isinstance(gateway.send(outgoing(1)), Accepted)
    names = gateway.send(outgoing(2, "environment"))
    gateway.close()
    assert isinstance(names, Rejected)
    assert "OUR_KEY" in names.words
    assert "OTHER_KEY" not in names.words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('gateway = "command"\n[command]\n', "argv is missing"),
        ('gateway = "command"\n[command]\nargv = "carrier"\n', "a list of texts is expected"),
        (command_section("/no/such/program"), "argv names no program that can be started: /no/such/program"),
        (command_section(sys.executable, more='restart = "always"\n'), "one of on-failure, never is expected"),
        (command_section(sys.executable, more="arguments = []\n"), "did you mean argv|its keys are"),
    ],
)
def test_a_fault_of_the_section_is_said(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(Refused, match=words):
        load_configuration(written(tmp_path, text))
