"""Survey questions and results, recommended replies, follow-ups and unmatched messages."""

import pytest

from tests.cli.conftest import DEV, MARIA, Shell
from thrumsg_tui.domain.safe_text import safe_text

VOTE = "Will you vote?"
HOSTILE = "\x1b[2J[red]\u202e%s"


def texts(asked: list[dict[str, object]]) -> list[object]:
    return [each["question"] for each in asked]


# Survey


def test_a_question_is_added_and_printed_with_the_ids_of_its_choices(spring: Shell) -> None:
    made = spring.json("survey", "add", "Spring", "--question", "When?", "--choice", "Early", "--choice", "Late")
    assert made == spring.json("campaign", "show", "Spring")["questions"][1]
    assert (made["question"], made["choices"], len(made["choice_ids"])) == ("When?", ["Early", "Late"], 2)


def test_a_choice_is_renamed_and_keeps_its_answers(spring: Shell) -> None:
    spring.done("answer", 1, VOTE, "No")
    changed = spring.json("survey", "edit", "Spring", VOTE, "--rename", "No=Never", "--text", "Voting?")
    assert (changed["question"], changed["choices"]) == ("Voting?", ["Yes", "Never"])
    assert spring.json("thread", 1)["answers"] == {"Voting?": "Never"}


def test_choices_are_given_whole_in_order(spring: Shell) -> None:
    spring.done("answer", 1, VOTE, "No")
    edit = ("survey", "edit", "Spring", VOTE)
    assert spring.json(*edit, "--choice", "Maybe", "--choice", " No ")["choices"] == ["Maybe", "No"]
    assert "is the answer of 1 contact" in spring.refused(*edit, "--choice", "Maybe")
    renamed = spring.json(*edit, "--rename", "No=Never", "--choice", "Never", "--choice", "No")
    assert renamed["choices"] == ["Never", "No"]
    assert spring.json("thread", 1)["answers"] == {VOTE: "Never"}
    assert "Nothing was different" in spring.done(*edit, "--text", VOTE)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--text", ""], "needs its words"),
        (["--choice", ""], "none of them empty"),
        (["--choice", "A", "--choice", "A"], "are the same"),
        ([word for each in "abcdefghij" for word in ("--choice", each)], "1 to 9"),
        (["--rename", "Perhaps=Maybe"], "is not a choice"),
        (["--rename", "No=Yes"], "are the same"),
    ],
)
def test_a_change_that_cannot_be_is_refused(spring: Shell, options: list[str], reason: str) -> None:
    before = spring.json("campaign", "show", "Spring")["questions"]
    assert reason in spring.refused("survey", "edit", "Spring", VOTE, *options)
    assert spring.json("campaign", "show", "Spring")["questions"] == before


def test_questions_are_moved_by_id_or_words(spring: Shell) -> None:
    made = spring.json("survey", "add", "Spring", "--question", "When?", "--choice", "Early")
    assert texts(spring.json("survey", "move", "Spring", made["id"], 1)) == ["When?", VOTE]
    assert texts(spring.json("survey", "move", "Spring", "When?", 9)) == [VOTE, "When?"]


def test_a_question_is_retired_and_restored_or_deleted(spring: Shell) -> None:
    spring.done("answer", 1, VOTE, "Yes")
    made = spring.json("survey", "add", "Spring", "--question", "When?", "--choice", "Early")
    assert spring.json("survey", "retire", "Spring", VOTE)["retired"] is True
    assert "deleted: nobody ever answered it" in spring.done("survey", "retire", "Spring", made["id"])
    assert spring.json("campaign", "show", "Spring")["questions"] == []
    assert spring.json("survey", "results", "Spring")[0]["retired"] is True
    assert spring.json("survey", "restore", "Spring", VOTE)["question"] == VOTE
    assert "no survey question" in spring.refused("survey", "restore", "Spring", "When?")


