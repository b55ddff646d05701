"""Fields in scripts (docs/rules.md 7.1)."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thrumsg_tui.domain.fields import Rendered, field_code, field_names, render, stored_fields

VALUES = {"first_name": "Ann", "last_name": "", "polling_location": "Oak School", "nickname": "  "}
codes = st.from_regex(r"[a-z_][a-z0-9_]{0,6}", fullmatch=True)
templates = st.lists(st.text("%ab_1 ") | codes.map(lambda code: f"%{code}%") | st.text()).map("".join)


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("Hi %first_name%!", "Hi Ann!"),
        ("Hi %FIRST_Name%!", "Hi Ann!"),
        ("%first_name%%first_name%", "AnnAnn"),
        ("100%%first_name%", "100%Ann"),
        ("5% off %first_name%", "5% off Ann"),
        ("5 %off, %first_name%", "5 %off, Ann"),
        ("Vote at %polling_location%", "Vote at Oak School"),
        ("50% off and 20% more", "50% off and 20% more"),
        ("100%", "100%"),
        ("%1st%", "%1st%"),
        ("%turnout-rate% %the turnout% %%", "%turnout-rate% %the turnout% %%"),
        ("20% last 30%, 5% place % of it", "20% last 30%, 5% place % of it"),
        ("", ""),
    ],
)
def test_fields_are_filled_and_other_percent_signs_are_text(template: str, text: str) -> None:
    rendered = render(template, VALUES)
    assert rendered == Rendered(text, (), ())
    assert rendered.complete


def test_a_known_field_without_a_value_is_missing_and_stays_as_written() -> None:
    rendered = render("%First_Name% %Last_Name% %nickname% %last_name%", VALUES)
    assert rendered == Rendered("Ann %Last_Name% %nickname% %last_name%", ("last_name", "nickname"), ())
    assert not rendered.complete


def test_an_unknown_field_is_named_and_stays_as_written() -> None:
    rendered = render("Hi %Frist_Name%, %_x% %frist_name%", VALUES)
    assert rendered == Rendered("Hi %Frist_Name%, %_x% %frist_name%", (), ("frist_name", "_x"))
    assert not rendered.complete


def test_an_unknown_word_in_another_alphabet_blocks_too() -> None:
    assert render("%Имя%", VALUES).unknown == ("имя",)


def test_a_value_is_never_expanded() -> None:
    values = {"a": "%b%", "b": "%a%", "c": r"\g<0>\1"}
    assert render("%a%%b% %c%", values) == Rendered(r"%b%%a% \g<0>\1", (), ())


def test_a_value_goes_in_as_it_was_written() -> None:
    assert render("Hi %n%", {"n": " mcDONALD "}).text == "Hi  mcDONALD "


def test_names_are_lower_case_distinct_and_in_order() -> None:
    assert field_names("%B% %a% %b% 50% %A%") == ("b", "a")


@given(templates, st.dictionaries(codes, st.text("%ab_ ") | st.text()))
def test_one_pass_over_the_template(template: str, values: dict[str, str]) -> None:
    pieces = re.split(r"(%[^\W\d]\w*%)", template)
    fields = pieces[1::2]
    filled = [values.get(field[1:-1].lower(), "") for field in fields]
    pieces[1::2] = [value if value.strip() else field for field, value in zip(fields, filled, strict=True)]
    rendered = render(template, values)
    assert rendered.text == "".join(pieces)
    assert set(rendered.unknown) == set(field_names(template)) - set(values)
    assert {code for code in rendered.missing if values[code].strip()} == set()
    assert rendered.complete is (all(value.strip() for value in filled) and not rendered.misspelt)


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("Polling Location", "polling_location"),
        ("polling_location", "polling_location"),
        ("  Polling -- Location (new) ", "polling_location_new"),
        ("Prénom", "prenom"),
        ("Straße", "strasse"),
        ("2nd choice", "_2nd_choice"),
        ("_private", "_private"),
        ("", "_"),
        ("???", "_"),
        ("名前", "_"),
    ],
)
def test_a_column_header_has_a_code(header: str, code: str) -> None:
    assert field_code(header) == code


@given(st.text())
def test_every_code_can_be_written_as_a_field(header: str) -> None:
    code = field_code(header)
    assert field_names(f"%{code}%") == (code,)
    assert field_code(code) == code


@given(st.dictionaries(st.text(), st.text()))
def test_fields_are_stored_as_json(values: dict[str, str]) -> None:
    assert stored_fields(values) == json.dumps(values)
    assert json.loads(stored_fields(values)) == values
