"""The lines between thrumsg and a carrier's program are as docs/carrier-programs.md describes them."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.gateway.outgoings import outgoing
from thrumsg_tui.domain.delivery import Doubt
from thrumsg_tui.gateway.command_fields import BadLine
from thrumsg_tui.gateway.command_lines import Result, find_line, read_line, send_line, stored_line

DOCUMENT = (Path(__file__).parents[2] / "docs" / "carrier-programs.md").read_text(encoding="utf-8")
TO_IT, FROM_IT = (block.splitlines() for block in re.findall(r"```json\n(.*?)```", DOCUMENT, re.DOTALL))

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
KINDS = ("result", "found", "incoming", "report", "log")
FIELDS = ("accepted", "refused", "not_now", "doubt", "messages", "provider_id", "key", "from", "state", "media", "at")


@pytest.mark.parametrize("line", FROM_IT)
def test_each_documented_line_of_a_program_is_understood(line: str) -> None:
    said = read_line(line.encode() + b"\n")
    if isinstance(said, Result) and '"doubt"' not in line:
        assert not isinstance(said.outcome, Doubt)


def test_the_lines_to_a_program_have_the_documented_fields() -> None:
    message = outgoing()
    ours = [json.loads(line) for line in (send_line(message), find_line(message), stored_line(["a"]))]
    documented = [json.loads(line) for line in TO_IT]
    for our, described in zip(ours, documented, strict=True):
        assert our.keys() == described.keys()
        for name, value in our.items():
            assert not isinstance(value, dict) or value.keys() == described[name].keys()


@given(st.dictionaries(st.sampled_from(KINDS + FIELDS), ANYTHING | st.dictionaries(st.sampled_from(FIELDS), ANYTHING)))
def test_whatever_a_program_says_is_understood_or_refused(said: dict[str, object]) -> None:
    with suppress(BadLine):
        read_line(json.dumps(said).encode())


@given(st.binary(max_size=200))
def test_bytes_are_understood_or_refused(line: bytes) -> None:
    with suppress(BadLine):
        read_line(line)


@pytest.mark.parametrize("line", [b"[" * 60_000, b'{"log": ' + b"9" * 60_000 + b"}", b"\xff", b"null"])
def test_hostile_lines_are_refused(line: bytes) -> None:
    with pytest.raises(BadLine):
        read_line(line)