def test_results_are_counts_shares_and_bars(spring: Shell) -> None:
    spring.done("reassign", "Spring", "--conversation", 1, "--to", "kim")
    spring.done("answer", 1, VOTE, "Yes")
    spring.done("answer", 2, VOTE, "Yes")
    (found,) = spring.json("survey", "results", "Spring")
    assert [found[key] for key in ("question", "retired", "answered", "unanswered", "by_sender")] == [
        *(VOTE, False, 2, 1, [])
    ]
    assert [(each["choice"], each["answers"], each["percent"]) for each in found["choices"]] == [
        *(("Yes", 2, 100), ("No", 0, 0))
    ]
    (found,) = spring.json("survey", "results", "Spring", "--by-sender")
    assert found["by_sender"] == [
        {"login": None, "name": "Unassigned", "unanswered": 1, "answers": {"Yes": 1, "No": 0}},
        {"login": "kim", "name": "Kim Alvarez", "unanswered": 0, "answers": {"Yes": 1, "No": 0}},
    ]
    said = spring.done("survey", "results", "Spring", "--by-sender")
    assert f"{VOTE} (2 answered, 1 not)" in said
    assert "100 %  ####################" in said
    assert "Kim Alvarez" in said


def test_a_campaign_that_asks_nothing_says_so(shell: Shell) -> None:
    shell.done("campaign", "create", "Quiet", "--initial", "Hi")
    assert "asks nothing yet" in shell.done("survey", "results", "Quiet")
    assert shell.json("survey", "results", "Quiet") == []


# Replies


def test_replies_are_a_campaigns_or_for_all(spring: Shell) -> None:
    spring.done("reply", "add", "Stop", "--body", "Bye")
    own = spring.json("reply", "add", "Where", "--body", "At the school", "--campaign", "Spring")
    assert [(each["title"], each["global"]) for each in own] == [("Where", False)]
    listed = spring.json("reply", "list", "--campaign", "Spring")
    assert [(each["title"], each["global"]) for each in listed] == [("Where", False), ("Stop", True)]
    assert listed == spring.json("campaign", "show", "Spring")["replies"]
    assert [each["title"] for each in spring.json("reply", "list")] == ["Stop"]


def test_a_reply_is_changed_moved_and_removed_by_title_or_id(spring: Shell) -> None:
    for title in "ABC":
        made = spring.json("reply", "add", title, "--body", f"{title}!")
    assert [each["title"] for each in spring.json("reply", "move", "C", 1)] == ["C", "A", "B"]
    changed = spring.json("reply", "edit", made[-1]["id"], "--title", "D")[0]
    assert (changed["title"], changed["body"]) == ("D", "C!")
    assert spring.json("reply", "edit", "D", "--body", "D!")[0]["body"] == "D!"
    assert [each["title"] for each in spring.json("reply", "remove", "A")] == ["D", "B"]
    spring.done("reply", "remove", "B")
    assert "There are no replies" in spring.done("reply", "remove", "D")


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["add", "A", "--body", "x"], "a reply 'A' already"),
        (["add", "", "--body", "x"], "needs a title and a body"),
        (["edit", "A", "--body", ""], "needs a title and a body"),
        (["edit", "A", "--title", " "], "needs a title and a body"),
        (["edit", "B", "--body", "x"], "no reply 'B' for all campaigns"),
        (["remove", "A", "--campaign", "Spring"], "no reply 'A' of 'Spring'"),
        (["add", "A", "--body", "x", "--campaign", "Autumn"], "no campaign 'Autumn'"),
        (["add", "B", "--body", "x", "--campaign", ""], "no campaign ''"),
    ],
)
def test_a_reply_that_cannot_be_is_refused(spring: Shell, words: list[str], reason: str) -> None:
    spring.done("reply", "add", "A", "--body", "x")
    assert reason in spring.refused("reply", *words)


# Follow-ups


@pytest.fixture
def asked(spring: Shell) -> Shell:
    """Maria was texted and said Yes, Dev was texted only, Ann has not started."""
    spring.done("send", 1)
    spring.done("send", 2)
    spring.done("answer", 1, VOTE, "Yes")
    return spring


