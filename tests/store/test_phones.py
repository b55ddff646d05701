"""Reading and hiding phone numbers (docs/rules.md 9.2, 3.20)."""

import subprocess
import sys

import pytest

from thrumsg_tui.store.phones import PhoneNumber, normalize


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
