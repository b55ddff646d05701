"""Sending, Send All, receiving."""

import os
import re
import signal
from pathlib import Path

import pytest

from tests.cli.conftest import DEV, MARIA, Shell
from tests.json_keys import json_keys
from thrumsg_tui.cli import messages
from thrumsg_tui.store.changes import send_all
from thrumsg_tui.store.database import Database


def test_without_a_gateway_a_message_stays_queued_and_that_is_said(spring: Shell) -> None:
    assert "queued. No gateway is set up" in spring.done("send", 1)
    assert "No gateway is set up" in spring.done("send-all", "Spring", "--unassigned")


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        (0, "`thrumsg deliver` runs, and takes it in its turn"),
        (-300_000, "Delivery stands still: `thrumsg status` says more"),
    ],
)
def test_where_a_deliverer_has_run_a_queued_message_says_what_becomes_of_it(
    spring: Shell, seen: int, said: str
) -> None:
    db = Database(spring.location)
    with db.writing() as tx:
        at = tx.now_ms + seen
        tx.conn.execute("INSERT INTO gateway (name, changed_at, seen_at) VALUES ('twilio', ?, ?)", (at, at))
    db.close()
    assert said in spring.done("send", 1)
    assert said in spring.done("send-all", "Spring", "--unassigned")


def test_in_practice_a_command_hands_its_messages_over_at_once(practice: Shell) -> None:
    assert practice.json("send", 1)["state"] == "sent"
    practice.done("send-all", "Spring", "--unassigned")
    assert {practice.json("thread", each)["messages"][0]["state"] for each in (1, 2, 3)} == {"sent"}
    practice.done("opt-out", MARIA)
    kinds = {each["kind"]: each["state"] for each in practice.json("thread", 1)["messages"]}
    assert kinds["opt_out_confirmation"] == "sent"  # perhaps the contact has written since


def test_a_message_to_who_may_have_asked_to_be_left_alone_says_so(spring: Shell) -> None:
    """docs/rules.md 5.4: a script is asked nothing."""
    spring.done("receive", "--from", MARIA, "--body", "please stop")
    wish = "They may have asked to be left alone: `thrumsg opt-out` opts the number out."
    assert wish in spring.done("send", 1, "--body", "Sorry")
    assert wish not in spring.done("send", 1, "--body", "Bye")
    spring.done("receive", "--from", DEV, "--body", "please stop")
    sent = spring.json("send", 2, "--body", "Sorry")
    assert (sent["flagged"], set(sent)) == (True, json_keys("send"))
    assert spring.json("send", 2, "--body", "Bye")["flagged"] is False


def test_outside_the_hours_a_message_is_held_and_says_until_when(shell: Shell, tmp_path: Path) -> None:
    contacts = tmp_path / "contacts.csv"
    contacts.write_text(f"first,cell\nMaria,{MARIA}\n")
    shell.done(
        *("campaign", "create", "Later", "--initial", "Hi", "--starts", "2999-01-01", "--timezone", "UTC"),
        *("--open", "00:00", "--close", "24:00", "--no-quiet-hours"),
    )
    shell.done("import", "contacts", contacts, "--campaign", "Later")
    sent = shell.json("send", 1)
    assert (sent["state"], sent["leaves_at"]) == ("unsent", "2999-01-01T00:00:00Z")
    shown = shell.done("thread", 1)
    assert "(unsent until Tue 1 January 2999 00:00 UTC):" in shown
    assert re.search(r"^Times in +UTC$", shown, re.MULTILINE)


def test_words_that_are_given_go_as_they_are(spring: Shell) -> None:
    spring.done("receive", "--from", MARIA, "--body", "Where?")
    assert spring.json("send", 1, "--body", "50% off at %  ")["body"] == "50% off at %  "
    assert "--body" in spring.refused("send", 1)


@pytest.mark.parametrize("body", ["-no", "-", "- one - two", "-1", "--- x"])
def test_words_may_begin_with_a_dash(spring: Shell, body: str) -> None:
    spring.done("receive", "--from", MARIA, "--body", "Where?")
    assert spring.json("send", 1, "--body", body)["body"] == body
    assert spring.json("send", 1, f"--body={body}")["body"] == body


@pytest.mark.parametrize("words", [("--body", "--json"), ("--body", "--jsn"), ("--body",)])
def test_an_option_is_not_taken_for_words(spring: Shell, words: tuple[str, ...]) -> None:
    assert spring.run("send", 1, *words).code == 2
    assert spring.json("thread", 1)["messages"] == []