CREATE = ("follow-up", "create", "Spring", "--title", "R", "--text", "Vote")


@pytest.mark.parametrize(
    ("whom", "reaches", "not_started"),
    [
        ([], 2, 1),
        (["--answered", f"{VOTE}=Yes"], 1, 0),
        (["--answered", f"{VOTE}=No"], 0, 0),
        (["--answered", VOTE], 1, 0),
        (["--answered", "1"], 1, 0),
        (["--answered", "1=1"], 1, 0),
        (["--unanswered", VOTE], 1, 1),
        (["--replied"], 0, 0),
        (["--not-replied", "--unanswered", "1"], 1, 1),
    ],
)
def test_what_a_preview_says_is_what_is_made(asked: Shell, whom: list[str], reaches: int, not_started: int) -> None:
    before = asked.json("history")
    preview = asked.json("follow-up", "create", "Spring", "--preview", *whom)
    assert preview == {"id": None, "reaches": reaches, "opted_out": 0, "not_started": not_started}
    assert asked.json("history") == before
    assert asked.json(*CREATE, *whom) == preview | {"id": 1}
    assert len(asked.ids("Spring", "--tab", "follow-ups")) == reaches


def test_who_is_left_out_is_said(asked: Shell) -> None:
    asked.done("opt-out", DEV)
    assert "reaches 1 conversation; left out: 1 opted out, 1 not started." in asked.done(*CREATE)
    asked.done("opt-in", DEV)
    assert len(asked.ids("Spring", "--tab", "follow-ups")) == 2


@pytest.mark.parametrize(
    ("whom", "reason"),
    [
        (["--answered", "When?=Early"], "no survey question 'When?'"),
        (["--answered", "When?"], "no survey question 'When?'"),
        (["--answered", f"{VOTE}=Perhaps"], "is not a choice"),
        (["--answered", ""], "no survey question ''"),
        (["--unanswered", ""], "no survey question ''"),
        (["--unanswered", f"{VOTE}=Yes"], "no survey question"),
    ],
)
def test_an_answer_that_there_is_not_is_refused(asked: Shell, whom: list[str], reason: str) -> None:
    assert reason in asked.refused(*CREATE, *whom)
    assert asked.json("follow-up", "list", "Spring") == []


def test_a_question_with_a_sign_of_equality_is_found(asked: Shell) -> None:
    asked.done("survey", "add", "Spring", "--question", "2+2=?", "--choice", "4")
    asked.done("answer", 1, "2+2=?", "4")
    asked.done("survey", "add", "Spring", "--question", "Which?", "--choice", "a=b", "--choice", "a")
    asked.done("answer", 1, "Which?", "a=b")
    for named in ("2+2=?", "2+2=?=4", "Which?=a=b"):
        assert asked.json(*CREATE, "--preview", "--answered", named)["reaches"] == 1
    assert "is not a choice of 'Which?'" in asked.refused(*CREATE, "--answered", "Which?=c")


def test_follow_ups_are_listed_with_how_far_they_are_and_ended_by_title_or_id(asked: Shell) -> None:
    asked.done(*CREATE)
    asked.done(*CREATE)
    asked.done("send", 2)
    first, second = asked.json("follow-up", "list", "Spring")
    assert [first[key] for key in ("title", "active", "pending", "sent", "skipped")] == ["R", True, 1, 1, 0]
    assert asked.json("campaign", "show", "Spring")["follow_ups"] == [first, second]
    ids = f"{first['id']}, {second['id']}"
    assert f"say which by its id, {ids}." in asked.refused("follow-up", "end", "Spring", "R")
    assert asked.json("follow-up", "end", "Spring", first["id"]) == {"id": first["id"], "title": "R", "unsent": 1}
    assert asked.json("follow-up", "end", "Spring", "R")["id"] == second["id"]
    assert "has ended already" in asked.refused("follow-up", "end", "Spring", first["id"])
    assert "no follow-up 'Q'" in asked.refused("follow-up", "end", "Spring", "Q")
    assert asked.ids("Spring", "--tab", "follow-ups") == []
    assert asked.done("follow-up", "list", "Spring").count("ended") == 2


