"""Changing a campaign, its hours in the contact's zone, and looking its script over (`docs/rules.md` 6, 7)."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.cli.conftest import Shell
from thrumsg_tui.domain.hours import format_clock
from thrumsg_tui.store.database import Database


def shown(shell: Shell, *keys: str, name: str = "Spring") -> list[Any]:
    campaign = shell.json("campaign", "show", name)
    return [campaign[key] for key in keys]


# Changing it


@pytest.mark.parametrize(
    ("words", "key", "value"),
    [
        (["--name", "Summer"], "name", "Summer"),
        (["--initial", "Hello"], "initial", "Hello"),
        (["--description", "Doors"], "description", "Doors"),
        (["--description", ""], "description", ""),
        (["--timezone", "Asia/Tokyo"], "timezone", "Asia/Tokyo"),
        (["--open", "8:30"], "open", "08:30"),
        (["--close", "23:59"], "close", "23:59"),
        (["--starts", "2026-11-01"], "starts", "2026-11-01"),
        (["--ends", "2026-11-03"], "ends", "2026-11-03"),
        (["--no-quicksend"], "quicksend", False),
        (["--hours-in", "contact"], "hours_in", "contact"),
    ],
)
def test_each_setting_is_changed_and_the_others_stay(spring: Shell, words: list[str], key: str, value: object) -> None:
    before = spring.json("campaign", "show", "Spring")
    edited = spring.json("campaign", "edit", "Spring", *words)
    after = spring.json("campaign", "show", 1)
    assert after == before | {key: value}
    assert edited == {name: after[name] for name in edited}


def test_a_window_is_taken_away_by_none(spring: Shell) -> None:
    spring.done("campaign", "edit", "Spring", "--starts", "2026-11-01", "--ends", "2026-11-03")
    spring.done("campaign", "edit", "Spring", "--starts", "none")
    assert shown(spring, "starts", "ends") == [None, "2026-11-03"]
    spring.done("campaign", "edit", "Spring", "--ends", "none", "--no-quicksend")
    spring.done("campaign", "edit", "Spring", "--quicksend")
    assert shown(spring, "ends", "quicksend") == [None, True]


def test_it_says_whether_anything_was_different(spring: Shell) -> None:
    assert spring.done("campaign", "edit", "Spring", "--name", "Summer") == "Summer is changed.\n"
    history = spring.json("history")
    assert history[0]["summary"] == "changed the name of 'Spring', now 'Summer'"
    for words in ([], ["--name", "Summer"], ["--open", "0:00"]):
        assert spring.done("campaign", "edit", "Summer", *words) == "Nothing was different.\n"
    assert spring.json("history") == history


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--name", "Autumn"], "There is a campaign 'Autumn' already"),
        (["--name", " "], "needs a name"),
        (["--initial", ""], "needs a name and an initial script"),
        (["--open", "10:00", "--close", "9:00"], "is not after opening time"),
        (["--starts", "2026-11-03", "--ends", "2026-11-01"], "before the start date"),
    ],
)
def test_what_makes_no_campaign_is_refused(spring: Shell, words: list[str], why: str) -> None:
    spring.done("campaign", "create", "Autumn", "--initial", "Hi")
    before = spring.json("campaign", "show", "Spring")
    assert why in spring.refused("campaign", "edit", "Spring", *words)
    assert spring.json("campaign", "show", "Spring") == before


@pytest.mark.parametrize(
    "words",
    [
        ["--timezone", "Mars"],
        ["--open", "noon"],
        ["--starts", "never"],
        ["--hours-in", "mine"],
        ["--quicksend", "--state", "draft"],
    ],
)
def test_what_cannot_be_read_changes_nothing(spring: Shell, words: list[str]) -> None:
    assert spring.run("campaign", "edit", "Spring", *words).code == 2


def test_an_unknown_campaign_and_the_wrong_role_are_refused(spring: Shell) -> None:
    assert "no campaign 'Autumn'" in spring.refused("campaign", "edit", "Autumn", "--name", "X")
    spring.log_in("kim")
    assert "admin or above" in spring.refused("campaign", "edit", "Spring", "--name", "X")


def test_a_hostile_name_is_shown_harmlessly(spring: Shell) -> None:
    name = "\u202e[red]\x1b[2J"
    out = spring.done("campaign", "edit", "Spring", "--name", name)
    assert "\x1b" not in out
    assert "\u202e" not in out
    assert spring.json("campaign", "list")[0]["name"] == name
    assert "\x1b" not in spring.done("campaign", "show", 1)


# Defaults


def test_a_new_campaign_begins_with_the_settings(shell: Shell) -> None:
    for key, value in (("default_close", "20:30"), ("default_open", "8:00"), ("default_timezone", "Asia/Tokyo")):
        shell.done("settings", key, value)
    shell.done("campaign", "create", "Spring", "--initial", "Hi")
    assert shown(shell, "open", "close", "timezone", "hours_in") == ["08:00", "20:30", "Asia/Tokyo", "campaign"]
    shell.done("campaign", "create", "Autumn", "--initial", "Hi", "--close", "12:00", "--timezone", "UTC")
    assert shown(shell, "open", "close", "timezone", name="Autumn") == ["08:00", "12:00", "UTC"]


def test_without_a_setting_its_zone_is_the_machines(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tzlocal.get_localzone_name", lambda: "America/Chicago")
    shell.done("campaign", "create", "Spring", "--initial", "Hi")
    assert shown(shell, "timezone") == ["America/Chicago"]


def test_a_day_that_closes_before_it_opens_is_no_default(shell: Shell) -> None:
    shell.done("settings")
    assert "Change default_close first" in shell.refused("settings", "default_open", "22:00")
    assert "not a time of day" in shell.refused("settings", "default_open", "late")
    assert "not a known time zone" in shell.refused("settings", "default_timezone", "Mars")


def test_an_edit_does_not_go_back_to_the_settings(spring: Shell) -> None:
    spring.done("settings", "default_timezone", "Asia/Tokyo")
    spring.done("campaign", "edit", "Spring", "--description", "Doors")
    assert shown(spring, "timezone", "open", "close") == ["UTC", "00:00", "24:00"]


# Hours in the contact's zone


@pytest.fixture
def never_theirs(spring: Shell) -> Shell:
    """Hours of one minute by day, in the contacts' zone, which is hours away from now where they are."""
    there = datetime.now(ZoneInfo("America/Los_Angeles"))
    opens = 60 * (18 if 8 <= there.hour < 14 else 10)
    spring.done(
        *("campaign", "edit", "Spring", "--hours-in", "contact", "--timezone", "UTC"),
        *("--open", format_clock(opens), "--close", format_clock(opens + 1)),
    )
    return spring


