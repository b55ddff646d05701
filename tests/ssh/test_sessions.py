"""Who comes with a key that `thrumsg ssh add` let in, at a real OpenSSH server (docs/rules.md 8.2, 11.1)."""

from __future__ import annotations

import json

import pytest

from tests.ssh.conftest import STRANGER, Team
from tests.ssh.server import make_key
from thrumsg_tui.domain.permissions import Role


@pytest.mark.parametrize("role", list(Role))
def test_a_key_is_the_person(team: Team, role: Role) -> None:
    came = team.ask(role, "thread 1 --json")
    assert (came.code, came.err) == (0, "")
    team.ask(role, "answer 1 'Will you vote?' Yes")
    said = json.loads(team.ask("owner", "history --limit 1 --json").out)
    assert said[0]["by"] == role


def test_two_keys_of_one_person_are_one_person(team: Team) -> None:
    for key, answer in (("owner", "Yes"), ("owner2", "No")):
        assert team.ask(key, f"answer 1 'Will you vote?' {answer}").code == 0
    said = json.loads(team.ask("owner2", "history --limit 2 --json").out)
    assert [each["by"] for each in said] == ["owner", "owner"]


def test_who_is_no_user_is_turned_away(team: Team) -> None:
    came = team.ask(STRANGER, "campaign list")
    assert (came.code, came.out) == (1, "")
    assert "'stranger' is not a user" in came.err


def test_a_key_that_nobody_added_opens_nothing(team: Team) -> None:
    make_key(team.server.folder / "unknown")
    came = team.server.run("unknown", "campaign list", shared=False)
    assert came.code == 255
    assert "Permission denied" in came.err


def test_a_key_that_was_removed_opens_nothing_and_the_others_still_do(team: Team) -> None:
    assert team.keys("add", "lee", make_key(team.server.folder / "lees")).code == 0
    assert team.server.run("lees", "campaign list", shared=False).code == 0
    assert team.keys("remove", "lee", "lees").code == 0
    assert "Permission denied" in team.server.run("lees", "campaign list", shared=False).err
    assert team.server.run("sender", "campaign list", shared=False).code == 0


def test_every_line_that_was_written_is_in_order(team: Team) -> None:
    listed = json.loads(team.keys("list", "--json").out)
    assert {each["login"] for each in listed} == {*Role, STRANGER}
    assert [each["problems"] for each in listed if each["login"] != STRANGER] == [[]] * 5
    assert [each["problems"] for each in listed if each["login"] == STRANGER] == [["stranger is no user"]]
