"""The waiting replies without a screen: `thrumsg triage` (docs/rules.md 3 to 5, 12.2)."""

from __future__ import annotations

import os
import signal
import sys
from io import StringIO

import pytest

from tests.cli.conftest import ANN, DEV, MARIA, Shell
from tests.cli.delivering import PATIENCE
from tests.cli.triaging import NOW, OPTS_OUT, SENDS, SENDS_ALL_THE_SAME, all_at_once, triaging
from tests.json_keys import json_keys

HOSTILE = "\x1b]52;c;cHduZWQ=\x07\x9b31m\u202eevil\r\b\x1b[2J"


@pytest.fixture
def waiting(spring: Shell) -> Shell:
    """Maria and Dev wait for a reply, Maria longer; there is one recommended reply."""
    spring.done("reply", "add", "--campaign", "Spring", "Thanks", "--body", "Thanks, %first_name%!")
    spring.done("receive", "--from", MARIA, "--body", "Yes, I will", "--at", "2026-03-03T10:00:00Z")
    spring.done("receive", "--from", DEV, "--body", "Who is this?", "--at", "2026-03-03T11:00:00Z")
    return spring


def sent_to(shell: Shell, conversation: int) -> list[str]:
    """The texts that were sent in a conversation."""
    messages = shell.json("thread", conversation)["messages"]
    return [each["body"] for each in messages if each["direction"] == "outgoing" and each["state"] != "cancelled"]


@pytest.mark.parametrize("at_terminal", [False, True], ids=["pipes", "terminal"])
def test_a_recommended_reply_is_shown_and_sent_by_enter(waiting: Shell, *, at_terminal: bool) -> None:
    with triaging(waiting.location, at_terminal=at_terminal) as walk:
        first = walk.until(NOW)
        assert "Spring: 2 replies wait." in first
        assert first.index("Maria Lopez, (415) 555-0142. Conversation 1, unassigned.") < first.index("Yes, I will")
        assert "1: Thanks. Thanks, Maria!" in first
        assert "1: Will you vote? Not answered." in first
        assert "To Maria Lopez, 1 segment:" in walk.answer("1", SENDS)
        assert sent_to(waiting, 1) == []
        assert "Dev Patel" in walk.answer("")
        assert sent_to(waiting, 1) == ["Thanks, Maria!"]
        said = walk.end("q")
    assert "Done: 1 reply sent. 1 reply waits." in said
    assert walk.process.returncode == 0
    assert "\x1b" not in first + said


def test_who_may_have_asked_to_be_left_alone_gets_nothing_by_enter_alone(waiting: Shell) -> None:
    """docs/rules.md 5.4."""
    waiting.done("receive", "--from", MARIA, "--body", "please stop", "--at", "2026-03-03T10:01:00Z")
    with triaging(waiting.location) as walk:
        walk.until(NOW)
        said = walk.answer("1", SENDS_ALL_THE_SAME)
        assert "Maria Lopez may have asked to be left alone: o opts the number out." in said
        assert "Nothing was sent." in walk.answer("")
        assert sent_to(waiting, 1) == []
        walk.answer("d", SENDS_ALL_THE_SAME)
        walk.answer("y")
    assert sent_to(waiting, 1) == ["Thanks, Maria!"]


def test_a_wish_that_comes_meanwhile_asks_too(waiting: Shell) -> None:
    with triaging(waiting.location) as walk:
        walk.until(NOW)
        walk.answer("1", SENDS)
        waiting.done("receive", "--from", MARIA, "--body", "please stop")
        walk.answer("", SENDS_ALL_THE_SAME)
        walk.answer("")
    assert sent_to(waiting, 1) == []


def test_anything_but_enter_sends_nothing_and_keeps_the_text(waiting: Shell) -> None:
    with triaging(waiting.location) as walk:
        walk.until(NOW)
        walk.answer("Can I call you?", SENDS)
        assert "Nothing was sent." in walk.answer("no")
        assert "Can I call you?" in walk.answer("l").partition("Your draft, which d sends:")[2]
        walk.answer("d", SENDS)
        walk.answer("")
    assert sent_to(waiting, 1) == ["Can I call you?"]


def test_what_was_written_before_the_question_sends_nothing(waiting: Shell) -> None:
    ran = all_at_once(waiting.location, "1\n\n\n\n\n1\n\no\ny\ny\n")
    assert ran.returncode == 0
    assert "That line came before the question was shown, so it does not count." in ran.stdout
    assert (sent_to(waiting, 1), sent_to(waiting, 2)) == ([], [])
    assert waiting.json("overview", "Spring")["opted_out"] == 0


def test_typing_ahead_is_taken_where_nothing_is_sent(waiting: Shell) -> None:
    ran = all_at_once(waiting.location, "e 1 2\ns\ne 1 1\nq\n")
    assert waiting.json("thread", 1)["answers"] == {"Will you vote?": "No"}
    assert waiting.json("thread", 2)["answers"] == {"Will you vote?": "Yes"}
    assert "Done: 2 answers recorded, 1 conversation skipped. 2 replies wait." in ran.stdout


