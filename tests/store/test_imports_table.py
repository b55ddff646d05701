"""Reading CSV files as people have them (docs/rules.md 9.1)."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.store.imports.columns import FIRST_NAME, PHONE, choose, recognise
from thrumsg_tui.store.imports.result import RejectedRow
from thrumsg_tui.store.imports.table import Table, read_table


def known(header: Sequence[str]) -> int:
    return len(recognise(header, [FIRST_NAME, PHONE]))


def read(path: Path, content: bytes) -> Table:
    path.write_bytes(content)
    return read_table(path, known)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "people.csv"


PLAIN = "Prénom,Phone\r\nJosé,4155550142\r\n"


@pytest.mark.parametrize(
    ("content", "note"),
    [
        (PLAIN.encode(), None),
        (PLAIN.encode("utf-8-sig"), None),
        (PLAIN.encode("utf-16"), "The file is in UTF-16."),
        (b"\xfe\xff" + PLAIN.encode("utf-16-be"), "The file is in UTF-16."),
        (PLAIN.encode("cp1252"), "The file is not in UTF-8 and was read as Windows-1252: check the accents."),
    ],
)
def test_every_usual_encoding_is_read_and_an_unusual_one_is_said(path: Path, content: bytes, note: str | None) -> None:
    table = read(path, content)
    assert table.header == ("Prénom", "Phone")
    assert table.rows[0].cells == ("José", "4155550142")
    assert table.notes == ((note,) if note else ())


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_the_one_that_makes_the_header_known(path: Path, separator: str) -> None:
    lines = [["First Name", "Phone", "A, B; C"], ["Ann", "4155550142", "x"]]
    content = "\n".join(separator.join(f'"{cell}"' for cell in line) for line in lines)
    assert read(path, content.encode()).rows[0].cells == ("Ann", "4155550142", "x")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_row_has_the_line_on_which_it_begins(path: Path, end: str) -> None:
    content = end.join(["first,phone,note", 'Ann,1,"two', 'lines"', "", "Bea,2,", " , ,", "Cy,3,x"])
    table = read(path, content.encode())
    assert [(row.line, row.cells[0]) for row in table.rows] == [(2, "Ann"), (5, "Bea"), (7, "Cy")]
    assert table.rows[0].cells[2] == f"two{end}lines"


def test_missing_cells_are_blank_and_spare_ones_reject_the_row(path: Path) -> None:
    table = read(path, b"first,phone,city\nAnn,1\nBea,2,x,y\nCy,3,z,,\n")
    assert [row.cells for row in table.rows] == [("Ann", "1", ""), ("Cy", "3", "z")]
    assert table.rejected == (RejectedRow(3, "4 cells, and the header has 3", ("Bea", "2", "x", "y")),)


def test_a_quotation_mark_that_is_never_closed_costs_its_own_row_only(path: Path) -> None:
    table = read(path, b'first,phone\nAnn,1\n"Bea,2\nCy,3\nDee,4')
    assert [row.cells[0] for row in table.rows] == ["Ann", "Cy", "Dee"]
    assert table.rejected == (RejectedRow(3, "a quotation mark in this row is never closed", ('"Bea', "2")),)


def test_a_file_full_of_open_quotation_marks_is_refused(path: Path) -> None:
    with pytest.raises(Refused, match="quotation marks are never closed"):
        read(path, b"first,phone\n" + b'a","\n' * 100_000)


def test_columns_of_one_name_are_told_apart_and_one_without_a_name_gets_one(path: Path) -> None:
    assert read(path, b"first,phone,phone,,phone\nAnn,1").header == ("first", "phone", "phone 2", "Column 4", "phone 3")


def test_nul_characters_are_left_out_and_long_cells_are_read(path: Path) -> None:
    table = read(path, b"first,phone\nAn\0n," + b"1" * 200_000)
    assert table.rows[0].cells == ("Ann", "1" * 200_000)
    assert table.notes == ("1 NUL character left out.",)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf\n\n", "is empty"),
        (b"first,phone\n\x81\x8d", "not text in any encoding"),
        (PLAIN.encode("utf-16-le"), "UTF-16 without its mark"),
        (b"PK\x03\x04\x14\x00", "save it as CSV first"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_words(path: Path, content: bytes, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        read(path, content)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="There is no file"):
        read_table(tmp_path / "none.csv", known)
    with pytest.raises(Refused, match="is a folder"):
        read_table(tmp_path, known)


@pytest.mark.parametrize(
    "header", ["First Name", "first_name", "FIRSTNAME", " given-name ", "fname", "Prénom", "Contact First Name"]
)
def test_usual_headers_are_recognised_however_they_are_written(header: str) -> None:
    assert recognise([header], [FIRST_NAME]) == {"first_name": 0}


def test_of_several_phone_columns_the_best_known_name_wins() -> None:
    assert recognise(["Home Phone", "Phone", "Cell Phone"], [PHONE]) == {"phone": 2}
    assert recognise(["Home Phone", "Phone"], [PHONE]) == {"phone": 1}


def test_a_mapping_goes_before_what_is_recognised() -> None:
    header = ["Phone", "Call Name", "First"]
    assert choose(header, [FIRST_NAME, PHONE], {"First Name": "call_name"}) == {"first_name": 1, "phone": 0}


@pytest.mark.parametrize(
    ("mapping", "sentence"),
    [
        ({}, r"No column is recognised as first_name; .*'Full Name', 'Phone'.* --map first_name=COLUMN"),
        ({"first_name": "Nick"}, "There is no column 'Nick'; the columns are 'Full Name', 'Phone'"),
        ({"shoe_size": "Phone"}, "'shoe_size' is no field of such a file; there are first_name, phone"),
    ],
)
def test_a_column_that_is_not_there_is_refused_with_those_that_are(mapping: dict[str, str], sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        choose(["Full Name", "Phone"], [FIRST_NAME, PHONE], mapping)
