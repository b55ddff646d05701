"""Reading and hiding phone numbers (docs/rules.md 9.2, 3.20)."""

import subprocess
import sys
from random import Random

import phonenumbers
import pytest
from phonenumbers.geocoder import description_for_number

from thrumsg_tui.domain.contact_zones import state_of
from thrumsg_tui.store.phones import PhoneNumber, normalize, origin_of


@pytest.mark.parametrize(
    "spelling",
    [
        "4155550142",
        "(415) 555-0142",
        "415.555.0142",
        " 1-415-555-0142 ",
        "+1 415 555 0142",
        "+14155550142",
        "tel:+1-415-555-0142",
        "\uff14\uff11\uff15 \uff15\uff15\uff15 \uff10\uff11\uff14\uff12",
    ],
)
def test_all_spellings_of_a_number_are_one(spelling: str) -> None:
    assert normalize(spelling) == PhoneNumber("+14155550142", "(415) 555-0142")


def test_a_number_without_country_code_is_read_in_its_region() -> None:
    assert normalize("020 7946 0958", "gb") == PhoneNumber("+442079460958", "020 7946 0958")
    assert normalize("+44 20 7946 0958") == normalize("020 7946 0958", "GB")


def test_an_area_code_that_the_library_does_not_know_yet_can_be_used() -> None:
    assert normalize("(555) 223-4567").e164 == "+15552234567"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no phone number"),
        ("   ", "no phone number"),
        ("ask Maria", "'ask Maria' is not a phone number."),
        ("555-0142", "'555-0142' has no area code."),
        ("12", "'12' has too few digits for a phone number."),
        ("415 555 01422", "'415 555 01422' has too many digits for a phone number."),
        ("5" * 300, f"'{'5' * 30}…' has too many digits for a phone number."),
        ("(123) 456-7890", "'(123) 456-7890' is not a number: no area code begins with 0 or 1."),
        ("(023) 456-7890", "'(023) 456-7890' is not a number: no area code begins with 0 or 1."),
        ("(415) 555-0142 x12", "'(415) 555-0142 x12' has an extension, and an extension cannot be texted."),
        ("+999 123 4567", "'+999 123 4567' begins with a country code that no country has."),
    ],
)
def test_what_cannot_be_texted_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=r"\w") as refused:
        normalize(text)
    assert str(refused.value) == reason


def test_an_unknown_region_is_named() -> None:
    with pytest.raises(ValueError, match="'Mars' is not a region"):
        normalize("4155550142", "Mars")


def test_imports_the_module_does_not_load_the_library() -> None:
    program = "import sys, thrumsg_tui.store.phones; print('phonenumbers' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, check=True).stdout == b"False\n"


def test_the_states_of_numbers_are_those_of_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whose own way to them loads a hundred megabytes."""
    chance = Random(1)
    numbers = [
        f"+1{area}{exchange}{chance.randrange(10_000):04}"
        for area in range(200, 1000)
        for exchange in chance.sample(range(200, 1000), 3)
    ]
    places = {each: description_for_number(phonenumbers.parse(each), "en").rpartition(", ")[2] for each in numbers}
    expected = {each: state_of({"state": place}) for each, place in places.items()}
    assert len(set(expected.values())) > 50
    monkeypatch.setattr("thrumsg_tui.store.phones._ORIGINS", {})
    assert {each: origin_of(each).state for each in numbers} == expected


def test_where_a_number_is_takes_little_memory() -> None:
    look = """
import sys
from thrumsg_tui.store.phones import origin_of
assert origin_of("+12125550100").state == "NY"
assert "phonenumbers.geodata" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", look], check=True)