def test_who_writes_meanwhile_is_read_first(waiting: Shell) -> None:
    with triaging(waiting.location) as walk:
        walk.until(NOW)
        walk.answer("1", SENDS)
        waiting.done("receive", "--from", MARIA, "--body", "No, wait")
        waiting.done("receive", "--from", MARIA, "--body", "I moved away")
        said = walk.answer("", SENDS)
        assert said.index("nothing was sent yet") < said.index("No, wait") < said.index("I moved away")
        assert sent_to(waiting, 1) == []
        walk.answer("")
    assert sent_to(waiting, 1) == ["Thanks, Maria!"]


def test_who_opts_out_meanwhile_gets_nothing(waiting: Shell) -> None:
    with triaging(waiting.location) as walk:
        walk.until(NOW)
        walk.answer("1", SENDS)
        waiting.done("opt-out", MARIA)
        before = sent_to(waiting, 1)
        assert "opted out" in walk.answer("")
    assert sent_to(waiting, 1) == before


@pytest.mark.parametrize("state", ["pause", "archive"])
def test_in_a_closed_campaign_answers_are_recorded_and_nothing_is_sent(waiting: Shell, state: str) -> None:
    waiting.done("campaign", state, "Spring", *(["--yes"] if state == "archive" else []))
    with triaging(waiting.location, "Spring") as walk:
        assert "Campaign is currently closed: it is" in walk.until(NOW)
        walk.answer("1", SENDS)
        assert "Campaign is currently closed" in walk.answer("")
        assert "Recorded" in walk.answer("e 1 1")
    assert sent_to(waiting, 1) == []


def test_outside_the_hours_a_reply_waits(waiting: Shell) -> None:
    waiting.done("campaign", "edit", "Spring", "--open", "00:00", "--close", "00:01")
    with triaging(waiting.location) as walk:
        walk.until(NOW)
        walk.answer("1", SENDS)
        assert "waits until" in walk.answer("")
    assert waiting.json("thread", 1)["messages"][-1]["state"] in {"unsent", "queued"}


def test_opting_out_asks(waiting: Shell) -> None:
    with triaging(waiting.location) as walk:
        walk.until(NOW)
        assert "Nobody was opted out." in walk.answer("o", OPTS_OUT) + walk.answer("")
        walk.answer("o", OPTS_OUT)
        assert "Maria Lopez is opted out" in walk.answer("y")
        assert "Maria Lopez" in walk.answer("z")
    assert not waiting.json("thread", 1)["opted_out"]


def test_undo_takes_back_the_reply_and_its_words_are_kept(waiting: Shell) -> None:
    with triaging(waiting.location) as walk:
        walk.until(NOW)
        walk.answer("1", SENDS)
        walk.answer("")
        said = walk.answer("u")
        assert said.index("Maria Lopez") < said.index("Your draft, which d sends:")
        assert "Nothing of this session is left to undo" in walk.answer("z")
        assert "1 reply sent, 1 change undone. 2 replies wait." in walk.end("q")
    assert sent_to(waiting, 1) == []


def test_undo_leaves_what_was_done_elsewhere(waiting: Shell) -> None:
    waiting.done("answer", 2, "Will you vote?", "Yes")
    with triaging(waiting.location) as walk:
        walk.until(NOW)
        walk.answer("e 1 1")
        waiting.done("answer", 3, "Will you vote?", "Yes")
        walk.answer("z")
        walk.answer("z")
    assert [waiting.json("thread", each)["answers"] for each in (1, 2, 3)] == [
        {},
        {"Will you vote?": "Yes"},
        {"Will you vote?": "Yes"},
    ]


def test_the_survey_asks_question_by_question(waiting: Shell) -> None:
    with triaging(waiting.location) as walk:
        walk.until(NOW)
        asks = "Number of the answer? (Enter leaves it, 0 clears it)"
        assert "2: No" in walk.answer("e", asks)
        assert "Will you vote? No. Recorded" in walk.answer("2")
        assert "there are 1 to 1" in walk.answer("e 2 1")
        assert "there are 0 to 2" in walk.answer("e 1 3")
    assert waiting.json("thread", 1)["answers"] == {"Will you vote?": "No"}


def test_reassigning_goes_on_to_the_next(waiting: Shell) -> None:
    with triaging(waiting.location) as walk:
        walk.until(NOW)
        assert "r kim: Kim Alvarez." in walk.answer("r")
        assert "There is no user 'nobody'" in walk.answer("r nobody")
        assert "Dev Patel" in walk.answer("r kim")
        assert "Done: 1 conversation reassigned. 2 replies wait." in walk.end("q")
    assert waiting.json("thread", 1)["sender"] == "kim"