def test_who_comes_to_match_later_gets_it_and_this_is_said(asked: Shell) -> None:
    said = "while it is active, whoever comes to match gets it too"
    whom = ["--answered", f"{VOTE}=Yes"]
    assert said in asked.done("follow-up", "create", "Spring", "--preview", *whom)
    assert said in asked.done(*CREATE, *whom)
    asked.done("answer", 2, VOTE, "Yes")
    assert sorted(asked.ids("Spring", "--tab", "follow-ups")) == [1, 2]
    asked.done("answer", 1, VOTE, "--clear")
    assert asked.ids("Spring", "--tab", "follow-ups") == [2]
    assert said in asked.done("follow-up", "list", "Spring")
    [listed] = asked.json("follow-up", "list", "Spring")
    assert listed["whom"] == f"anybody texted, with the answer 'Yes' to {VOTE!r}"
    assert listed["target"] == {"replied": None, "question": 1, "choice": 1, "answered": True}


def test_one_is_changed_until_the_first_is_sent(asked: Shell) -> None:
    asked.done(*CREATE, "--expires", "2099-11-03T18:00Z")
    assert "'R' is changed; it is unsent in 2 conversations." in asked.done(
        "follow-up", "edit", "Spring", "R", "--text", "Vote today"
    )
    edited = asked.json("follow-up", "edit", "Spring", "R", "--title", "Last", "--no-expiry")
    assert [edited[key] for key in ("title", "text", "expires_at")] == ["Last", "Vote today", None]
    assert "'Last' was like this already" in asked.done("follow-up", "edit", "Spring", "Last", "--title", "Last")
    assert asked.json("history")[0]["summary"] == (
        "changed the follow-up 'R': title is 'Last', was 'R'; end is none, was 2099-11-03 18:00 UTC"
    )
    asked.done("send", 2)
    assert asked.json("thread", 2)["messages"][-1]["body"] == "Vote today"
    assert "was sent to 1 contact already, so it stays as it is: end it, and make a new one." in asked.refused(
        "follow-up", "edit", "Spring", "Last", "--text", "Vote!"
    )


def test_one_is_skipped_and_that_is_undone(asked: Shell) -> None:
    asked.done(*CREATE)
    event = asked.json("follow-up", "skip", 1)["event"]
    assert asked.ids("Spring", "--tab", "follow-ups") == [2]
    assert asked.json("thread", 1)["events"][-1]["sentence"] == "follow-up 'R' skipped by root"
    assert "no follow-up to skip" in asked.refused("follow-up", "skip", 1)
    asked.done("undo", event)
    assert sorted(asked.ids("Spring", "--tab", "follow-ups")) == [1, 2]


# Unmatched


def test_unmatched_messages_are_listed_the_last_first_and_stay_when_the_number_is_known(spring: Shell) -> None:
    spring.done("receive", "--from", "4155550199", "--body", "Who is this?", "--at", "2026-03-03T10:00:00Z")
    spring.done("receive", "--from", "4155550198", "--body", HOSTILE)
    last, first = spring.json("unmatched")
    assert (first["phone"], first["body"], first["at"]) == ("+14155550199", "Who is this?", "2026-03-03T10:00:00Z")
    assert last["body"] == HOSTILE
    assert safe_text(HOSTILE) in spring.done("unmatched")
    assert spring.json("unmatched", "--limit", 1) == [last]
    contacts = spring.database.parent / "new.csv"
    contacts.write_text("First Name,Cell\nNew,4155550199\n")
    spring.done("import", "contacts", contacts, "--campaign", "Spring")
    assert len(spring.json("unmatched")) == 2


def test_redacted_numbers_are_redacted_there(spring: Shell) -> None:
    spring.done("receive", "--from", "4155550199", "--body", "Hi")
    spring.done("settings", "redact_phones", "on")
    assert "5550199" not in spring.done("unmatched") + spring.done("unmatched", "--json")


