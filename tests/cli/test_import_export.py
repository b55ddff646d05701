"""CSV files in and out (`docs/rules.md` 9)."""

import csv
from io import StringIO
from pathlib import Path

import pytest

from tests.cli.conftest import MARIA, Shell
from thrumsg_tui.cli.progress import Progress


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    path = tmp_path / "mixed.csv"
    path.write_text("Given,Tel,Polling Place\nMaria,4155550150,School\nDev,12,Hall\nMaria,4155550150,School\n")
    return path


def test_an_import_accounts_for_every_row(spring: Shell, mixed: Path, tmp_path: Path) -> None:
    rejects = tmp_path / "rejects.csv"
    words = ["import", "contacts", mixed, "--campaign", "Spring", "--map", "first_name=Given", "--rejects", rejects]
    said = spring.done(*words)
    assert "1 imported, 0 updated, 0 unchanged, 1 duplicates, 1 rejected." in said
    assert "line 3: rejected" in said
    assert "line 4: duplicate" in said
    assert "Custom fields: %polling_place% from 'Polling Place'." in said
    (rejected,) = csv.DictReader(StringIO(rejects.read_text()))
    assert (rejected["Given"], rejected["line"]) == ("Dev", "3")


def test_a_dry_run_changes_nothing(spring: Shell, mixed: Path) -> None:
    done = spring.json("import", "contacts", mixed, "--campaign", "Spring", "--map", "first_name=Given", "--dry-run")
    assert (done["imported"], done["dry_run"]) == (1, True)
    assert spring.json("overview", "Spring")["total"] == 3


