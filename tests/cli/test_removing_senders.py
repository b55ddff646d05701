"""Taking a sender off a campaign: where their conversations go, and the way back (docs/rules.md 4.12)."""

from __future__ import annotations

import pytest

from tests.cli.conftest import ANN, MARIA, Shell

REMOVE_KIM = ("campaign", "remove-sender", "Spring", "kim")


def holders(shell: Shell) -> list[str | None]:
    """Who holds the three conversations, in order of id."""
    listed = shell.json("conversations", "Spring")
    return [each["sender"] for each in sorted(listed, key=lambda each: each["id"])]


def senders(shell: Shell) -> list[str | None]:
    """Who is on the campaign."""
    return [each["login"] for each in shell.json("overview", "Spring")["senders"]]


@pytest.fixture
def kims(spring: Shell) -> Shell:
    """Kim holds all three: one that waits, one that is opted out, one not started; zoe is on the campaign too."""
    spring.done("user", "add", "zoe", "--first-name", "Zoe", "--last-name", "Zorn")
    spring.done("campaign", "add-sender", "Spring", "zoe")
    spring.done("reassign", "Spring", "--from-unassigned", "--to", "kim")
    spring.done("send", 1)
    spring.done("receive", "--from", MARIA, "--body", "Hello")
    spring.done("opt-out", ANN)
    return spring


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ([], [None, None, None]),
        (["--to-unassigned"], [None, None, None]),
        (["--to", "zoe"], ["zoe", "zoe", "zoe"]),
        (["--to", "zoe", "--to", "lee"], ["lee", "zoe", "lee"]),  # dealt in displayed order, as any move is
        (["--to-everyone"], ["lee", "zoe", "lee"]),
    ],
)
def test_all_they_hold_goes_where_one_says_and_to_unassigned_where_one_does_not(
    kims: Shell, where: list[str], expected: list[str | None]
) -> None:
    assert kims.json(*REMOVE_KIM, *where)["moved"] == 3
    assert holders(kims) == expected
    assert senders(kims) == [None, "lee", "zoe"]
    assert kims.done("doctor")


def test_it_says_who_left_and_what_was_moved(kims: Shell) -> None:
    said = kims.done(*REMOVE_KIM, "--to", "lee")
    assert "ook Kim Alvarez off the campaign; moved 3 conversations from Kim Alvarez to Lee Ng" in said
    [newest, *_] = kims.json("history", "--campaign", "Spring")
    assert (newest["action"], newest["by"]) == ("remove_sender", "root")


def test_a_sender_who_holds_nothing_leaves_too_and_comes_back(kims: Shell) -> None:
    done = kims.json("campaign", "remove-sender", "Spring", "zoe")
    assert (done["moved"], done["by_sender"]) == (0, {})
    assert senders(kims) == [None, "kim", "lee"]
    kims.done("undo")
    assert senders(kims) == [None, "kim", "lee", "zoe"]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ((*REMOVE_KIM, "--to", "kim"), "source is also a destination"),
        ((*REMOVE_KIM, "--to", "nobody"), "nobody"),
        ((*REMOVE_KIM, "--to", "root"), "root"),  # a user, and not on this campaign
        (("campaign", "remove-sender", "Spring", "root"), "root"),
        (("campaign", "remove-sender", "Spring", "nobody"), "nobody"),
        (("campaign", "remove-sender", "Winter", "kim"), "Winter"),
    ],
)
def test_what_is_not_there_is_refused_and_changes_nothing(kims: Shell, words: tuple[str, ...], why: str) -> None:
    before = kims.done("history")
    assert why in kims.refused(*words)
    assert (holders(kims), senders(kims)) == (["kim"] * 3, [None, "kim", "lee", "zoe"])
    assert kims.done("history") == before


def test_two_answers_at_once_are_none(kims: Shell) -> None:
    assert kims.run(*REMOVE_KIM, "--to", "lee", "--to-everyone").code == 2
    assert kims.run(*REMOVE_KIM, "--to-unassigned", "--to-everyone").code == 2
    assert holders(kims) == ["kim"] * 3


def test_the_last_sender_s_conversations_cannot_go_to_all_others(kims: Shell) -> None:
    for login in ("lee", "zoe"):
        kims.done("campaign", "remove-sender", "Spring", login)
    assert "no other active sender" in kims.refused(*REMOVE_KIM, "--to-everyone")
    assert holders(kims) == ["kim"] * 3
    kims.done(*REMOVE_KIM)
    assert (holders(kims), senders(kims)) == ([None] * 3, [None])


