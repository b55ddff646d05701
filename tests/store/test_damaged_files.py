"""Files as spreadsheets, exports and accidents leave them (docs/rules.md 9.1, 9.2)."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from thrumsg_tui.domain.campaigns import Campaign
from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.imports.contacts import import_contacts
from thrumsg_tui.store.imports.import_run import ImportOptions
from thrumsg_tui.store.imports.opt_outs import import_opt_outs
from thrumsg_tui.store.imports.result import Imported, write_rejects

pytestmark = pytest.mark.usefixtures("spring")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "people.csv"


class Importer:
    """Imports files, and tells who is stored then."""

    def __init__(self, db: Database, owner: Identity, path: Path) -> None:
        self.db, self.owner, self.path = db, owner, path

    def take_in(self, content: str | bytes, **mapping: str) -> Imported:
        self.path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return import_contacts(self.db, self.owner, self.path, "Spring", ImportOptions(mapping))

    def stored(self) -> dict[str, tuple[str, str]]:
        with self.db.reading() as conn:
            rows = conn.execute("SELECT phone, first_name, last_name FROM contact ORDER BY id")
            return {row["phone"][-4:]: (row["first_name"], row["last_name"]) for row in rows}

    def fields(self) -> list[dict[str, str]]:
        with self.db.reading() as conn:
            return [json.loads(row["fields"]) for row in conn.execute("SELECT fields FROM contact ORDER BY id")]


@pytest.fixture
def importer(db: Database, owner: Identity, path: Path) -> Importer:
    return Importer(db, owner, path)


def reasons(imported: Imported) -> list[tuple[int, str]]:
    return [(each.line, each.reason) for each in imported.rejected]


# Lines above the header, and none at all


@pytest.mark.parametrize(
    ("first", "separator"),
    [
        ("sep=;", ";"),
        ("SEP=,", ","),
        ('"sep=;"', ";"),
        ("\ufeffsep=;", ";"),
        ("sep=\t", "\t"),
        ("sep=\\t", "\t"),
        ("sep=^", "^"),
        ("sep=;,,", ";"),
        ("sep=,", ";"),  # says so wrongly
    ],
)
@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_a_first_line_that_names_the_separator_is_no_header(
    importer: Importer, first: str, separator: str, end: str
) -> None:
    rows = [["first_name", "last_name", "phone"], ["Ada", "Quill", "4152200101"], ["Bo", "", "12"]]
    done = importer.take_in(end.join([first, *map(separator.join, rows)]))
    assert importer.stored() == {"0101": ("Ada", "Quill")}
    assert [line for line, _ in reasons(done)] == [4]


def test_lines_above_the_header_are_left_out_and_said_and_lines_keep_their_numbers(importer: Importer) -> None:
    done = importer.take_in(
        "Volunteers of the spring,,\nas of 2026-03-01,,\n\nFirst Name,Last Name,Phone\nAda,Quill,4152200101\nBo,,12\n"
    )
    assert importer.stored() == {"0101": ("Ada", "Quill")}
    assert "Above the header, left out: lines 1-2." in done.notes
    assert [line for line, _ in reasons(done)] == [6]


def test_a_header_far_below_is_found_and_one_that_comes_again_is_a_row(importer: Importer) -> None:
    titles = "\n".join(f"Title {nth}" for nth in range(15))
    done = importer.take_in(f"{titles}\nname,first,phone\nx,Ada,4152200101\nname,first,phone\n")
    assert importer.stored() == {"0101": ("Ada", "")}
    assert [line for line, _ in reasons(done)] == [18]


def test_a_mapped_header_is_found_below_a_title(importer: Importer) -> None:
    importer.take_in("List of May\nCall Name,Line\nAda,4152200101\n", first_name="Call Name", phone="Line")
    assert importer.stored() == {"0101": ("Ada", "")}


@pytest.mark.parametrize(
    "content",
    [
        "Ada,Quill,4152200101\nBo,Reed,4152200102\n",
        "4152200101\n4152200102\n",
        "Ada;Quill;(415) 220-0101\n",
        "Ada,Quill,ada@example.org\nBo,Reed,bo@example.org\n",
        "Phone,Quill,4152200101\n",
        "Ada,Quill,415-220-XXXX\nBo,Reed,4152200101\n",
    ],
)
@pytest.mark.parametrize("mapping", [{}, {"phone": "Line", "first_name": "Given"}])
def test_a_file_without_a_header_is_refused_without_a_word_of_anybody_s(
    importer: Importer, db: Database, owner: Identity, content: str, mapping: dict[str, str]
) -> None:
    with pytest.raises(Refused, match="has no header line") as refused:
        importer.take_in(content, **mapping)
    with pytest.raises(Refused, match="has no header line") as of_opt_outs:
        import_opt_outs(
            db, owner, importer.path, ImportOptions({key: mapping[key] for key in mapping if key == "phone"})
        )
    said = f"{refused.value} {of_opt_outs.value}"
    assert not any(word in said for word in ("Ada", "Quill", "220", "example.org"))


@pytest.mark.parametrize(
    "title",
    [
        "2020",
        "11/03/2020",
        "2020-11-03 00:00:00",
        "20201103",
        "20201103_general",
        "General_20201103",
        "Call 311?",
        "Voted 2018 2020",
    ],
)
def test_a_header_may_name_elections_and_days(importer: Importer, title: str) -> None:
    importer.take_in(f"First,Phone,{title}\nAda,4152200101,Y\n")
    assert importer.stored() == {"0101": ("Ada", "")}
    with pytest.raises(Refused, match=f"'Full Name', 'Phone', '{title}'".replace("?", r"\?")):
        importer.take_in(f"Full Name,Phone,{title}\nAda Quill,4152200101,Y\n")


@pytest.mark.parametrize("mapping", [{}, {"phone": "Line", "first_name": "Given"}])
def test_a_first_line_of_which_nothing_is_known_may_be_somebody_s_and_is_not_quoted(
    importer: Importer, mapping: dict[str, str]
) -> None:
    with pytest.raises(Refused, match="none that is known here") as refused:
        importer.take_in("Ada,Quill,\nBo,Reed,4152200102\n", **mapping)
    assert "Ada" not in str(refused.value)


# Encodings


def test_a_stray_byte_costs_nobody_anything_and_is_said(importer: Importer) -> None:
    done = importer.take_in("first,last,phone\nZoë,Núñez,4152200101\n".encode() + b"Jos\xe9,Mu\xc3\xb1oz,4152200102\n")
    assert importer.stored() == {"0101": ("Zoë", "Núñez"), "0102": ("José", "Muñoz")}
    assert done.notes == ("What is not UTF-8 was read as Windows-1252: check the accents on line 3.",)


def test_a_byte_that_is_nothing_at_all_costs_its_own_row_only(importer: Importer) -> None:
    done = importer.take_in("first,last,phone\nZoë,Núñez,4152200101\n".encode() + b"Jos\x81,Reed,4152200102\n")
    assert importer.stored() == {"0101": ("Zoë", "Núñez")}
    assert reasons(done)[0][0] == 3
    assert "was lost" in reasons(done)[0][1]


@pytest.mark.parametrize("byte", [b"\x81", b"\x8d", b"\x8f", b"\x90", b"\x9d"])
@pytest.mark.parametrize("accents", [b"Zoe", b"Zo\xeb"], ids=["ASCII", "Windows-1252"])
def test_a_byte_that_is_nothing_in_a_file_that_is_not_utf_8_costs_its_own_row_only(
    importer: Importer, accents: bytes, byte: bytes
) -> None:
    done = importer.take_in(b"first,last,phone\n%b,,4152200101\nJos%b,,4152200102\nIda,,4152200103\n" % (accents, byte))
    assert importer.stored() == {"0101": (accents.decode("cp1252"), ""), "0103": ("Ida", "")}
    assert [line for line, _ in reasons(done)] == [3]


def test_a_file_in_windows_1252_is_read_as_such_although_a_line_of_it_is_utf_8_by_accident(importer: Importer) -> None:
    names = ["Zoë", "José", "Ã©", "Núñez"]
    rows = "".join(f"{name},415220010{nth}\n" for nth, name in enumerate(names))
    done = importer.take_in(f"first,phone\n{rows}".encode("cp1252"))
    assert [first for first, _ in importer.stored().values()] == names
    assert "read as Windows-1252" in done.notes[0]


def test_a_mark_of_utf_8_settles_the_encoding(importer: Importer) -> None:
    importer.take_in(
        b"\xef\xbb\xbf" + b"first,phone\nJos\xe9,4152200101\nZo\xeb,4152200102\n" + "Éva,4152200103\n".encode()
    )
    assert [first for first, _ in importer.stored().values()] == ["José", "Zoë", "Éva"]


# Names


def test_what_stands_for_no_first_name_is_none_and_named(importer: Importer) -> None:
    cells = ["null", "N/A", "NaN", "?", "\u200b", "-", "#N/A", "Nan", "Null"]
    done = importer.take_in("first,phone\n" + "".join(f"{cell},415220010{nth}\n" for nth, cell in enumerate(cells)))
    assert [first for first, _ in importer.stored().values()] == ["Nan", "Null"]
    assert [line for line, _ in reasons(done)] == [2, 3, 4, 5, 6, 7, 8]
    assert reasons(done)[1][1] == "no first name, as 'N/A' stands for none"


def test_what_stands_for_no_last_name_is_left_out_and_said_and_one_known_stays(importer: Importer) -> None:
    importer.take_in("first,last,phone\nAda,Quill,4152200101\n")
    done = importer.take_in("first,last,phone\nAda,N/A,4152200101\nBo,NULL,4152200102\nCy,Null,4152200103\n")
    assert importer.stored() == {"0101": ("Ada", "Quill"), "0102": ("Bo", ""), "0103": ("Cy", "Null")}
    assert done.notes == ("Placeholders for a last name were left out: lines 2-3.",)


def test_invisible_characters_are_left_out_of_names_and_said(importer: Importer) -> None:
    done = importer.take_in(
        "first,last,phone\n\u200bA\u200bda\u200e,\u00a0Qui\u00adll,4152200101\n\u0645\u0647\u200c\u0631,,4152200102\n"
    )
    assert importer.stored() == {"0101": ("Ada", "Quill"), "0102": ("\u0645\u0647\u200c\u0631", "")}
    assert done.notes == ("Invisible characters were left out of names: line 2.",)


# Several columns of numbers

VAN = (
    "FirstName,HomePhone,CellPhone,WorkPhone,Phone,Phone 2\n"
    "Ada,,4152200101,,4152200191,\n"
    "Bo,4152200192,,,4152200102,\n"
    "Cy,4152200103,,,,\n"
    "Di,,,,,\n"
    "Ed,,415-220-XXXX,,,4152200105\n"
    "Fay,,12,4152200196,n/a,\n"
)


def test_a_number_is_read_from_the_first_column_that_has_one_and_landlines_are_named(importer: Importer) -> None:
    done = importer.take_in(VAN)
    assert list(importer.stored()) == ["0101", "0102", "0105"]
    assert reasons(done) == [
        (4, "no phone number; 'HomePhone' has one"),
        (5, "no phone number"),
        (7, "'12' has too few digits for a phone number; 'WorkPhone' has one"),
    ]
    assert done.notes == (
        "1 number read from 'Phone', as 'CellPhone' has none: line 3.",
        "1 number read from 'Phone 2', as 'CellPhone' has none: line 6.",
    )
    assert importer.fields()[1] == {"homephone": "4152200192"}, (
        "landlines are fields, the columns that are read are none"
    )


def test_the_only_column_of_numbers_is_read_even_if_it_is_a_landline_s(importer: Importer) -> None:
    importer.take_in("First,Home Phone\nAda,4152200101\n")
    assert list(importer.stored()) == ["0101"]


def test_columns_of_numbers_are_mapped_in_order(importer: Importer) -> None:
    importer.take_in(VAN, phone="WorkPhone, HomePhone ,CellPhone")
    assert list(importer.stored()) == ["0101", "0192", "0103", "0196"]


def test_a_column_whose_name_has_a_comma_is_mapped(importer: Importer) -> None:
    importer.take_in('First,"Line, private",Line\nAda,,4152200101\nBo,4152200102,4152200103\n', phone="Line, private")
    assert list(importer.stored()) == ["0102"]
    importer.take_in('First,"Line, private",Line\nAda,,4152200101\n', phone="Line, private,Line")
    assert list(importer.stored()) == ["0102", "0101"]


def test_a_mapped_column_alone_is_read_alone(importer: Importer) -> None:
    assert importer.take_in(VAN, phone="CellPhone").imported == 1


def test_a_column_that_is_not_there_is_named_among_several(importer: Importer) -> None:
    with pytest.raises(Refused, match="There is no column 'Fax'"):
        importer.take_in(VAN, phone="CellPhone,Fax")


def test_a_dry_run_tells_what_every_number_was_read_as(importer: Importer) -> None:
    importer.path.write_text("first,phone\nAda,(415) 220-0101\nBo,4152200102.0\nCy,12\n")
    tried = import_contacts(importer.db, importer.owner, importer.path, "Spring", ImportOptions(dry_run=True))
    assert [(each.line, each.text, each.phone) for each in tried.readings] == [
        (2, "(415) 220-0101", "+14152200101"),
        (3, "4152200102.0", "+14152200102"),
    ]


# Rejects files


def test_what_is_rejected_under_lines_above_the_header_can_be_corrected_and_imported(
    importer: Importer, spring: Campaign, tmp_path: Path
) -> None:
    done = importer.take_in("sep=;\r\nOur list\r\nFirst;Cell Phone;Home Phone\r\nAda;415-220-XXXX;4152200101\r\n")
    rejects = tmp_path / "rejects.csv"
    write_rejects(rejects, importer.path, done.header, done.rejected)
    with rejects.open(newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["First", "Cell Phone", "Home Phone", "line", "reason"]
    assert rows[1][:4] == ["Ada", "415-220-XXXX", "4152200101", "4"]
    assert importer.take_in(rejects.read_text().replace("XXXX", "0109")).imported == 1
    assert list(importer.stored()) == ["0109"]