def test_nobody_unknown_may_have_written(spring: Shell) -> None:
    spring.done("receive", "--from", MARIA, "--body", "Hi")
    assert "Every message is in a conversation" in spring.done("unmatched")
    assert spring.json("unmatched") == []


# Who may, and where


@pytest.mark.parametrize(
    "words",
    [
        ["survey", "add", "Spring", "--question", "When?", "--choice", "Early"],
        ["survey", "edit", "Spring", VOTE, "--text", "x"],
        ["survey", "move", "Spring", VOTE, "1"],
        ["survey", "retire", "Spring", VOTE],
        ["reply", "add", "A", "--body", "x"],
        ["reply", "add", "A", "--body", "x", "--campaign", "Spring"],
        [*CREATE],
        ["follow-up", "create", "Spring", "--preview"],
        ["follow-up", "edit", "Spring", "R", "--text", "x"],
        ["follow-up", "end", "Spring", "R"],
    ],
)
def test_it_takes_an_admin_to_change_what_is_asked_and_said(asked: Shell, words: list[str]) -> None:
    asked.done(*CREATE)
    asked.done("user", "add", "mo", "--first-name", "Mo", "--last-name", "D", "--role", "moderator")
    asked.log_in("mo")
    assert "admin or above" in asked.refused(*words)


def test_a_moderator_sees_and_skips_and_a_sender_skips_in_their_own(asked: Shell) -> None:
    asked.done(*CREATE)
    asked.done("reassign", "Spring", "--conversation", 1, "--to", "kim")
    asked.done("user", "add", "mo", "--first-name", "Mo", "--last-name", "D", "--role", "moderator")
    asked.log_in("mo")
    for words in (["survey", "results", "Spring"], ["follow-up", "list", "Spring"], ["unmatched"], ["reply", "list"]):
        asked.done(*words)
    asked.done("follow-up", "skip", 2)
    asked.log_in("kim")
    for words in (["survey", "results", "Spring"], ["follow-up", "list", "Spring"], ["unmatched"]):
        assert "moderator or above" in asked.refused(*words)
    asked.refused("follow-up", "skip", 2)
    asked.done("follow-up", "skip", 1)
    asked.done("undo")


def test_an_archived_campaign_stays_as_it_is(asked: Shell) -> None:
    asked.done(*CREATE)
    asked.done("campaign", "archive", "Spring", "--yes")
    for words in (
        ["survey", "edit", "Spring", VOTE, "--text", "x"],
        ["survey", "retire", "Spring", VOTE],
        ["reply", "add", "A", "--body", "x", "--campaign", "Spring"],
        CREATE,
        ["follow-up", "edit", "Spring", "R", "--text", "x"],
        ["follow-up", "end", "Spring", "R"],
        ["follow-up", "skip", 1],
    ):
        assert "archived" in asked.refused(*words)
    assert asked.json("survey", "results", "Spring")[0]["answered"] == 1


@pytest.mark.parametrize(
    "words",
    [
        ["survey", "add", "Spring", "--question", "When?"],
        ["survey", "edit", "Spring", VOTE],
        ["survey", "edit", "Spring", VOTE, "--rename", "No"],
        ["survey", "move", "Spring", VOTE, "first"],
        ["reply", "add", "A"],
        ["follow-up", "create", "Spring"],
        ["follow-up", "create", "Spring", "--title", "R", "--text", "x", "--answered", "1", "--unanswered", "2"],
        ["follow-up", "create", "Spring", "--title", "R", "--text", "x", "--replied", "--not-replied"],
        ["follow-up", "edit", "Spring", "R"],
        ["follow-up", "edit", "Spring", "R", "--no-expiry", "--expires", "2099-11-03"],
        ["follow-up", "skip", "one"],
    ],
)
def test_a_command_line_that_cannot_be_read_is_explained(shell: Shell, words: list[str]) -> None:
    result = shell.run(*words)
    assert (result.code, result.out) == (2, "")
    assert not shell.database.exists()