def test_a_message_is_held_until_the_contacts_morning(never_theirs: Shell) -> None:
    out = never_theirs.done("send", 1)
    assert "scheduled for" in out
    assert out.endswith(", in the contact's time zone, America/Los_Angeles.\n")
    assert never_theirs.json("thread", 1)["messages"][0]["state"] == "unsent"


def test_a_sender_is_told_whose_hours_they_are(never_theirs: Shell) -> None:
    never_theirs.done("reassign", "Spring", "--from-unassigned", "--to", "kim")
    never_theirs.log_in("kim")
    reason = never_theirs.refused("send", 1)
    assert "Campaign is currently closed: its hours are" in reason
    assert "in the contact's time zone, America/Los_Angeles; it opens" in reason


def test_the_overview_says_whose_hours_they_are(never_theirs: Shell) -> None:
    first, *_ = never_theirs.done("overview", "Spring").splitlines()
    assert first.startswith("Spring: open from ")
    assert first.endswith(" in each contact's time zone")
    assert never_theirs.json("campaign", "list")[0]["hours_in"] == "contact"


def test_editing_the_hours_lets_go_what_they_held(never_theirs: Shell) -> None:
    never_theirs.done("send", 1)
    never_theirs.done("campaign", "edit", "Spring", "--open", "0:00", "--close", "24:00")
    assert never_theirs.json("thread", 1)["messages"][0]["state"] == "queued"
    assert "1 scheduled message may leave now" in never_theirs.json("history")[0]["summary"]


def test_a_campaign_is_made_with_contacts_hours(shell: Shell) -> None:
    made = shell.done("campaign", "create", "Spring", "--initial", "Hi", "--hours-in", "contact")
    assert "open 09:00 to 21:00, in each contact's time zone" in made
    assert shown(shell, "hours_in") == ["contact"]


# Looking a script over


def test_a_script_is_looked_over_as_a_contact_would_get_it(spring: Shell) -> None:
    out = spring.done("campaign", "check", "Spring")
    assert out.splitlines()[:2] == ["To Maria Lopez:", "  Hi Maria, it's root"]
    assert "look  It does not say how to opt out: for example, Reply STOP to end." in out
    assert "ok    1 segment." in out
    assert out.endswith("Fields: %first_name% %last_name% %sender_first_name% %sender_last_name% %organization%\n")


