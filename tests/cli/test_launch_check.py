"""Only an owner opens a point of compliance in a launched campaign, whatever the command (docs/rules.md 10.10)."""

from __future__ import annotations

import json
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import pytest

from tests.cli.conftest import Shell
from tests.new_database import Template, no_database
from tests.roles import ROWS, Row, arrange, put_in_doubt
from thrumsg_tui.cli.main import main
from thrumsg_tui.domain.permissions import Role

LAUNCHED = ("Fit", "Halted", "Spring", "Held")
"""The campaigns that were launched; Fit and Halted, which is paused, without any point to confirm."""

FILES = {
    "local.csv": "first,phone\nNed,2125550190\n",
    "florida.csv": "first,phone\nFlo,3055550190\n",
    "toll_free.csv": "first,phone\nTom,8005550190\n",
    "abroad.csv": "first,phone\nLiz,+447911120190\n",
    "moved.csv": "first,phone,state\nNed,2125550190,FL\n",
    "links.csv": "title,body\nLink,see bit.ly/abc\n",
}


@dataclass(frozen=True, slots=True)
class Try:
    """A command line that opens a point in a launched campaign, and the code of that point."""

    line: str
    code: str
    campaign: str = "Fit"


WORDS = "This is Harbor. Reply STOP to end."

TRIES = (
    Try("campaign edit Fit --no-quiet-hours", "quiet-hours"),
    Try("campaign edit Halted --no-quiet-hours", "quiet-hours", "Halted"),
    Try("campaign edit Fit --initial 'This is Harbor.'", "way-out"),
    Try("campaign edit Fit --initial 'Reply STOP to end.'", "sender"),
    Try(f"campaign edit Fit --initial '{WORDS} \u2014 🗳'", "unicode"),
    Try(f"campaign edit Fit --initial '{WORDS} bit.ly/abc'", "shortener-bit.ly"),
    Try("campaign edit Fit --close 21:00", "state-hours-OK"),
    Try("campaign edit Fit --hours-in contact --timezone America/Los_Angeles --close 20:30", "state-hours-OK"),
    Try("import replies {folder}/links.csv", "shortener-bit.ly"),
    Try("import replies {folder}/links.csv --campaign Fit", "shortener-bit.ly"),
    Try("reply add Link --body 'see bit.ly/abc'", "shortener-bit.ly"),
    Try("reply add Link --campaign Halted --body 'see bit.ly/abc'", "shortener-bit.ly", "Halted"),
    Try("reply edit Old --body 'see t.co/abc'", "shortener-t.co"),
    Try("reply edit Where --campaign Spring --body 'see t.co/abc'", "shortener-t.co", "Spring"),
    Try("follow-up create Fit --title Link --text 'see tinyurl.com/abc'", "shortener-tinyurl.com"),
    Try("follow-up edit Spring Reminder --text 'see tinyurl.com/abc'", "shortener-tinyurl.com", "Spring"),
    Try("settings organization Ferry", "sender"),
)

IMPORTS = (
    Try("import contacts {folder}/florida.csv --campaign Fit", "state-hours-FL"),
    Try("import contacts {folder}/florida.csv --campaign Halted", "state-hours-FL", "Halted"),
    Try("import contacts {folder}/moved.csv --campaign Fit", "state-hours-FL"),
    Try("import contacts {folder}/moved.csv --campaign Fall", "state-hours-FL"),
    Try("import contacts {folder}/toll_free.csv --campaign Fit", "landlines"),
    Try("import contacts {folder}/abroad.csv --campaign Fit", "abroad"),
)

REFUSED = (
    f"campaign edit Fit --initial '{WORDS}{'x' * 1500}'",
    f"campaign edit Fit --initial '{WORDS} %first name%'",
    f"campaign edit Fit --initial '{WORDS} %nothing%'",
)
"""What would refuse a launch refuses an edit, whoever makes it."""


