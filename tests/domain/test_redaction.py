"""Hiding phone numbers (docs/rules.md 3.20)."""

from __future__ import annotations

import pytest

from thrumsg_tui.domain.redaction import PhoneDisplay, redacted

HIDING = PhoneDisplay(redacts=True, ascii_only=True)


def test_redacting_hides_all_digits_but_the_last_two() -> None:
    assert redacted("(415) 555-0142") == "(•••) •••-••42"
    assert redacted("+14155550142", ascii_only=True) == "+*********42"


@pytest.mark.parametrize(
    ("sentence", "shown"),
    [
        ("+14155550142 is not opted out.", "+*********42 is not opted out."),
        ("asked by phone, from (415) 555-0142", "asked by phone, from (***) ***-**42"),
        ("his number: 415.555.0142", "his number: ***.***.**42"),
        ("4155550142", "********42"),
        ("1 415-555-0142, twice", "* ***-***-**42, twice"),
        ("+44 20 7946 0018", "+** ** **** **18"),
        ("call 555-0142", "call ***-**42"),
        ("'+1 (415) 555-0142'", "'+* (***) ***-**42'"),
        ("Tel.4155550142, fax-4155550142, mobile4155550142", "Tel.********42, fax-********42, mobile********42"),
        ("415 - 555 - 0142 or 415/555-0142", "*** - *** - **42 or ***/***-**42"),
        ("415\u2013555\u20130142, 415\u2011555\u20110142", "***\u2013***\u2013**42, ***\u2011***\u2011**42"),
        ("call 01.23.45.67.89", "call **.**.**.**.89"),
        ("415\u00a0555\u00a00142", "***\u00a0***\u00a0**42"),
    ],
)
def test_numbers_in_a_sentence_are_hidden_in_any_spelling(sentence: str, shown: str) -> None:
    assert HIDING.text(sentence) == shown
    assert PhoneDisplay(redacts=False).text(sentence) == sentence


@pytest.mark.parametrize(
    "sentence",
    [
        "opted out already, since 2026-11-24 11:45 UTC.",
        "since 2026-11-24T11:45:00Z",
        "moved 100000 conversations, 99 were skipped",
        "Undo with: thrumsg undo 123456",
        "2026-11-24 1 conversation, 2026-11-25 12",
        "at 10:02, 24 Nov 2026",
        "on 11/24/2026 11:45, or 24.11.2026 11:45",
    ],
)
def test_dates_and_counts_stay(sentence: str) -> None:
    assert HIDING.text(sentence) == sentence
