"""What `make bench` runs works on a small database too, and its tables have every row."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.__main__ import FAMILIES, main, measure_family
from benchmarks.app import environment
from benchmarks.commands import IMPORT_RATIO
from benchmarks.engines import ENGINES, ONE, ONE_BARE, ONE_P99, SPREAD, SPREAD_BARE, SPREAD_P99
from benchmarks.large import cached
from benchmarks.peers import PEERS
from benchmarks.reading import READING
from benchmarks.results import Failure, Results, engines_table
from benchmarks.rows import OURS, SERVER, UNLOCKED, Family, Figure, Part, Row, Scale, Setting, Unit
from benchmarks.suite import SUITE
from tests.outside_tools import require_tool
from tests.postgres_server import binaries

SCALE = Scale(conversations=600, senders=5, times=2, few=1)
MEASURED = [
    pytest.param(part, id=f"{family.name}-{part.measure.__name__.strip('_')}")
    for family in FAMILIES
    if family not in {SUITE, PEERS, ENGINES}
    for part in family.parts
]


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return cached(tmp_path_factory.mktemp("benchmark"), SCALE.conversations, SCALE.senders)


@pytest.fixture
def setting(database: Path, tmp_path: Path) -> Setting:
    copy = Path(shutil.copyfile(database, tmp_path / "work.db"))
    return Setting(copy, tmp_path, SCALE, environment(tmp_path))


@pytest.mark.parametrize("part", MEASURED)
def test_every_row_is_measured(setting: Setting, part: Part) -> None:
    figures = list(part.measure(setting))
    assert {each.row for each in figures if each.program == OURS} == set(part.rows)
    # The ratio is of a difference of two measurements, which on a busy machine may be below zero.
    assert all(min(each.runs) > 0 for each in figures if each.row != IMPORT_RATIO)


def test_every_row_is_measured_on_both_engines(setting: Setting) -> None:
    require_tool("postgresql", is_there=binaries() is not None)
    [part] = ENGINES.parts
    figures = list(part.measure(setting))
    with_locks = {SPREAD_BARE, ONE_BARE}  # which a file does not have
    for program, rows in (OURS, set(part.rows) - with_locks), (SERVER, set(part.rows)):
        assert {each.row for each in figures if each.program == program} == rows
    assert {each.row for each in figures if each.program == UNLOCKED} == {SPREAD, SPREAD_P99, ONE, ONE_P99}
    assert all(min(each.runs) > 0 for each in figures)


def test_both_engines_stand_side_by_side() -> None:
    row = Row("work", Unit.MS, on_server=4)
    family = Family("both", "Both", (Part((row,), lambda _: iter(())),), on_both_engines=True)
    results = Results(1, [Figure(row, (1.0,)), Figure(row, (5.0,), SERVER), Figure(row, (3.0,), UNLOCKED)])
    assert list(engines_table(family, results))[-1] == (
        "| work | 1 ms | 5 ms | 4 ms | missed: 1.25 times as much | 3 ms |"
    )
    assert list(engines_table(family, Results(1)))[-1] == "| work | not measured | not measured | 4 ms |  |  |"


def test_a_part_that_fails_is_named_and_the_others_are_measured(setting: Setting) -> None:
    fails, works = Row("fails", Unit.MS, target=1), Row("works", Unit.MS, before=3, target=2)

    def broken(_: Setting) -> Iterator[Figure]:
        yield Figure(fails, (1.0,))
        raise RuntimeError("it broke\nhere")

    def sound(_: Setting) -> Iterator[Figure]:
        yield Figure(works, (1.0, 5.0, 3.0))

    results = Results(SCALE.conversations)
    measure_family(Family("both", "Both", (Part((fails,), broken), Part((works,), sound))), setting, results)
    assert [each.row for each in results.figures] == [fails, works]
    assert results.failures == [Failure("both", "RuntimeError: it broke")]


def test_a_run_prints_and_writes_the_tables(database: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written = tmp_path / "RESULTS.md"
    size = ["--conversations", str(SCALE.conversations), "--senders", str(SCALE.senders), "--times", "2", "--few", "1"]
    assert main([*size, "--only", "reading", "--folder", str(database.parent), "--out", str(written)]) == 0
    assert "doctor finds nothing" in capsys.readouterr().out
    table = written.read_text(encoding="utf-8").partition("## Beside other programs")[0].splitlines()
    for row in (row for family in FAMILIES for row in family.rows):
        [line] = [line for line in table if line.startswith(f"| {row.what} |")]
        assert ("not measured" in line) is (row not in READING.rows)


def test_a_quick_run_writes_no_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--quick", "--out", str(tmp_path / "RESULTS.md")])
    assert "--quick prints" in capsys.readouterr().err
