"""Listing conversations, one thread, its answers."""

import pytest

from tests.cli.conftest import DEV, MARIA, Shell


@pytest.fixture
def worked(spring: Shell) -> Shell:
    """Maria waits for a reply since ten, Dev since nine; Ann has not been texted."""
    spring.done("receive", "--from", MARIA, "--body", "Where?", "--at", "2026-03-03T10:00")
    spring.done("receive", "--from", DEV, "--body", "Who?", "--at", "2026-03-03T09:00")
    return spring


def test_the_longest_wait_comes_first_unless_said_otherwise(worked: Shell) -> None:
    assert worked.ids("Spring") == [2, 1, 3]
    assert worked.ids("Spring", "--sort", "recent") == [1, 2, 3]
    assert worked.ids("Spring", "--sort", "a-to-z") == [3, 2, 1]
    assert worked.ids("Spring", "--limit", 1) == [2]


@pytest.mark.parametrize("status", ["needs-reply", "needs_reply"])
def test_a_status_is_written_either_way_and_leaves_out_opted_out_ones(worked: Shell, status: str) -> None:
    assert worked.ids("Spring", "--status", status) == [2, 1]
    worked.done("opt-out", DEV)
    assert worked.ids("Spring", "--status", status) == [1]


def test_a_tab_holds_what_the_app_shows_there(worked: Shell) -> None:
    worked.done("opt-out", DEV)
    tabs = {tab: worked.ids("Spring", "--tab", tab) for tab in ("initial", "responses", "follow-ups", "opt-outs")}
    assert tabs == {"initial": [3], "responses": [1], "follow-ups": [], "opt-outs": [2]}


def test_a_search_finds_names_and_numbers(worked: Shell) -> None:
    assert worked.ids("Spring", "--search", "MARÍA") == [1]
    assert worked.ids("Spring", "--search", "0143") == [2]
    assert worked.ids("Spring", "--search", "%") == []


def test_redacted_numbers_are_shown_nowhere_and_not_searched(worked: Shell) -> None:
    worked.done("opt-out", MARIA)
    worked.done("settings", "redact_phones", "on")
    assert worked.ids("Spring", "--search", "0143") == []
    listings = (["conversations", "Spring"], ["thread", 1], ["history"], ["lookup", MARIA])
    for words in listings:
        assert "5550142" not in worked.done(*words) + worked.done(*words, "--json")
    assert MARIA in worked.done("export", "messages")


def _waiting(shell: Shell) -> dict[str, object]:
    """The conversation with Maria, as triage has it."""
    found: list[dict[str, object]] = shell.json("triage", "Spring")
    return next(each for each in found if each["id"] == 1)


def test_redacted_numbers_are_hidden_in_fields_and_failures_too(worked: Shell) -> None:
    """docs/rules.md 3.16 and 3.20: a contact's other numbers, and those in a carrier's words."""
    contacts = worked.database.parent / "more.csv"
    contacts.write_text(f"First Name,Cell,Home Phone,County\nMaria,{MARIA},(303) 555-9876,Kings 12\n")
    worked.done("import", "contacts", contacts, "--campaign", "Spring")
    sent = worked.json("send", 1, "--body", "At the school")["message"]
    worked.change(f"UPDATE message SET error_text = '3035559876 is no mobile', state = 'failed' WHERE id = {sent}")
    worked.done("receive", "--from", MARIA, "--body", "And when?")
    fields = {"home_phone": "(303) 555-9876", "county": "Kings 12"}
    assert worked.json("thread", 1)["fields"] == _waiting(worked)["fields"] == fields
    worked.done("settings", "redact_phones", "on")
    hidden = {"home_phone": "(***) ***-**76", "county": "Kings 12"}
    assert worked.json("thread", 1)["fields"] == _waiting(worked)["fields"] == hidden
    for said in (worked.done("thread", 1), worked.done("thread", 1, "--json")):
        assert "**76 is no mobile" in said
        assert "9876" not in said


def test_a_thread_is_told_in_order(worked: Shell) -> None:
    worked.done("send", 1, "--body", "At the school")
    lines = worked.done("thread", 1).splitlines()
    assert lines[0].split() == ["Contact", "Maria", "Lopez"]
    assert [line.strip() for line in lines if line.startswith("    ")] == ["Where?", "At the school"]


def test_what_contacts_write_reaches_the_terminal_as_text_only(spring: Shell) -> None:
    spring.done("receive", "--from", MARIA, "--body", "\x1b]0;pwned\x07[bold]hi\u202e")
    shown = spring.done("thread", 1)
    assert "\x1b" not in shown
    assert "^[]0;pwned^G[bold]hi" in shown


def test_an_answer_is_recorded_replaced_and_cleared(spring: Shell) -> None:
    question = spring.json("campaign", "show", "Spring")["questions"][0]
    assert spring.json("answer", 1, "Will you vote?", "Yes")["answers"] == {"Will you vote?": "Yes"}
    assert spring.json("answer", 1, question["id"], question["choice_ids"][1])["answers"] == {"Will you vote?": "No"}
    assert spring.json("answer", 1, "Will you vote?", "No")["event"] is None
    assert spring.json("answer", 1, "Will you vote?", "--clear")["answers"] == {}


def test_a_choice_may_stand_after_an_option(spring: Shell) -> None:
    spring.done("answer", 1, "Will you vote?", "--as", "root", "Yes")
    assert spring.json("thread", 1)["answers"] == {"Will you vote?": "Yes"}