def test_the_json_of_a_check(spring: Shell) -> None:
    spring.done("settings", "organization", "Harbor")
    script = "%organization%: vote at %place%, %first_name%! STOP to end"
    spring.change(f"UPDATE campaign SET initial_script = '{script}'")  # an edit to this is refused
    checked = spring.json("campaign", "check", "Spring")
    assert [checked[key] for key in ("campaign", "contact", "complete", "segments", "encoding", "characters")] == [
        *("Spring", "Maria Lopez", False, 1, "GSM-7", 43),
    ]
    assert checked["text"] == "Harbor: vote at %place%, Maria! STOP to end"
    assert [each["fit"] for each in checked["checks"]] == [True, True, False, True, True, True]
    assert "%place%: no contact has this field" in checked["checks"][2]["sentence"]
    assert "first_name" in checked["fields"]


def test_a_check_of_a_draft_without_contacts_and_of_an_archived_one(shell: Shell) -> None:
    shell.done("campaign", "create", "Spring", "--initial", "Hi %first_name%", "--draft")
    assert "To somebody like Maria Lopez:" in shell.done("campaign", "check", "Spring")
    shell.done("campaign", "archive", "Spring", "--yes")
    shell.done("campaign", "check", "Spring")


def test_a_check_shows_a_hostile_script_harmlessly(spring: Shell) -> None:
    spring.done("campaign", "edit", "Spring", "--initial", "one\r\n\x1b[2J\x1b]0;x\x07two \u202e \n[red]three")
    out = spring.done("campaign", "check", "Spring")
    assert not set("\x1b\x07\r\u202e") & set(out)
    assert "[red]three" in out


def test_a_check_is_not_for_senders_who_would_see_others_contacts(spring: Shell) -> None:
    spring.log_in("kim")
    spring.refused("campaign", "check", "Spring")


# The journal


def test_a_zone_that_could_be_chosen_once_is_read_and_put_right(spring: Shell) -> None:
    database = Database(spring.location)
    with database.writing() as tx:
        tx.conn.execute("UPDATE campaign SET timezone = 'Factory'")
    database.close()
    assert spring.json("campaign", "list")[0]["timezone"] == "Factory"
    spring.done("campaign", "edit", "Spring", "--description", "as it was")
    spring.done("campaign", "edit", "Spring", "--timezone", "Asia/Tokyo")
    assert spring.run("campaign", "edit", "Spring", "--timezone", "Factory").code == 2
    assert spring.json("campaign", "list")[0]["timezone"] == "Asia/Tokyo"


def test_what_time_did_is_by_nobody(spring: Shell) -> None:
    spring.done("campaign", "edit", "Spring", "--starts", "2999-01-01")
    spring.done("send", 1)
    database = Database(spring.location)
    with database.writing() as tx:  # the day has come
        tx.conn.execute("UPDATE campaign SET starts = NULL")
        tx.conn.execute("UPDATE message SET leaves_at = 0")
    database.close()
    entry, *_ = spring.json("history")
    assert (entry["by"], entry["action"], entry["campaign"], entry["undoable"]) == ("", "release", "Spring", False)
    assert "1 scheduled message may leave now" in spring.done("history", "--campaign", "Spring")
    assert "cannot be undone" in spring.refused("undo", entry["id"])
    assert "cannot be undone" in spring.refused("undo", entry["id"], "--preview")
    assert "taken back" in spring.done("undo")  # what one did oneself: the message, which has not left


def test_all_that_was_sent_at_night_is_said_to_wait_for_the_hours(never_theirs: Shell) -> None:
    sent = never_theirs.done("send-all", "Spring", "--unassigned")
    assert "Scheduled in all: 3, the first leaves at " in sent
    assert "is queued" not in sent
    status = never_theirs.done("status")
    assert "carrier: scheduled: 3, the first leaves at " in status
    assert "nothing waits" not in status
    shown = never_theirs.json("status")
    assert (shown["queued"], shown["scheduled"]) == (0, 3)
    assert datetime.fromisoformat(shown["first_leaves_at"]) > datetime.now(UTC)
    assert "thrumsg_scheduled_messages 3\n" in never_theirs.done("status", "--prometheus")


def test_an_edit_says_what_it_confirms_and_releases(never_theirs: Shell) -> None:
    never_theirs.done("send-all", "Spring", "--unassigned")
    never_theirs.done("campaign", "edit", "Spring", "--quiet-hours")
    free = ("--hours-in", "campaign", "--open", "00:00", "--close", "24:00", "--no-quiet-hours")
    said = never_theirs.done("campaign", "edit", "Spring", *free)
    assert "Confirmed: Quiet hours are off: contacts may be texted before 08:00 or after 21:00" in said
    assert "3 scheduled messages may leave now." in said
    assert "Confirmed" not in never_theirs.done("campaign", "edit", "Spring", "--description", "Doors")