def test_it_is_allowed_while_paused_and_refused_once_archived(kims: Shell) -> None:
    kims.done("campaign", "pause", "Spring")
    kims.done("campaign", "remove-sender", "Spring", "zoe")
    kims.done("campaign", "archive", "Spring", "--yes")
    assert "archived" in kims.refused(*REMOVE_KIM)
    assert holders(kims) == ["kim"] * 3


@pytest.mark.parametrize("role", ["sender", "moderator"])
def test_it_takes_an_admin(kims: Shell, role: str) -> None:
    kims.done("user", "add", "mo", "--first-name", "Mo", "--last-name", "Quill", "--role", role)
    kims.log_in("mo")
    kims.refused(*REMOVE_KIM)
    kims.log_in("root")
    assert holders(kims) == ["kim"] * 3


# Afterwards


def test_whoever_left_gets_nothing_any_more(kims: Shell) -> None:
    kims.done(*REMOVE_KIM)
    assert "not a sender" in kims.refused("reassign", "Spring", "--from-unassigned", "--to", "kim")
    kims.done("reassign", "Spring", "--from-unassigned", "--to-everyone")
    assert holders(kims) == ["lee", "zoe", "lee"]


def test_whoever_left_sends_nothing_any_more(kims: Shell) -> None:
    kims.done(*REMOVE_KIM, "--to", "lee")
    kims.log_in("kim")
    assert "Lee Ng" in kims.refused("send", 1, "--body", "Hello")


def test_whoever_is_added_again_begins_with_nothing(kims: Shell) -> None:
    kims.done(*REMOVE_KIM)
    kims.done("campaign", "add-sender", "Spring", "kim")
    assert senders(kims) == [None, "kim", "lee", "zoe"]
    assert holders(kims) == [None] * 3


# The way back (4.9)


def test_undo_puts_the_sender_back_with_all_they_held_and_redo_takes_them_off_again(kims: Shell) -> None:
    kims.done(*REMOVE_KIM, "--to-everyone")
    undone = kims.json("undo")
    assert (undone["moved"], undone["by_sender"]) == (3, {"kim": 3, "lee": -2, "zoe": -1})
    assert (holders(kims), senders(kims)) == (["kim"] * 3, [None, "kim", "lee", "zoe"])
    kims.done("undo", undone["event"])
    assert (holders(kims), senders(kims)) == (["lee", "zoe", "lee"], [None, "lee", "zoe"])


def test_what_was_moved_again_since_stays_when_the_sender_comes_back(kims: Shell) -> None:
    kims.done(*REMOVE_KIM, "--to", "lee")
    event = kims.json("history", "--campaign", "Spring")[0]["id"]
    kims.done("reassign", "Spring", "--conversation", 2, "--to", "zoe")
    undone = kims.json("undo", event)
    assert (undone["moved"], undone["skipped_conversations"]) == (2, [2])
    assert (holders(kims), senders(kims)) == (["kim", "zoe", "kim"], [None, "kim", "lee", "zoe"])


def test_a_moderator_who_may_reassign_may_not_put_a_sender_back(kims: Shell) -> None:
    kims.done("user", "add", "mo", "--first-name", "Mo", "--last-name", "Quill", "--role", "moderator")
    event = kims.json(*REMOVE_KIM)["event"]
    kims.log_in("mo")
    kims.refused("undo", event)
    assert senders(kims) == [None, "lee", "zoe"]


def test_an_older_removal_is_not_taken_back_over_a_newer_one(kims: Shell) -> None:
    first = kims.json(*REMOVE_KIM)["event"]
    kims.done("campaign", "add-sender", "Spring", "kim")
    second = kims.json(*REMOVE_KIM)["event"]
    for words in (("undo", first), ("undo", first, "--preview")):
        assert f"removed again since, by change {second}" in kims.refused(*words)
    assert senders(kims) == [None, "lee", "zoe"]
    kims.done("undo", second)
    kims.done("undo", first)
    assert holders(kims) == ["kim", "kim", "kim"]
    assert senders(kims) == [None, "kim", "lee", "zoe"]
