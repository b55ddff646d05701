"""Opting out and in, and looking a number up."""

import json
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest

from tests.cli.conftest import ANN, DEV, MARIA, Shell


def test_any_spelling_of_a_number_will_do(spring: Shell) -> None:
    done = spring.json("opt-out", "1 (415) 555.0142", "--note", "by phone")
    assert (done["phone"], done["conversations"], done["confirmation_sent"]) == (MARIA, [1], False)
    assert "opted out already" in spring.refused("opt-out", MARIA)
    assert spring.json("opt-in", "415 555 0142")["phone"] == MARIA


def test_an_opt_in_says_that_the_carrier_may_still_block_who_texted_stop(spring: Shell) -> None:
    spring.done("opt-out", DEV)
    assert "carrier" not in spring.done("opt-in", DEV)
    spring.done("receive", "--from", MARIA, "--body", "STOP")
    assert "The carrier may block the number until it texts START." in spring.done("opt-in", MARIA)


def test_a_contact_who_was_texted_gets_a_confirmation(spring: Shell) -> None:
    spring.done("send", 1)
    assert spring.json("opt-out", MARIA)["confirmation_sent"] is True


def test_a_number_elsewhere_needs_its_region(spring: Shell) -> None:
    assert spring.json("lookup", "020 7946 0018", "--region", "GB")["phone"] == "+442079460018"


def test_a_look_up_tells_all_that_is_known(spring: Shell) -> None:
    spring.done("opt-out", MARIA, "--note", "by phone")
    found = spring.json("lookup", MARIA)
    assert (found["name"], found["opted_out"], found["opt_out"]["note"]) == ("Maria Lopez", True, "by phone")
    assert found["conversations"] == [{"id": 1, "campaign": "Spring", "sender": None, "status": "not_started"}]
    assert "by phone" in spring.done("lookup", MARIA)


def test_a_number_that_nobody_knows_may_have_written(spring: Shell) -> None:
    spring.done("receive", "--from", "4155550199", "--body", "Hi")
    found = spring.json("lookup", "4155550199")
    assert (found["name"], found["conversations"], found["unmatched"]) == (None, [], 1)
    assert "1 message came" in spring.done("lookup", "4155550199")


def test_of_a_known_number_it_says_that_its_campaign_was_archived(spring: Shell) -> None:
    """docs/rules.md 1.5."""
    spring.done("send", 1)
    spring.done("campaign", "archive", "Spring", "--yes")
    taken = spring.json("receive", "--from", MARIA, "--body", "late yes")
    assert (taken["conversation"], taken["unmatched"]) == (None, "archived")
    said = spring.done("lookup", MARIA)
    assert "1 message came while its campaigns were archived." in said
    assert "late yes" in said
    assert "nobody knew" not in said
    found = spring.json("lookup", MARIA)
    assert (found["name"], found["unmatched"]) == ("Maria Lopez", 1)
    assert [each["reason"] for each in found["unmatched_messages"]] == ["archived"]
    assert "campaign archived" in spring.done("unmatched")


def test_a_number_that_was_imported_after_it_wrote_was_unknown_then(spring: Shell, tmp_path: Path) -> None:
    spring.done("receive", "--from", "4155550199", "--body", "Hi")
    contacts = tmp_path / "new.csv"
    contacts.write_text("First Name,Cell\nNew,4155550199\n")
    spring.done("import", "contacts", contacts, "--campaign", "Spring")
    assert "1 message came while nobody knew the number." in spring.done("lookup", "4155550199")


def test_what_is_neither_a_number_nor_a_sender_is_refused(spring: Shell) -> None:
    assert "too few digits" in spring.refused("lookup", "68849")


def test_senders_that_are_numbers_are_redacted(spring: Shell) -> None:
    for sender in ("INFO", "415-220-01XX", "68849"):
        spring.done("receive", "--from", sender, "--body", "Hi")
    spring.done("settings", "redact_phones", "on")
    said = spring.done("unmatched") + spring.done("unmatched", "--json") + spring.done("lookup", "68849")
    assert "INFO" in said
    assert "220" not in said
    assert "68849" not in said


# Several, and lists


def test_several_numbers_are_opted_out_by_hand_at_once(spring: Shell) -> None:
    spring.done("send", 1)
    spring.done("opt-out", DEV)
    done = spring.json("opt-out", MARIA, "415 555 0143", ANN, "--note", "asked")
    assert [(each["phone"], each["confirmation_sent"]) for each in done["opted_out"]] == [(MARIA, True), (ANN, False)]
    assert done["already"] == [DEV]
    spring.done("undo", done["opted_out"][0]["event"])
    assert not spring.json("lookup", MARIA)["opted_out"]


def test_several_are_opted_out_all_or_none(spring: Shell) -> None:
    assert "'12'" in spring.refused("opt-out", MARIA, "12")
    spring.done("reassign", "Spring", "--conversation", 1, "--to", "kim")
    spring.log_in("kim")
    assert "no conversation of yours" in spring.refused("opt-out", MARIA, DEV)
    spring.log_in("root")
    assert spring.json("opt-outs") == []


def test_several_that_are_out_already_are_said(spring: Shell) -> None:
    spring.done("opt-out", MARIA, DEV)
    assert spring.done("opt-out", MARIA, DEV, MARIA) == f"Opted out already: {MARIA}, {DEV}.\n"