def test_send_all_sends_each_once_and_says_what_it_could_not(spring: Shell, tmp_path: Path) -> None:
    spring.done(
        "campaign", "create", "Fields", "--initial", "At %place%", "--quicksend", "--close", "24:00", "--no-quiet-hours"
    )
    contacts = tmp_path / "contacts.csv"
    contacts.write_text(f"first,cell,place\nMaria,{MARIA},School\nDev,{DEV},\n")
    spring.done("import", "contacts", contacts, "--campaign", "Fields")
    done = spring.json("send-all", "Fields", "--unassigned")
    assert done["sent"] == 1
    assert "%place%" in done["refused"][0]["reason"]
    again = spring.run("send-all", "Fields", "--unassigned", "--json")
    assert again.code == 1
    assert '"sent": 0' in again.out


def test_send_all_needs_quicksend(shell: Shell) -> None:
    shell.done("campaign", "create", "Slow", "--initial", "Hi")
    assert "QuickSend" in shell.refused("send-all", "Slow", "--unassigned")


def test_send_all_sends_follow_ups(spring: Shell) -> None:
    spring.done("send-all", "Spring", "--unassigned")
    spring.done("follow-up", "create", "Spring", "--title", "R", "--text", "Vote, %first_name%")
    assert spring.json("send-all", "Spring", "--unassigned", "--tab", "follow-ups")["sent"] == 3


