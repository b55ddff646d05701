"""Reassigning, previews, plans and undo (`docs/rules.md` 4)."""

import json
import shlex
from pathlib import Path

import pytest

from tests.cli.conftest import MARIA, Shell
from thrumsg_tui.cli.progress import Progress


def holders(shell: Shell) -> list[str | None]:
    return [each["sender"] for each in sorted(shell.json("conversations", "Spring"), key=lambda each: each["id"])]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--from-unassigned", "--to", "kim"], ["kim", "kim", "kim"]),
        (["--from-unassigned", "--to-everyone"], ["kim", "lee", "kim"]),
        (["--from-everyone", "--to", "lee", "--to", "kim", "--count", 2], ["kim", "lee", None]),
        (["--conversation", 3, "--conversation", 1, "--to", "lee"], ["lee", None, "lee"]),
        (["--from-unassigned", "--to", "kim", "--status", "needs_reply"], ["kim", None, None]),
        (["--from-unassigned", "--from", "lee", "--to", "kim", "--status", "not-started"], [None, "kim", "kim"]),
    ],
)
def test_conversations_move_as_asked(spring: Shell, words: list[object], expected: list[str | None]) -> None:
    spring.done("receive", "--from", MARIA, "--body", "Hi")
    spring.done("reassign", "Spring", *words)
    assert holders(spring) == expected


def test_unassigning_all(spring: Shell) -> None:
    spring.done("reassign", "Spring", "--from-unassigned", "--to", "kim")
    spring.done("reassign", "Spring", "--from", "kim", "--to-unassigned")
    assert holders(spring) == [None, None, None]


def test_level_evens_out_what_they_hold(spring: Shell) -> None:
    spring.done("reassign", "Spring", "--conversation", 1, "--to", "kim")
    spring.done("reassign", "Spring", "--from-unassigned", "--to", "kim", "--to", "lee", "--count", 1, "--level")
    assert holders(spring) == ["kim", "lee", None]


def test_nothing_that_matches_moves_nothing_and_is_no_error(spring: Shell) -> None:
    done = spring.json("reassign", "Spring", "--from", "kim", "--to", "lee")
    assert (done["event"], done["moved"]) == (None, 0)


def test_a_preview_changes_nothing_and_names_who_gives_to_whom(spring: Shell) -> None:
    spring.done("opt-out", MARIA)
    before = spring.done("history")
    shown = spring.done("reassign", "Spring", "--from-unassigned", "--to-everyone", "--preview")
    assert "3 conversations would be moved, 1 of them opted out. Nothing was changed." in shown
    rows = [line.split() for line in shown.splitlines()[1:3]]
    assert rows == [
        ["Unassigned", "Kim", "Alvarez", "1", "0", "0", "0", "1", "2"],
        ["Unassigned", "Lee", "Ng", "1", "0", "0", "0", "0", "1"],
    ]
    assert holders(spring) == [None, None, None]
    assert spring.done("history") == before


def test_a_preview_says_what_stays_because_its_holder_receives(spring: Shell) -> None:
    spring.done("reassign", "Spring", "--from-unassigned", "--to", "kim", "--count", 2)
    shown = spring.done("reassign", "Spring", "--from-everyone", "--to-everyone", "--preview")
    assert (
        "Only the 1 unassigned moves: all senders are destinations, so the 2 conversations that they hold stay."
        in shown
    )
    shown = spring.done("reassign", "Spring", "--from-everyone", "--to", "lee", "--preview")
    assert "stay" not in shown


