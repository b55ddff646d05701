"""A campaign's life, and who is on it."""

import io
import sys

import pytest

from tests.cli.conftest import Shell


class Keyboard(io.StringIO):
    """Answers typed at a terminal."""

    def isatty(self) -> bool:
        return True


def test_a_campaign_is_active_at_once_and_says_its_id(shell: Shell) -> None:
    made = shell.json("campaign", "create", "Spring", "--initial", "Hi")
    assert (made["id"], made["state"], made["open"], made["close"]) == (1, "active", "09:00", "21:00")
    assert "Campaign 2: Autumn" in shell.done("campaign", "create", "Autumn", "--initial", "Hi")


def test_a_draft_is_launched_paused_resumed_and_archived(shell: Shell) -> None:
    shell.done("campaign", "create", "Spring", "--initial", "Hi", "--draft")
    assert "campaign launch" in shell.refused("campaign", "resume", "Spring")
    states = [
        shell.json("campaign", *words)["state"] for words in (("launch", "Spring", "--confirm"), ("pause", "Spring"))
    ]
    assert "campaign resume" in shell.refused("campaign", "launch", "Spring")
    states += [shell.json("campaign", verb, "1")["state"] for verb in ("resume",)]
    states += [shell.json("campaign", "archive", "Spring", "--yes")["state"]]
    assert states == ["active", "paused", "active", "archived"]
    shell.refused("campaign", "resume", "Spring")


@pytest.mark.parametrize(
    ("typed", "state"),
    [("y\nSpring\n", "archived"), ("n\n", "active"), ("y\nspring\n", "active"), ("", "active")],
)
def test_archiving_asks_twice_on_a_terminal(
    spring: Shell, monkeypatch: pytest.MonkeyPatch, typed: str, state: str
) -> None:
    monkeypatch.setattr(sys, "stdin", Keyboard(typed))
    result = spring.run("campaign", "archive", "Spring")
    assert result.code == (0 if state == "archived" else 1)
    assert "It is final" in result.err
    assert spring.json("campaign", "show", "Spring")["state"] == state


def test_the_list_has_every_campaign_newest_first(spring: Shell) -> None:
    spring.done("campaign", "create", "Autumn", "--initial", "Hi", "--draft")
    listed = spring.json("campaign", "list")
    assert [(each["id"], each["name"], each["state"], each["total"]) for each in listed] == [
        (2, "Autumn", "draft", 0),
        (1, "Spring", "active", 3),
    ]


def test_a_sender_who_is_added_twice_is_added_once(spring: Shell) -> None:
    assert spring.json("campaign", "add-sender", "Spring", "kim", "root")["added"] == ["root"]


@pytest.mark.parametrize(
    ("where", "gains"),
    [
        ([], {"kim": -2, "unassigned": 2}),
        (["--to-unassigned"], {"kim": -2, "unassigned": 2}),
        (["--to", "lee"], {"kim": -2, "lee": 2}),
        (["--to-everyone"], {"kim": -2, "lee": 2}),
    ],
)
def test_a_sender_who_leaves_gives_their_conversations_away(
    spring: Shell, where: list[str], gains: dict[str, int]
) -> None:
    spring.done("reassign", "Spring", "--from-unassigned", "--to", "kim", "--count", 2)
    assert spring.json("campaign", "remove-sender", "Spring", "kim", *where)["by_sender"] == gains
    assert [each["login"] for each in spring.json("overview", "Spring")["senders"]] == [None, "lee"]


def test_a_follow_up_says_whom_it_reaches_and_whom_it_leaves_out(spring: Shell) -> None:
    spring.done("send", 1)
    create = ["follow-up", "create", "Spring", "--title", "R", "--text", "Vote"]
    assert "reaches 1 conversation; left out: 2 not started" in spring.done(*create)
    assert spring.json(*create, "--replied")["reaches"] == 0
    assert spring.json(*create, "--not-replied") == {"id": 3, "reaches": 1, "opted_out": 0, "not_started": 2}


def test_a_follow_ups_time_is_in_the_campaigns_zone(shell: Shell) -> None:
    shell.done("campaign", "create", "Spring", "--initial", "Hi", "--timezone", "America/New_York")
    create = ["follow-up", "create", "Spring", "--title", "R", "--text", "Vote", "--expires"]
    shell.done(*create, "2999-01-01T12:00")
    shell.done(*create, "2999-01-01T12:00+01:00")
    expiries = [each["expires_at"] for each in shell.json("campaign", "show", "Spring")["follow_ups"]]
    assert expiries == ["2999-01-01T17:00:00Z", "2999-01-01T11:00:00Z"]


def test_quiet_hours_at_the_contact_are_on_for_a_new_campaign_and_can_be_switched(shell: Shell) -> None:
    assert shell.json("campaign", "create", "Spring", "--initial", "Hi")["quiet_hours"] is True
    assert shell.json("campaign", "create", "Autumn", "--initial", "Hi", "--no-quiet-hours")["quiet_hours"] is False
    assert shell.json("campaign", "edit", "Autumn", "--quiet-hours")["quiet_hours"] is True
    assert shell.json("campaign", "edit", "Spring", "--no-quiet-hours")["quiet_hours"] is False
    assert "quiet hours" in shell.done("history").splitlines()[2]


def test_a_launch_lists_what_an_owner_confirms(shell: Shell) -> None:
    made = shell.json("campaign", "create", "Spring", "--initial", "Hi", "--draft", "--no-quiet-hours")
    assert [each["code"] for each in made["compliance"]] == ["sender", "way-out", "quiet-hours"]
    listed = shell.json("compliance", "Spring")
    assert (listed["campaign"], listed["state"], listed["points"]) == ("Spring", "draft", made["compliance"])
    assert "An owner has to confirm:" in shell.done("compliance", "Spring")
    assert "Quiet hours are off" in shell.refused("campaign", "launch", "Spring")
    assert shell.json("campaign", "show", "Spring")["state"] == "draft"
    launched = shell.json("campaign", "launch", "Spring", "--confirm")
    assert (launched["state"], launched["confirmed"]) == ("active", ["sender", "way-out", "quiet-hours"])
    assert "confirming: sender, way-out, quiet-hours" in shell.done("history")


def test_an_admin_is_told_why_a_campaign_stays_a_draft(shell: Shell) -> None:
    shell.done("user", "add", "adam", "--first-name", "Adam", "--last-name", "Ng", "--role", "admin")
    shell.log_in("adam")
    assert "It stays a draft: an owner launches it" in shell.done("campaign", "create", "Spring", "--initial", "Hi")
    shell.done("settings", "organization", "Harbor")
    fit = shell.json("campaign", "create", "Fit", "--initial", "Harbor here. Reply STOP to end.")
    assert (fit["state"], fit["compliance"]) == ("active", [])
    assert "Nothing stands out." in shell.done("compliance", "Fit")
