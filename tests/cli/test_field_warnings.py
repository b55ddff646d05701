"""What looks like a field is not sent as it stands without a word (docs/rules.md 7.1)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Shell
from thrumsg_tui.store.database import Database

LOOKS = "{firstName} looks like a field; %first_name% was probably meant."
BLOCKS = "%firstName% is not a field, so it cannot be sent: %first_name% was probably meant."


def test_a_campaign_that_is_made_or_changed_is_warned_of(shell: Shell) -> None:
    made = ("campaign", "create", "Fall", "--initial")
    assert LOOKS in shell.done(*made, "Hi {firstName}")
    edit = ("campaign", "edit", "Fall", "--initial")
    assert shell.json(*edit, "Hey {firstName}")["warnings"] == [LOOKS]
    assert shell.json(*edit, "Hey %firstName%")["warnings"] == [BLOCKS]
    assert "warnings" not in shell.json(*edit, "Hey %first_name%, 50% off {smile}")


def test_the_check_says_what_was_probably_meant(spring: Shell) -> None:
    spring.done("campaign", "edit", "Spring", "--initial", "Hi {firstName}, %Polling Location%? {{county}}")
    said = spring.done("campaign", "check", "Spring")
    assert f"look  {LOOKS}" in said
    assert "look  {{county}} looks like a field, and would be sent as it stands." in said


def test_replies_are_warned_of(spring: Shell) -> None:
    add = ("reply", "add", "--campaign", "Spring", "Hello", "--body", "Hi {firstName}")
    assert f"Hello: {LOOKS}" in spring.done(*add)
    assert spring.json("reply", "edit", "--campaign", "Spring", "Hello", "--body", "%firstName%")[-1]["warnings"] == [
        BLOCKS
    ]


def test_imported_replies_are_warned_of_with_their_line(spring: Shell, tmp_path: Path) -> None:
    path = tmp_path / "replies.csv"
    path.write_text("title,body\nA,Hi {firstName}\nB,Hi %first_name%\n", encoding="utf-8")
    take_in = ("import", "replies", path, "--campaign", "Spring")
    assert f"line 2: {LOOKS}" in spring.done(*take_in, "--dry-run")
    done = spring.json(*take_in)
    assert done["warnings"] == [{"line": 2, "reason": LOOKS}]
    assert done["imported"] == 2


def test_a_follow_up_is_warned_of(spring: Shell) -> None:
    made = ("follow-up", "create", "Spring", "--title", "T", "--text", "Hi {firstName}")
    assert spring.json(*made)["warnings"] == [LOOKS]


def test_what_is_too_long_to_be_sent_is_warned_of(spring: Shell, tmp_path: Path) -> None:
    """docs/rules.md 7.2: everybody to whom it came up would be refused, one after the other."""
    longest, too_long = "x" * (9 * 153), "x" * (9 * 153 + 1)
    why = "10 segments: 9 is the most, so it cannot be sent."
    made = ("follow-up", "create", "Spring", "--title", "T", "--text")
    assert "warnings" not in spring.json(*made, longest)
    assert spring.json(*made, too_long)["warnings"] == [why]
    path = tmp_path / "replies.csv"
    path.write_text(f"title,body\nA,{longest}\nB,{too_long}\n", encoding="utf-8")
    assert spring.json("import", "replies", path)["warnings"] == [{"line": 3, "reason": why}]
    assert spring.json("reply", "add", "C", "--body", too_long)[-1]["warnings"] == [why]
    assert why in spring.done("follow-up", "edit", "Spring", "1", "--text", too_long)


def give_script(shell: Shell, script: str) -> None:
    """Give every campaign an initial that an older version took; an edit to it is refused."""
    assert "could not be launched like this" in shell.refused("campaign", "edit", "Spring", "--initial", script)
    db = Database(shell.location)
    with db.writing() as tx:
        tx.conn.execute("UPDATE campaign SET initial_script = ?", (script,))
    db.close()


@pytest.mark.parametrize("written", ["%firstName%", "%first name%", "% first_name %", "%%first_name%%", "%FNAME%"])
def test_percent_signs_around_a_known_meaning_are_not_sent(spring: Shell, written: str) -> None:
    spring.done("campaign", "edit", "Spring", "--quicksend")
    give_script(spring, f"Hi {written}")
    [unsent] = [each["id"] for each in spring.json("conversations", "Spring") if each["status"] == "not_started"][:1]
    assert "%first_name% was probably meant" in spring.refused("send", unsent)
    refused = spring.run("send-all", "Spring", "--unassigned")
    assert "Nothing was sent" in refused.err
    typed = spring.refused("send", unsent, "--body", f"Hello {written}")
    assert "not filled in" in typed
    assert "%first_name%" in typed
    assert spring.json("thread", unsent)["messages"] == []


def test_a_misspelt_field_that_only_others_have_is_not_sent_either(spring: Shell, tmp_path: Path) -> None:
    path = tmp_path / "contacts.csv"
    path.write_text("first name,cell,polling place\nAda,4155550188,Hall\nBo,4155550189,\n", encoding="utf-8")
    spring.done("import", "contacts", path, "--campaign", "Spring")
    give_script(spring, "Vote at %polling place%")
    for number in ("0188", "0189"):
        [conversation] = spring.json("conversations", "Spring", "--search", number)
        assert "%polling_place% was probably meant" in spring.refused("send", conversation["id"])


@pytest.mark.parametrize("written", ["%pollingPlace%", "%polling place%", "%poling_place%"])
def test_what_a_person_types_is_refused_with_the_code_that_was_meant(
    spring: Shell, tmp_path: Path, written: str
) -> None:
    path = tmp_path / "contacts.csv"
    path.write_text("first name,cell,polling place\nAda,4155550188,Hall\n", encoding="utf-8")
    spring.done("import", "contacts", path, "--campaign", "Spring")
    said = spring.refused("send", spring.ids("Spring")[0], "--body", f"Vote at {written}")
    assert f"{written}, meaning %polling_place%, is not filled in" in said


def test_other_spellings_are_sent_with_a_word(spring: Shell) -> None:
    spring.done("campaign", "edit", "Spring", "--initial", "Hi {firstName}", "--quicksend")
    [unsent] = [each["id"] for each in spring.json("conversations", "Spring") if each["status"] == "not_started"][:1]
    assert spring.json("send", unsent)["warnings"] == [LOOKS]
    all_sent = spring.run("send-all", "Spring", "--unassigned")
    assert LOOKS in all_sent.err
