"""Tables for people."""

import io
import sys

import pytest

from thrumsg_tui.cli.report import Report, pairs, show, table


def test_columns_are_aligned_by_what_a_terminal_shows() -> None:
    rows = [("明 李", 7), ("Zoë", 12), ("e\u0301", None)]
    assert table(("Name", "Count"), rows) == ["Name   Count", "明 李      7", "Zoë       12", "e\u0301"]
    assert pairs([("明", 1), ("abc", None)]) == ["明   1", "abc"]


@pytest.mark.parametrize("picture", ["👨\u200d👩\u200d👧", "👍🏽", "❤\ufe0f"])
def test_a_picture_made_of_several_characters_takes_two_columns(picture: str) -> None:
    assert table(("Name", "Count"), [(f"{picture} Lee", 7), ("Zoë Lo", 12)]) == [
        "Name    Count",
        f"{picture} Lee      7",
        "Zoë Lo     12",
    ]


def test_a_cell_cannot_break_the_table() -> None:
    assert table(("Name",), [("a\nb\x1b[2J",)]) == ["Name", "a b^[[2J"]


def test_what_is_not_utf_8_gets_ascii(monkeypatch: pytest.MonkeyPatch) -> None:
    output = io.TextIOWrapper(io.BytesIO(), encoding="latin-1")
    monkeypatch.setattr(sys, "stdout", output)
    show(Report(None, ["Zoë → 明…", *table(("Name",), [("明李",)])]), as_json=False)
    assert output.buffer.getvalue() == b"Zo? -> ?...\nName\n??\n"
    monkeypatch.undo()


def test_json_is_ascii_everywhere(capsys: pytest.CaptureFixture[str]) -> None:
    show(Report({"name": "明"}, []), as_json=True)
    assert capsys.readouterr().out == '{\n  "name": "\\u660e"\n}\n'
