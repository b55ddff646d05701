"""What each role may do from the command line (`docs/rules.md 8.1`)."""

import pytest

from tests.cli.conftest import MARIA, Shell


@pytest.fixture
def crew(spring: Shell) -> Shell:
    """Maria is kim's; mo is a moderator, and ada an admin."""
    spring.done("reassign", "Spring", "--conversation", 1, "--to", "kim")
    spring.done("user", "add", "mo", "--first-name", "Mo", "--last-name", "D", "--role", "moderator")
    spring.done("user", "add", "ada", "--first-name", "Ada", "--last-name", "A", "--role", "admin")
    return spring


def test_a_sender_sees_their_own_conversations(crew: Shell) -> None:
    crew.log_in("kim")
    assert crew.ids("Spring") == crew.ids("Spring", "--sender", "kim") == [1]
    assert crew.json("thread", 1)["contact"] == "Maria Lopez"
    assert crew.json("campaign", "list")[0]["total"] == 1
    crew.done("campaign", "show", "Spring")
    crew.done("history", "--conversation", 1)


def test_a_sender_sees_only_their_own_figures_in_a_campaign(crew: Shell) -> None:
    """docs/rules.md 8.1: neither who else is on it and how far, nor how many follow-ups others have left."""
    crew.done("reassign", "Spring", "--conversation", 2, "--to", "lee")
    crew.done("reassign", "Spring", "--conversation", 3, "--to", "lee")
    for conversation in (1, 2, 3):
        crew.done("send", conversation)
    crew.done("follow-up", "create", "Spring", "--title", "Again", "--text", "Hi again")
    crew.done("send", 2)
    crew.done("follow-up", "skip", 3)
    crew.log_in("mo")
    everybody = crew.json("campaign", "show", "Spring")
    assert [each["login"] for each in everybody["senders"]] == ["kim", "lee"]
    assert [everybody["follow_ups"][0][key] for key in ("pending", "sent", "skipped")] == [1, 1, 1]
    crew.log_in("kim")
    own = crew.json("campaign", "show", "Spring")
    assert [(each["login"], each["progress"]) for each in own["senders"]] == [("kim", "1/1")]
    assert [own["follow_ups"][0][key] for key in ("pending", "sent", "skipped")] == [1, 0, 0]
    assert "lee" not in crew.done("campaign", "show", "Spring")
    crew.log_in("lee")
    own = crew.json("campaign", "show", "Spring")
    assert [own["follow_ups"][0][key] for key in ("pending", "sent", "skipped")] == [0, 1, 1]


@pytest.mark.parametrize(
    "words",
    [
        ["report", "opt-outs"],
        ["survey", "results", "Spring"],
        ["overview", "Spring"],
        ["conversations", "Spring", "--sender", "lee"],
        ["conversations", "Spring", "--unassigned"],
        ["thread", "2"],
        ["history"],
        ["history", "--conversation", "2"],
        ["lookup", MARIA],
        ["user", "list"],
        ["reassign", "Spring", "--conversation", "1", "--to", "lee"],
        ["reassign", "Spring", "--conversation", "1", "--to", "lee", "--preview"],
        ["opt-in", MARIA],
        ["receive", "--from", MARIA, "--body", "Hi"],
        ["send", "2"],
        ["send-all", "Spring", "--sender", "lee"],
        ["export", "messages"],
        ["settings", "redact_phones", "on"],
        ["campaign", "archive", "Spring", "--yes"],
        ["backup", "copy.db"],
        ["doctor"],
    ],
)
def test_a_sender_does_nothing_else(crew: Shell, words: list[str]) -> None:
    crew.log_in("kim")
    crew.refused(*words)


def test_a_sender_works_their_own_conversations(crew: Shell) -> None:
    crew.log_in("kim")
    crew.done("send", 1)
    crew.done("answer", 1, "Will you vote?", "No")
    crew.done("opt-out", MARIA)


def test_a_moderator_reassigns_and_opts_in_but_runs_no_campaign(crew: Shell) -> None:
    crew.log_in("mo")
    crew.done("overview", "Spring")
    crew.done("reassign", "Spring", "--from", "kim", "--to", "lee")
    crew.done("opt-out", MARIA)
    crew.done("opt-in", MARIA)
    assert "admin or above" in crew.refused("campaign", "pause", "Spring")
    assert "admin or above" in crew.refused("campaign", "create", "X", "--initial", "Hi")
    assert "admin or above" in crew.refused("export", "messages")


def test_an_admin_adds_senders_but_changes_no_role(crew: Shell) -> None:
    crew.log_in("ada")
    crew.done("campaign", "pause", "Spring")
    crew.done("user", "add", "new", "--first-name", "N", "--last-name", "W")
    assert "owner" in crew.refused("user", "role", "new", "moderator")
    assert "owner" in crew.refused("user", "add", "boss", "--first-name", "B", "--last-name", "S", "--role", "admin")


def test_an_owner_changes_roles_but_not_the_last_owners(crew: Shell) -> None:
    assert crew.json("user", "role", "kim", "admin")["role"] == "admin"
    assert "only owner" in crew.refused("user", "role", "root", "sender")


def test_a_sender_sees_no_campaign_that_they_are_not_on(crew: Shell) -> None:
    crew.done("campaign", "create", "Autumn", "--initial", "Hi")
    crew.log_in("kim")
    assert [each["name"] for each in crew.json("campaign", "list")] == ["Spring"]
    crew.refused("campaign", "show", "Autumn")