def test_a_list_is_read_from_a_file_and_every_piece_accounted_for(spring: Shell, tmp_path: Path) -> None:
    spring.done("send", 1)
    spring.done("opt-out", DEV)
    path = tmp_path / "numbers.txt"
    path.write_bytes(f"{MARIA};{DEV}\nnobody, {MARIA}\n".encode("utf-16"))
    done = spring.json("opt-out-list", path, "--note", "from the carrier")
    assert [done[key] for key in ("opted_out", "already", "repeated")] == [[MARIA], [DEV], 1]
    assert [(each["line"], each["text"]) for each in done["rejected"]] == [(2, "nobody")]
    assert len(spring.json("thread", 1)["messages"]) == 1
    assert spring.json("undo", done["event"])["sentence"] == "1 number opted in again"


def test_a_list_is_piped_in(spring: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", StringIO(f"{MARIA}\n12\n"))
    said = spring.done("opt-out-list", "-")
    assert said.startswith("1 opted out, 0 opted out already, 0 repeated, 1 rejected.\n  line 2: rejected, '12'")


def test_bytes_that_are_no_text_are_rejected_by_line(spring: Shell) -> None:
    command = [sys.executable, "-m", "thrumsg_tui", "--db", str(spring.location), "--forced-login", "root"]
    piped = b"\xff\xfe\n\x00\n4155550142\n"
    listed = subprocess.run([*command, "opt-out-list", "-", "--json"], input=piped, capture_output=True, check=True)
    done = json.loads(listed.stdout)
    assert (done["opted_out"], [each["line"] for each in done["rejected"]]) == ([MARIA], [1, 2])


def test_a_list_without_a_number_is_refused(spring: Shell, tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_text("\n")
    assert "The list is empty" in spring.refused("opt-out-list", tmp_path / "empty.txt")
    assert "There is no file" in spring.refused("opt-out-list", tmp_path / "missing.txt")
    assert "is a folder" in spring.refused("opt-out-list", tmp_path)


def test_the_opted_out_numbers_are_listed_newest_first(spring: Shell) -> None:
    spring.done("opt-out", MARIA, "--note", "by phone")
    spring.done("receive", "--from", "4155550199", "--body", "Stop")
    stranger, maria = spring.json("opt-outs")
    assert [maria[key] for key in ("phone", "name", "kind", "note", "by")] == [
        *(MARIA, "Maria Lopez", "manual", "by phone", "root")
    ]
    assert [stranger[key] for key in ("name", "kind", "note", "by")] == [None, "automatic", "Stop", None]
    assert maria["at"].endswith("Z")
    assert [each["phone"] for each in spring.json("opt-outs", "--search", "lopez")] == [MARIA]
    assert [each["phone"] for each in spring.json("opt-outs", "--search", "0142")] == [MARIA]
    assert spring.json("opt-outs", "--limit", 1) == [stranger]
    assert "Maria Lopez" in spring.done("opt-outs")
    assert spring.done("opt-outs", "--search", "nobody") == "No number matches.\n"


def test_the_note_is_changed(spring: Shell) -> None:
    spring.done("opt-out", MARIA, "--note", "by phone")
    event = spring.json("opt-out-note", "415-555-0142", "by mail")["event"]
    assert spring.json("history", "--limit", 1)[0]["id"] == event
    assert spring.json("opt-outs")[0]["note"] == "by mail"
    assert spring.json("opt-out-note", MARIA, "by mail")["event"] is None
    assert "is gone" in spring.done("opt-out-note", MARIA, "")
    assert "not opted out" in spring.refused("opt-out-note", DEV, "x")


def test_numbers_in_the_list_and_in_notes_are_redacted_where_that_is_set(spring: Shell) -> None:
    spring.done("opt-out", MARIA, "--note", f"not {DEV}, this one")
    spring.done("settings", "redact_phones", "on")
    for said in (spring.done("opt-outs"), spring.done("opt-outs", "--json"), spring.done("opt-out-note", MARIA, "")):
        assert "42" in said or "43" in said
        assert "5550142" not in said
        assert "5550143" not in said
    assert spring.json("opt-outs", "--search", "0142") == []


def test_notes_and_refusals_are_redacted_wherever_they_are_shown(spring: Shell) -> None:
    spring.done("opt-out", MARIA, "--note", "asked from (415) 555-0199")
    thread = spring.json("lookup", MARIA)["conversations"][0]["id"]
    spring.done("settings", "redact_phones", "on")
    said = [
        *(spring.done("lookup", MARIA), spring.done("lookup", MARIA, "--json")),
        *(spring.done("thread", thread), spring.done("thread", thread, "--json")),
        *(spring.done("history"), spring.refused("opt-out", MARIA), spring.refused("opt-in", DEV)),
    ]
    for each in said:
        assert "555-01" not in each
        assert "55501" not in each


def test_a_contact_is_looked_up_by_the_last_digits(spring: Shell) -> None:
    assert spring.json("lookup", "0142") == spring.json("lookup", MARIA)
    assert "Maria Lopez" in spring.done("lookup", "555-0142")
    contacts = spring.database.parent / "more.csv"
    contacts.write_text("First Name,Last Name,Cell\nBo,Berg,+12125550142\n")
    spring.done("import", "contacts", contacts, "--campaign", "Spring")
    matches = [{"phone": "+12125550142", "name": "Bo Berg"}, {"phone": MARIA, "name": "Maria Lopez"}]
    assert spring.json("lookup", "550142") == {"matches": matches}
    listed = spring.done("lookup", "550142")
    assert all(text in listed for text in (MARIA, "Bo Berg", "2 numbers end with that; give one of them in full."))


@pytest.mark.parametrize("typed", ["42", "0199", "x0142", "0142 or so"])
def test_what_ends_no_number_is_refused_as_before(spring: Shell, typed: str) -> None:
    assert f"{typed!r}" in spring.refused("lookup", typed)


def test_hidden_numbers_are_not_looked_up_by_their_last_digits(spring: Shell) -> None:
    spring.done("settings", "redact_phones", "on")
    assert "'0142' " in spring.refused("lookup", "0142")