def test_two_people_see_each_other(waiting: Shell) -> None:
    waiting.done("user", "role", "lee", "moderator")
    with triaging(waiting.location) as mine:
        mine.until(NOW)
        with triaging(waiting.location, login="lee") as theirs:
            assert "Also open at:" in theirs.until(NOW)
            assert "Also open at: Lee Ng." in mine.answer("l")
            theirs.answer("1", SENDS)
            theirs.answer("")
        mine.answer("1", SENDS)
        assert "nothing was sent yet" in mine.answer("", SENDS)
    assert sent_to(waiting, 1) == ["Thanks, Maria!"]


def test_a_sender_walks_only_their_own(waiting: Shell) -> None:
    waiting.done("reassign", "Spring", "--conversation", 2, "--to", "kim")
    with triaging(waiting.location, login="kim") as walk:
        assert "Spring: 1 reply waits." in walk.until(NOW)
        waiting.done("reassign", "Spring", "--conversation", 2, "--to", "lee")
        walk.answer("1", SENDS)
        assert "Lee Ng" in walk.answer("")
    assert sent_to(waiting, 2) == []


@pytest.mark.parametrize("at_terminal", [False, True], ids=["pipes", "terminal"])
def test_texts_cannot_control_the_terminal(waiting: Shell, *, at_terminal: bool) -> None:
    waiting.done("receive", "--from", ANN, "--body", HOSTILE, "--at", "2026-03-03T09:00:00Z")
    with triaging(waiting.location, at_terminal=at_terminal) as walk:
        said = walk.until(NOW)
        walk.answer(f"t {HOSTILE[-3:]}no", SENDS)
        said += walk.answer("") + walk.end("q")
    assert "evil" in said
    assert not {"\x1b", "\x07", "\x9b", "\u202e", "\b"} & set(said)


def test_the_end_of_the_input_sends_nothing(waiting: Shell) -> None:
    with triaging(waiting.location) as walk:
        walk.until(NOW)
        walk.answer("Can I call you?", SENDS)
        assert "Done: nothing. 2 replies wait." in walk.end()
        assert walk.process.returncode == 0
    assert sent_to(waiting, 1) == []
    with triaging(waiting.location) as walk:
        assert "Can I call you?" in walk.until(NOW)


def test_a_line_that_is_cut_short_is_not_used(waiting: Shell) -> None:
    assert "Done: nothing." in all_at_once(waiting.location, "e 1 1").stdout
    assert waiting.json("thread", 1)["answers"] == {}


def test_an_interruption_says_what_was_done(waiting: Shell) -> None:
    with triaging(waiting.location) as walk:
        walk.until(NOW)
        walk.answer("e 1 1")
        os.kill(walk.process.pid, signal.SIGINT)
        assert "Done: 1 answer recorded." in walk.until("wait.")
        assert walk.process.wait(PATIENCE) == 130


@pytest.mark.parametrize("line", ["x", "", "12", "e 1", "e one two", "t", "S1", "o now"])
def test_what_is_no_command_does_nothing(waiting: Shell, line: str) -> None:
    with triaging(waiting.location) as walk:
        walk.until(NOW)
        walk.answer(line)
        assert "Done: nothing. 2 replies wait." in walk.end("q")


def test_json_lists_what_waits_with_what_it_may_be_answered_with(waiting: Shell) -> None:
    first, second = waiting.json("triage")
    assert [first["id"], second["id"]] == [1, 2]
    assert first["replies"] == [{"number": 1, "title": "Thanks", "text": "Thanks, Maria!", "complete": True}]
    assert [each["question"] for each in first["questions"]] == ["Will you vote?"]
    assert first["closed"] is None
    assert first.keys() - waiting.json("thread", 1).keys() == json_keys("triage")
    assert [each["id"] for each in waiting.json("triage", "Spring", "--limit", 1)] == [1]


def test_without_plain_it_names_the_app(waiting: Shell) -> None:
    ran = waiting.run("triage")
    assert ran.code == 2
    assert "the app, thrumsg without a command" in ran.err


def test_without_a_campaign_it_takes_the_one_that_waits(waiting: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", StringIO("first,last,phone\nDi,Park,4155550190\n"))
    assert len(waiting.json("triage")) == 2
    waiting.done("campaign", "create", "Fall", "--initial", "Hi")
    assert len(waiting.json("triage")) == 2
    waiting.done("receive", "--from", ANN, "--body", "Hello?", "--campaign", "Spring")
    waiting.done("send", 1, "--body", "Thanks")
    assert [each["id"] for each in waiting.json("triage", "--limit", 1)] == [2]
    waiting.done("import", "contacts", "-", "--campaign", "Fall")
    waiting.done("receive", "--from", "+14155550190", "--body", "Hi")
    assert "Replies wait in 2 campaigns: name one of Fall, Spring." in waiting.refused("triage", "--json")


def test_where_nobody_waits_the_list_is_empty(spring: Shell) -> None:
    """docs/json.md: a list is no failure; a person who wants to answer is told that nobody is there."""
    assert spring.json("triage") == spring.json("triage", "Spring") == []
    assert "Nobody waits for a reply in any campaign." in spring.refused("triage", "--plain")