def test_a_dry_run_tells_line_by_line_what_would_happen(spring: Shell, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    rows = ["A,4155550151", "B,4155550152", f"Marie,{MARIA}", "C,4155550153", "C,4155550153", "D,12"]
    path.write_text("\n".join(["first,phone", *rows]))
    words = ["import", "contacts", path, "--campaign", "Spring"]
    said = spring.done(*words, "--dry-run")
    assert "New: 2-3, 5.\nUpdated: 4.\nA dry run: nothing was changed.\n" in said
    assert "line 6: duplicate" in said
    assert "line 7: rejected" in said
    assert "  line 2: '4155550151' is +14155550151\n" in said
    tried = spring.json(*words, "--dry-run")
    assert (tried["new_lines"], tried["updated_lines"], tried["event"]) == ([2, 3, 5], [4], None)
    assert "new_lines" not in spring.json(*words)


def test_a_dry_run_hides_what_a_number_was_read_as_where_numbers_are_hidden(spring: Shell, tmp_path: Path) -> None:
    """`docs/rules.md 3.20`: the odd spelling too."""
    path = tmp_path / "people.csv"
    path.write_text("first,phone\nA,415\u200e555\u200e0151.0\nB,(415) 555-0152\n")
    words = ["import", "contacts", path, "--campaign", "Spring", "--dry-run"]
    assert spring.json(*words)["numbers"][1] == {"line": 3, "text": "(415) 555-0152", "phone": "+14155550152"}
    spring.done("settings", "redact_phones", "on")
    said = spring.done(*words) + str(spring.json(*words)["numbers"])
    assert "415" not in said
    assert "55" not in said


def test_the_codes_of_custom_fields_are_said(spring: Shell, tmp_path: Path) -> None:
    """`docs/rules.md 9.1`."""
    path = tmp_path / "people.csv"
    path.write_text("first,phone,Polling Place,2nd choice,organization\nA,4155550151,Gym,x,y\n")
    done = spring.json("import", "contacts", path, "--campaign", "Spring")
    assert done["custom_fields"] == {
        "polling_place": "Polling Place",
        "_2nd_choice": "2nd choice",
        "organization_2": "organization",
    }
    assert done["other_columns"] == ["Polling Place", "2nd choice", "organization"]


def test_imported_opt_outs_say_how_to_take_them_back(spring: Shell, tmp_path: Path) -> None:
    path = tmp_path / "opt-outs.csv"
    path.write_text(f"phone\n{MARIA}\n")
    assert spring.done("import", "opt-outs", path).splitlines()[-1].startswith("Undo with: thrumsg undo ")
    spring.done("undo")
    assert spring.json("opt-outs") == []


def test_every_kind_of_file_can_be_imported(spring: Shell, tmp_path: Path) -> None:
    kinds = {
        "users": "login,first_name,last_name,email,role\nmo,Mo,D,mo@example.org,moderator\n",
        "replies": "title,body\nWhere,At the school\n",
        "opt-outs": f"phone,note\n{MARIA},by mail\n",
    }
    for kind, content in kinds.items():
        path = tmp_path / f"{kind}.csv"
        path.write_text(content)
        assert spring.json("import", kind, path)["imported"] == 1
    assert spring.json("lookup", MARIA)["opt_out"]["kind"] == "imported"
    assert spring.json("campaign", "show", "Spring")["replies"][0]["global"] is True


@pytest.mark.parametrize("kind", ["messages", "surveys", "conversations", "opt-outs"])
def test_an_export_goes_to_standard_output_or_a_file(spring: Shell, tmp_path: Path, kind: str) -> None:
    spring.done("send", 1)
    spring.done("answer", 1, "Will you vote?", "Yes")
    spring.done("opt-out", MARIA)
    rows = list(csv.DictReader(StringIO(spring.done("export", kind, "Spring"))))
    assert rows
    out = tmp_path / "out.csv"
    assert spring.json("export", kind, "Spring", "--out", out)["rows"] == len(rows)
    assert list(csv.DictReader(StringIO(out.read_text()))) == rows
    typed = spring.json("export", kind, "Spring")
    assert [{name: _as_cell(value) for name, value in row.items()} for row in typed] == rows


def _as_cell(value: str | int | bool | None) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def test_an_export_as_json_has_each_value_as_it_is(spring: Shell) -> None:
    spring.done("send", 1, "--body", "=1+1")
    sent = spring.json("export", "messages", "Spring")[0]
    assert (sent["message_body"], sent["message_id"], sent["error_code"]) == ("=1+1", 1, None)
    assert spring.json("export", "conversations", "Spring")[0]["opted_out"] is False


def test_rejected_rows_need_a_place_before_anything_is_taken_in(spring: Shell, tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text("first name,phone\nAnn,4155550177\nBea,12\n")
    words = ("import", "contacts", source, "--campaign", "Spring", "--rejects")
    before = spring.json("overview", "Spring")["total"]
    assert "is the file that is imported" in spring.refused(*words, source)
    assert "cannot be written" in spring.refused(*words, tmp_path / "absent" / "out.csv")
    assert (spring.json("overview", "Spring")["total"], source.read_text().count("\n")) == (before, 3)
    assert "The rejected rows are in" in spring.done(*words, tmp_path / "out.csv")
    source.write_text("first name,phone\nAnn,4155550177\n")
    assert "No row was rejected; " in spring.done(*words, tmp_path / "out.csv")


def test_a_full_disk_under_the_rejected_rows_is_told_and_the_import_reported(spring: Shell, tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text("first name,phone\nAnn,4155550177\nBea,12\n")
    ran = spring.run("import", "contacts", source, "--campaign", "Spring", "--rejects", "/dev/full")
    assert ran.code == 1
    assert "1 imported" in ran.out
    assert "The import is done, but its rejected rows could not be written" in ran.err


def test_a_field_is_mapped_once(spring: Shell, tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text("who,also,phone\nAnn,Bea,4155550177\n")
    words = ("--map", "first_name=who", "--map", "first_name=also")
    said = spring.refused("import", "contacts", source, "--campaign", "Spring", *words)
    assert "two columns for first_name, 'who' and 'also'" in said


def test_the_campaign_of_an_export_may_stand_after_an_option(spring: Shell) -> None:
    assert spring.json("export", "conversations", "--as", "root", "Spring")[0]["campaign_name"] == "Spring"


@pytest.mark.only_sqlite("no file is the database of a server")
@pytest.mark.parametrize(
    "words",
    [
        ("export", "messages", "--out"),
        ("reassign", "Spring", "--from-unassigned", "--to", "kim", "--preview", "--save-plan"),
    ],
)
def test_no_file_takes_the_place_of_the_database(spring: Shell, words: tuple[str, ...]) -> None:
    for target in (spring.database, spring.database.with_name(f"{spring.database.name}-wal")):
        assert "is a thrumsg database, or part of one" in spring.refused(*words, target)
    assert spring.json("overview", "Spring")["total"] == 3


def test_the_report_of_opt_outs_is_written_for_days(spring: Shell, tmp_path: Path) -> None:
    spring.done("opt-out", MARIA, "--note", "by phone")
    out = tmp_path / "report.csv"
    assert spring.json("report", "opt-outs", "--out", out) == {"file": str(out), "rows": 1}
    assert "by phone" in out.read_text(encoding="utf-8")
    printed = spring.done("report", "opt-outs")
    assert printed.splitlines() == out.read_text(encoding="utf-8").splitlines()
    assert spring.done("report", "opt-outs", "--out", "-") == printed
    [row] = spring.json("report", "opt-outs")
    assert (row["contact_phone"], row["words"], row["confirmation_seconds"]) == (MARIA, "by phone", None)
    assert list(row) == printed.splitlines()[0].split(",")
    assert spring.json("report", "opt-outs", "--out", "-") == [row]
    assert spring.json("report", "opt-outs", "--to", "2020-01-01", "--out", out)["rows"] == 0
    assert "before the first day" in spring.refused(
        *("report", "opt-outs", "--from", "2026-01-02", "--to", "2026-01-01", "--out", out)
    )


def test_a_purge_is_asked_about_and_lists_what_the_carrier_has(spring: Shell, tmp_path: Path) -> None:
    spring.done("send", 1)
    assert "only an archived campaign" in spring.refused("purge", "Spring", "--yes")
    spring.done("campaign", "archive", "Spring", "--yes")
    assert "needs --yes" in spring.refused("purge", "Spring")
    done = spring.json("purge", "Spring", "--yes", "--carrier-ids", tmp_path / "ids.csv")
    assert (done["messages"], done["contacts"], done["kept"], done["at_carrier"]) == (1, 3, 0, [])
    assert (tmp_path / "ids.csv").read_text(encoding="utf-8").splitlines() == ["gateway,provider_id"]
    assert "[removed]" in spring.done("thread", 1)
    assert spring.run("doctor").code == 0


def test_an_import_and_an_export_tell_how_far_they_are(
    spring: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(Progress, "end", lambda progress: said.append(progress.sentence))
    people = tmp_path / "people.csv"
    people.write_text("\n".join(["first,phone", *(f"P{number},41555{number:05}" for number in range(50000, 51200))]))
    spring.run("import", "contacts", people, "--campaign", "Spring")
    spring.run("export", "conversations", "Spring", "--out", tmp_path / "people-out.csv")
    assert [each.partition(", ")[0] for each in said if "%" in each] == [
        "Importing: 100 % of 1,200 rows",
        "Exporting: 100 % of 1,200 rows",
    ]
