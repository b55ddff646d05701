"""The gateway in docs/architecture.md is a whole one: one module, and one line in the registry."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.gateway.outgoings import outgoing
from thrumsg_tui.domain.delivery import Accepted, Doubt, Trace
from thrumsg_tui.domain.enums import MessageState
from thrumsg_tui.gateway.configuration_file import load_configuration
from thrumsg_tui.gateway.protocol import CannotTell, Gateway
from thrumsg_tui.gateway.registry import GATEWAYS, gateway_module, open_gateway

ARCHITECTURE = Path(__file__).parents[2] / "docs" / "architecture.md"


@pytest.fixture
def gateway(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Gateway:
    [code] = ARCHITECTURE.read_text(encoding="utf-8").split("```python\n")[1:]
    module = ModuleType("thrumsg_tui.gateway.file_gateway")
    exec(compile(code.partition("```")[0], "docs/architecture.md", "exec"), module.__dict__)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setitem(GATEWAYS, "file", "file_gateway")
    (tmp_path / "gateway.toml").write_text(f'gateway = "file"\n[file]\npath = "{tmp_path / "out"}"\n')
    (tmp_path / "gateway.toml").chmod(0o600)
    configuration = load_configuration(tmp_path / "gateway.toml")
    assert gateway_module("file").open_webhooks(configuration) is None
    return open_gateway(configuration)


def test_it_hands_messages_over_and_finds_them(gateway: Gateway, tmp_path: Path) -> None:
    with pytest.raises(CannotTell):
        gateway.find(outgoing(1))
    message = outgoing(1, "Two\nlines")
    assert gateway.send(message) == Accepted(message.key)
    assert (tmp_path / "out").read_text().count("\n") == 1
    assert gateway.find(message) == [Trace(message.key, MessageState.SENT)]
    assert gateway.find(outgoing(2)) == []
    assert [each.good for each in gateway.check()] == [True]


def test_it_does_not_say_that_nothing_left_when_it_cannot_know(gateway: Gateway, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    assert isinstance(gateway.send(outgoing(1)), Doubt)