def test_ctrl_c_stops_send_all_between_batches(spring: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    contacts = tmp_path / "more.csv"
    contacts.write_text("first,cell\n" + "".join(f"P{nth},41555510{nth:02}\n" for nth in range(send_all.BATCH)))
    spring.done("import", "contacts", contacts, "--campaign", "Spring")
    whole = send_all.send_batch

    def interrupted(*given: object) -> send_all.SentBatch:
        os.kill(os.getpid(), signal.SIGINT)
        return whole(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(messages, "send_batch", interrupted)
    before = signal.getsignal(signal.SIGINT)
    result = spring.run("send-all", "Spring", "--unassigned")
    assert result.code == 130
    assert f"Stopped: sent {send_all.BATCH} messages" in result.out
    assert spring.json("overview", "Spring")["sent"] == send_all.BATCH
    assert signal.getsignal(signal.SIGINT) is before


def test_a_message_goes_to_the_campaign_that_is_named_if_that_can_take_it(spring: Shell) -> None:
    """docs/rules.md 1.5."""
    spring.done("campaign", "create", "Autumn", "--initial", "Hi")
    taken = spring.json("receive", "--from", MARIA, "--body", "Hi", "--campaign", "Spring")
    assert (taken["conversation"], taken["rerouted"]) == (1, False)
    elsewhere = spring.json("receive", "--from", MARIA, "--body", "Hi", "--campaign", "Autumn")
    assert (elsewhere["conversation"], elsewhere["rerouted"]) == (1, True)
    said = spring.done("receive", "--from", MARIA, "--body", "Hi", "--campaign", "Autumn")
    assert said.startswith("Conversation 1: 'Autumn' could not take it")
    assert "There is no campaign" in spring.refused("receive", "--from", MARIA, "--body", "Hi", "--campaign", "Autum")


@pytest.mark.parametrize("sender", ["68849", "INFO", "415-220-XXXX", "+0", ""])
def test_a_sender_that_is_no_number_is_kept_as_given(spring: Shell, sender: str) -> None:
    taken = spring.json("receive", "--from", sender, "--body", "Your code is 1234")
    assert [taken[key] for key in ("conversation", "opted_out", "unmatched")] == [None, False, "no_number"]
    [kept] = spring.json("unmatched")
    assert [kept[key] for key in ("phone", "body", "reason")] == [sender, "Your code is 1234", "no_number"]
    assert (sender or "(no sender)") in spring.done("unmatched")
    found = spring.json("lookup", sender)
    assert [found[key] for key in ("phone", "name", "opted_out", "unmatched")] == [sender, None, False, 1]
    assert "Your code is 1234" in spring.done("lookup", sender)


def test_a_message_without_words_is_taken_and_shown_as_one(spring: Shell, tmp_path: Path) -> None:
    taken = spring.json("receive", "--from", MARIA, "--body", "")
    assert (taken["conversation"], taken["status"]) == (1, "needs_reply")
    assert spring.json("thread", 1)["messages"][0]["body"] == ""
    assert "(no text)" in spring.done("thread", 1)
    assert "(no text)" not in spring.done("export", "messages", "Spring")
    spring.done("receive", "--from", "4155550199", "--body", " ")
    assert "(no text)" in spring.done("unmatched")


def test_a_region_that_is_none_is_refused(spring: Shell) -> None:
    assert "is not a region" in spring.refused("receive", "--from", "68849", "--body", "x", "--region", "XX")


def test_sending_to_a_number_that_is_out_says_so_whatever_is_left_to_send(spring: Shell) -> None:
    """docs/rules.md 3.18."""
    spring.done("send", 1)
    spring.done("opt-out", MARIA)
    assert "opted out" in spring.refused("send", 1)
    spring.done("opt-in", MARIA)
    spring.done("campaign", "pause", "Spring")
    assert "it is paused" in spring.refused("send", 1)


def test_send_all_names_a_closed_campaign_before_quicksend(shell: Shell) -> None:
    shell.done("campaign", "create", "Slow", "--initial", "Hi")
    assert "campaign edit Slow --quicksend" in shell.refused("send-all", "Slow", "--unassigned")
    shell.done("campaign", "pause", "Slow")
    assert "it is paused" in shell.refused("send-all", "Slow", "--unassigned")


def test_a_start_from_before_the_stop_opts_nobody_in(spring: Shell) -> None:
    """docs/rules.md 5.5."""
    spring.done("receive", "--from", MARIA, "--body", "STOP", "--at", "2025-11-02T15:00:00Z")
    late = spring.json("receive", "--from", MARIA, "--body", "START", "--at", "2025-11-02T10:00:00-00:00")
    assert late["opted_out"] is True
    found, thread = spring.json("lookup", MARIA), spring.json("thread", 1)
    assert found["opt_out"] == thread["opt_out"]
    assert found["opt_out"]["written_at"] == "2025-11-02T15:00:00Z"
    assert "(written 2025-11-02 15:00 UTC)" in spring.done("lookup", MARIA)
    assert spring.json("opt-outs")[0]["written_at"] == "2025-11-02T15:00:00Z"


def test_stop_opts_out_and_start_opts_in(spring: Shell) -> None:
    assert "opted out" in spring.done("receive", "--from", MARIA, "--body", "STOP")
    assert spring.json("lookup", MARIA)["opted_out"] is True
    assert spring.json("receive", "--from", MARIA, "--body", "START")["opted_out"] is False


def test_a_picture_to_one_of_our_numbers_is_shown_with_its_link_and_exported(spring: Shell) -> None:
    link = "https://example.org/cat.jpg"
    spring.done("receive", "--from", MARIA, "--body", "", "--to", "415 555 0100", "--media", link)
    (message,) = spring.json("thread", 1)["messages"]
    assert message["media"] == [{"url": link, "type": "image/jpeg", "size": None}]
    shown = spring.done("thread", 1)
    assert "    [picture, image/jpeg]\n    https://example.org/cat.jpg\n" in shown
    assert link in spring.done("export", "messages").splitlines()[1].split(",")
    spring.done("receive", "--from", "32665", "--body", "", "--to", "+14155550100", "--media", f"{link}?x")
    (kept,) = spring.json("unmatched")
    assert (kept["our_number"], kept["media"][0]["url"]) == ("+14155550100", f"{link}?x")
    assert "[file]" in spring.done("unmatched")
    wrong = spring.run("receive", "--from", MARIA, "--body", "", "--media", "file:///etc")
    assert (wrong.code, "is not an address" in wrong.err) == (2, True)


def test_words_of_which_nothing_can_be_seen_are_none(spring: Shell) -> None:
    """docs/rules.md 3.18: one zero-width space took a segment, and showed an empty message."""
    nothing = "\u200b\u2060"
    replies = spring.database.parent / "replies.csv"
    replies.write_text(f"title,body\nNothing,{nothing}\n", encoding="utf-8")
    assert "the message is empty" in spring.refused("send", 1, "--body", nothing)
    follow_up = ("follow-up", "create", "Spring", "--title", "Again", "--text", nothing)
    assert "needs a title and a text" in spring.refused(*follow_up)
    assert "needs a title and a body" in spring.refused("reply", "add", "Nothing", "--body", nothing)
    assert "initial script" in spring.refused("campaign", "create", "Autumn", "--initial", nothing)
    assert [each["reason"] for each in spring.json("import", "replies", replies)["rejected"]] == ["no body"]