@pytest.fixture(scope="module")
def arranged(tmp_path_factory: pytest.TempPathFactory) -> tuple[Template, Path]:
    """The database and the files of the table of roles, with two launched campaigns that have nothing to confirm."""
    folder = tmp_path_factory.mktemp("arranged")
    database = no_database(tmp_path_factory.mktemp("database") / "thrumsg.db")

    def run(*words: object) -> None:
        with redirect_stdout(StringIO()), redirect_stderr(StringIO()) as error:
            assert main(["--db", str(database), *map(str, words)]) == 0, (words, error.getvalue())

    arrange(run, folder)
    for name, content in FILES.items():
        (folder / name).write_text(content)
    (folder / "oklahoma.csv").write_text("first,phone\nOle,4055550190\n")
    run("reply", "add", "Old", "--body", "At the school")
    for name in ("Fit", "Halted"):
        hours = ("--timezone", "America/Chicago", "--open", "10:00", "--close", "19:30")
        run("campaign", "create", name, "--initial", WORDS, *hours)
        for file in ("local.csv", "oklahoma.csv"):
            run("import", "contacts", folder / file, "--campaign", name)
    run("campaign", "pause", "Halted")
    put_in_doubt(database)
    return Template(database), folder


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody at the keyboard, in a copy of what was arranged."""

    shell: Shell
    folder: Path
    out: Path

    def words(self, line: str) -> list[str]:
        """The words of a line, with the files that it names."""
        words = Row("", line, Role.ADMIN).words(self.folder, self.out)
        if words == ["undo", "1"]:  # stands for the first reassignment, whose id the journal tells
            [(first,)] = self.shell.rows("SELECT MIN(id) FROM event WHERE action = 'reassign'")
            return ["undo", str(first)]
        return words

    def points(self, campaign: str) -> set[str]:
        """The codes of what `compliance` says of a campaign."""
        return {each["code"] for each in self.shell.json("compliance", campaign)["points"]}


@pytest.fixture
def seat(shell: Shell, arranged: tuple[Template, Path], tmp_path: Path) -> Seat:
    database, folder = arranged
    shell.use(database.copy(shell.database))
    out = tmp_path / "out"
    out.mkdir()
    return Seat(shell, folder, out)


def unconfirmed(shell: Shell) -> dict[str, set[str]]:
    """The points of the launched campaigns that an owner has to confirm and did not, or that refuse a launch."""
    found = {}
    for name in LAUNCHED:
        shown = shell.run("compliance", name, "--json")
        if shown.code == 0:  # it may be archived, or have another name
            said = json.loads(shown.out)
            confirmed = {each["code"] for each in said["confirmed"]}
            points = [each for each in said["points"] if said["state"] in {"active", "paused"}]
            found[name] = {each["code"] for each in points if each["level"] != "report"} - confirmed
    return found


@pytest.mark.parametrize("row", [row for row in ROWS if not row.looks], ids=lambda row: row.name)
def test_no_command_of_an_admin_opens_a_point_in_a_launched_campaign(seat: Seat, row: Row) -> None:
    before = unconfirmed(seat.shell)
    assert before == {name: set() for name in LAUNCHED}
    seat.shell.log_in("admin")
    seat.shell.run(*seat.words(row.line))
    seat.shell.log_in("root")
    assert all(not points for points in unconfirmed(seat.shell).values())


@pytest.mark.parametrize("each", TRIES, ids=lambda each: each.line[:60])
def test_what_opens_a_point_is_for_an_owner_who_confirms_by_it(seat: Seat, each: Try) -> None:
    words = seat.words(each.line)
    seat.shell.log_in("admin")
    said = seat.shell.refused(*words)
    assert "launched, and this needs an owner" in said
    assert "Nothing was changed." in said
    seat.shell.log_in("root")
    assert all(not points for points in unconfirmed(seat.shell).values())
    assert each.code not in seat.points(each.campaign)
    seat.shell.log_in("owner")
    assert "Confirmed: " in seat.shell.done(*words)
    assert each.code in seat.points(each.campaign)
    confirmed = seat.shell.json("compliance", each.campaign)["confirmed"]
    assert (each.code, "owner") in {(one["code"], one["by"]) for one in confirmed}
    assert all(not points for points in unconfirmed(seat.shell).values())
    shown = seat.shell.done("compliance", each.campaign)
    assert "Confirmed:\n" in shown
    assert "By Owner One (owner), 20" in shown
    assert "An owner has to confirm" not in shown


@pytest.mark.parametrize("login", ["admin", "owner"])
@pytest.mark.parametrize("line", REFUSED, ids=lambda line: line[-20:])
def test_what_refuses_a_launch_refuses_an_edit(seat: Seat, line: str, login: str) -> None:
    seat.shell.log_in(login)
    assert "could not be launched like this" in seat.shell.refused(*seat.words(line))


@pytest.mark.parametrize("each", IMPORTS, ids=lambda each: each.line[:60])
def test_an_import_lets_in_and_says_what_is_left_to_an_owner(seat: Seat, each: Try) -> None:
    before = unconfirmed(seat.shell)
    seat.shell.log_in("admin")
    assert f"campaign launch {each.campaign} --confirm`: " in seat.shell.done(*seat.words(each.line))
    assert seat.shell.refused("campaign", "launch", each.campaign, "--confirm")
    seat.shell.log_in("owner")
    assert each.code in unconfirmed(seat.shell)[each.campaign]
    assert "Confirmed: " in seat.shell.done("campaign", "launch", each.campaign, "--confirm")
    assert unconfirmed(seat.shell)[each.campaign] == before[each.campaign]
    assert "Nothing is left to confirm" in seat.shell.done("campaign", "launch", each.campaign, "--confirm")


@pytest.mark.parametrize("each", IMPORTS, ids=lambda each: each.line[:60])
def test_an_owners_import_confirms(seat: Seat, each: Try) -> None:
    seat.shell.log_in("owner")
    assert "Confirmed: " in seat.shell.done(*seat.words(each.line))
    assert not any(unconfirmed(seat.shell).values())
    assert each.code in seat.points(each.campaign)


def test_an_admins_import_is_tried_with_a_word_of_what_is_to_confirm(seat: Seat) -> None:
    seat.shell.log_in("admin")
    tried = seat.shell.done(*seat.words("import contacts {folder}/florida.csv --campaign Fit --dry-run"))
    how = "For an owner to confirm, with `thrumsg campaign launch Fit --confirm`"
    assert f"{how}: 1 contact in FL may be texted" in tried