def test_a_saved_plan_does_what_was_previewed_and_skips_what_moved_since(spring: Shell, tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    spring.done("reassign", "Spring", "--from-unassigned", "--to", "kim", "--preview", "--save-plan", plan)
    spring.done("reassign", "Spring", "--conversation", 2, "--to", "lee")
    done = spring.json("reassign", "--plan", plan)
    assert (done["moved"], done["skipped"], done["skipped_conversations"]) == (2, 1, [2])
    assert holders(spring) == ["kim", "lee", "kim"]
    assert spring.json("reassign", "--plan", plan)["moved"] == 0


def test_a_plan_tells_how_far_it_is(spring: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(Progress, "end", lambda progress: said.append(progress.sentence))
    plan = tmp_path / "plan.json"
    spring.done("reassign", "Spring", "--from-everyone", "--to", "kim", "--preview", "--save-plan", plan)
    spring.done("reassign", "--plan", plan)
    assert [each for each in said if each.startswith("Moving")] == ["Moving: 100 % of 3 conversations"]


def test_a_moderator_is_needed_for_a_plan_too(spring: Shell, tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    spring.done("reassign", "Spring", "--from-unassigned", "--to", "kim", "--preview", "--save-plan", plan)
    spring.log_in("kim")
    spring.refused("reassign", "--plan", plan)


@pytest.mark.parametrize("content", ["", "{}", "[]", "null", "not JSON", "[" * 100_000, '{"format": 1}', "\udc80"])
def test_a_file_that_is_no_plan_is_refused(spring: Shell, tmp_path: Path, content: str) -> None:
    plan = tmp_path / "plan.json"
    plan.write_bytes(content.encode("utf-8", "surrogateescape"))
    assert "is not a plan" in spring.refused("reassign", "--plan", plan)


@pytest.mark.parametrize("key", ["campaign_id", "as_of", "moves", "senders", "already_there"])
def test_a_plan_that_lost_something_is_refused(spring: Shell, tmp_path: Path, key: str) -> None:
    plan = tmp_path / "plan.json"
    spring.done("reassign", "Spring", "--from-unassigned", "--to", "kim", "--preview", "--save-plan", plan)
    content = json.loads(plan.read_text())
    del content[key]
    plan.write_text(json.dumps(content))
    assert "is not a plan" in spring.refused("reassign", "--plan", plan)


def test_the_commands_that_it_names_are_about_the_same_database(spring: Shell, tmp_path: Path) -> None:
    plan = tmp_path / "my plan.json"
    here = f"thrumsg --db {shlex.quote(str(spring.location))}"
    words = ("--db", spring.location, "reassign", "Spring", "--from-unassigned", "--to", "kim")
    assert f"Do exactly this with: {here} reassign --plan '{plan}'" in spring.done(
        *words, "--preview", "--save-plan", plan
    )
    assert f"Undo with: {here} undo " in spring.done(*words)


def test_who_is_in_a_plan_is_called_as_the_database_says(spring: Shell, tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    spring.done("reassign", "Spring", "--from-unassigned", "--to", "kim", "--preview", "--save-plan", plan)
    called = next(each["name"] for each in json.loads(plan.read_text())["senders"] if each["login"] == "kim")
    plan.write_text(plan.read_text().replace(called, "Somebody Else"))
    said = spring.done("reassign", "--plan", plan)
    assert called in said
    assert "Somebody Else" not in said


def test_a_plan_with_what_is_no_text_is_refused(spring: Shell, tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    spring.done("reassign", "Spring", "--from-unassigned", "--to", "kim", "--preview", "--save-plan", plan)
    plan.write_text(plan.read_text().replace("Kim", "\\ud800"))
    assert "is not a plan" in spring.refused("reassign", "--plan", plan)


def test_a_plan_that_moves_a_conversation_twice_is_refused(spring: Shell, tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    spring.done("reassign", "Spring", "--from-unassigned", "--to", "kim", "--preview", "--save-plan", plan)
    content = json.loads(plan.read_text())
    content["moves"] += content["moves"][:1]
    plan.write_text(json.dumps(content))
    assert "is not a plan" in spring.refused("reassign", "--plan", plan)


def test_a_plan_of_another_version_or_database_is_refused(spring: Shell, tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    spring.done("reassign", "Spring", "--from-unassigned", "--to", "kim", "--preview", "--save-plan", plan)
    content = json.loads(plan.read_text())
    plan.write_text(json.dumps(content | {"version": 2}))
    assert "another version" in spring.refused("reassign", "--plan", plan)
    plan.write_text(json.dumps(content | {"as_of": 10_000}))
    assert "another database" in spring.refused("reassign", "--plan", plan)


def test_a_plan_finds_its_campaign_by_any_name_that_it_has_since(spring: Shell, tmp_path: Path) -> None:
    """docs/rules.md 4.7: by its id, not by its name, which another campaign may have now."""
    plan, two = tmp_path / "plan.json", ("--from-unassigned", "--to", "kim", "--count", 2)
    spring.done("reassign", "Spring", *two, "--preview", "--save-plan", plan)
    spring.done("campaign", "edit", "Spring", "--name", "Summer")
    spring.done("campaign", "edit", "Summer", "--name", "Autumn")
    spring.done("campaign", "create", "Spring", "--initial", "Hi")
    assert spring.json("reassign", "--plan", plan)["by_sender"] == {"kim": 2, "unassigned": -2}
    content = json.loads(plan.read_text())
    for different in ({"campaign": "Winter"}, {"campaign": "Autumn"}, {"campaign_id": 9}):
        plan.write_text(json.dumps(content | different))
        assert "another database" in spring.refused("reassign", "--plan", plan)


def test_undo_takes_back_the_last_change_and_undo_of_the_undo_does_it_again(spring: Shell) -> None:
    spring.done("reassign", "Spring", "--from-unassigned", "--to", "kim")
    undone = spring.json("undo")
    assert holders(spring) == [None, None, None]
    spring.done("undo", undone["event"])
    assert holders(spring) == ["kim", "kim", "kim"]


def test_there_may_be_nothing_to_undo(spring: Shell) -> None:
    spring.log_in("kim")
    assert "nothing of yours" in spring.refused("undo")


def test_the_history_of_a_campaign_or_a_conversation(spring: Shell) -> None:
    spring.done("reassign", "Spring", "--conversation", 1, "--to", "kim")
    spring.done("campaign", "create", "Autumn", "--initial", "Hi")
    assert {each["campaign"] for each in spring.json("history", "--campaign", "Spring")} == {"Spring"}
    assert [each["action"] for each in spring.json("history", "--conversation", 1)] == ["reassign"]
    assert "can be undone" in spring.done("history", "--conversation", 1)


# Whom one cannot move to (docs/rules.md 4.6)


@pytest.mark.parametrize("preview", [(), ("--preview",)])
def test_somebody_who_is_not_on_the_campaign_is_added_by_the_command_that_is_said(
    spring: Shell, preview: tuple[str, ...]
) -> None:
    spring.done("user", "add", "zoe", "--first-name", "Zoe", "--last-name", "Zorn")
    said = spring.refused("reassign", "Spring", "--from-unassigned", "--to", "zoe", *preview)
    assert "'zoe' is not a sender of 'Spring'" in said
    spring.done(*shlex.split(said.partition("with: thrumsg ")[2]))
    spring.done("reassign", "Spring", "--from-unassigned", "--to", "zoe", *preview)


def test_somebody_who_is_no_user_is_made_one_by_the_command_that_is_said(spring: Shell) -> None:
    said = spring.refused("reassign", "Spring", "--from-unassigned", "--to", "zoe")
    assert "There is no user 'zoe'" in said
    make, _, add = said.partition("with: thrumsg ")[2].partition(", and then: thrumsg ")
    spring.done(*shlex.split(make))
    spring.done(*shlex.split(add))
    spring.done("reassign", "Spring", "--from-unassigned", "--to", "zoe")


def test_the_names_in_such_a_command_are_quoted(shell: Shell) -> None:
    shell.done("campaign", "create", "Ana's $(1) bank", "--initial", "Hi")
    said = shell.refused("reassign", "Ana's $(1) bank", "--from-unassigned", "--to", "root")
    shell.done(*shlex.split(said.partition("with: thrumsg ")[2]))
    assert [each["login"] for each in shell.json("overview", "Ana's $(1) bank")["senders"]] == [None, "root"]


def test_in_an_archived_campaign_that_is_said_first(spring: Shell) -> None:
    spring.done("campaign", "archive", "Spring", "--yes")
    assert "is archived" in spring.refused("reassign", "Spring", "--from-unassigned", "--to", "nobody")


def test_from_somebody_who_is_not_on_it_says_how_to_see_who_is(spring: Shell) -> None:
    spring.done("user", "add", "zoe", "--first-name", "Zoe", "--last-name", "Zorn")
    assert "thrumsg overview Spring shows" in spring.refused("reassign", "Spring", "--from", "zoe", "--to", "kim")
    assert "thrumsg user list" in spring.refused("reassign", "Spring", "--from", "nobody", "--to", "kim")


def test_a_removed_sender_gives_to_nobody_who_is_not_on_the_campaign(spring: Shell) -> None:
    said = spring.refused("campaign", "remove-sender", "Spring", "kim", "--to", "root")
    assert "campaign add-sender Spring root" in said


def test_two_of_one_name_are_told_apart_by_login_and_json_keeps_both_by_themselves(
    spring: Shell, tmp_path: Path
) -> None:
    plan = tmp_path / "plan.json"
    spring.done("user", "add", "kim2", "--first-name", "Kim", "--last-name", "Alvarez")
    spring.done("campaign", "add-sender", "Spring", "kim2")
    spring.done("reassign", "Spring", "--from-unassigned", "--to", "kim")
    words = ("reassign", "Spring", "--from", "kim", "--to-everyone")
    shown = spring.done(*words, "--preview").splitlines()
    assert [line.split("  ")[:2] for line in shown[1:3]] == [
        ["Kim Alvarez (kim)", "Kim Alvarez (kim2)"],
        ["Kim Alvarez (kim)", "Lee Ng"],
    ]
    spring.done(*words, "--preview", "--save-plan", plan)
    moved = spring.done("reassign", "--plan", plan)
    assert "Moved 3 conversations from Kim Alvarez (kim) to Kim Alvarez (kim2) and Lee Ng." in moved
    assert "Kim Alvarez (kim2)" in spring.done("thread", 1)
    named = spring.json("thread", 1)
    assert (named["sender"], named["sender_name"]) == ("kim2", "Kim Alvarez")
    assert [each["name"] for each in spring.json("overview", "Spring")["senders"]] == [
        *("Unassigned", "Kim Alvarez", "Kim Alvarez", "Lee Ng"),
    ]
