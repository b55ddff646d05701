"""What is looked at in a script before it goes out (docs/rules.md 7)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thrumsg_tui.domain.fields import render
from thrumsg_tui.domain.script_check import Check, check_initial, check_script

VALUES = {"first_name": "Ann", "last_name": "", "organization": "Harbor Votes", "place": "Hall"}
GOOD = "Hi %first_name%, it's Kim with %organization%. Reply STOP to end."

SENDER, WAY_OUT, KNOWN, FILLED_IN, LENGTH, ENCODING = range(6)


def checks(template: str, organization: str = "Harbor Votes", **values: str) -> tuple[Check, ...]:
    known = VALUES | {"organization": organization} | values
    return check_initial(template, render(template, known), known, organization)


def test_a_good_script_passes_everything() -> None:
    assert [each.fit for each in checks(GOOD)] == [True] * 6
    assert [each.sentence for each in checks(GOOD)] == [
        "It says who is writing: Harbor Votes.",
        "It says how to opt out.",
        "Its fields are known.",
        "This contact has a value for every field.",
        "1 segment.",
        "GSM-7, 54 of 160 characters.",
    ]


def test_an_empty_script_is_told_so() -> None:
    said = checks("")
    assert [each.fit for each in said] == [False, False, True, True, False, True]
    assert said[LENGTH].sentence == "It is empty, so it cannot be sent."


def test_other_scripts_are_not_asked_who_is_writing_or_how_to_opt_out() -> None:
    example = render(GOOD, VALUES)
    assert check_script(GOOD, example, VALUES) == checks(GOOD)[KNOWN:]


# Who is writing


@pytest.mark.parametrize(
    ("template", "organization", "says"),
    [
        ("It's %organization%", "Harbor Votes", True),
        ("It's %ORGANIZATION%", "Harbor Votes", True),
        ("It's HARBOR  votes!", "Harbor Votes", True),
        ("Con Elección", "eleccion", True),
        ("It's Harbor", "Harbor Votes", False),
        ("It's the ACLUs", "ACLU", False),
        ("It's C++ (you know)", "C++", True),
        ("It's us", "", False),
    ],
)
def test_a_script_says_who_is_writing(template: str, organization: str, says: bool) -> None:
    assert checks(template, organization)[SENDER].fit is says


def test_an_organization_without_a_name_is_noticed() -> None:
    said = checks("It's %organization%", "")
    assert said[SENDER].sentence == "%organization% is empty: give the organization a name in its settings."
    assert [each.sentence for each in said].count(said[SENDER].sentence) == 1
    reply = check_script("It's %organization%", render("It's %organization%", {"organization": ""}), ["organization"])
    assert said[SENDER] in reply


# The way out


@pytest.mark.parametrize(
    "words",
    [
        "Reply STOP to end.",
        "Text STOP to opt-out",
        "txt stop 2 quit",
        "STOP=end",
        "Stop2End",
        "stop2quit",
        "reply 'STOP' any time",
        "Reply “STOP”",
        "reply STOP\nthanks",
        "Opt out: STOP",
        "(STOP to unsubscribe)",
        "Msg rates apply. Reply STOP or HELP",
        "Responde STOP para cancelar",
        "Envíe STOP",
        "Responde ALTO",
        "Répondez ARRÊT pour vous désabonner",
        "Reply back with STOP",
    ],
)
def test_a_script_says_how_to_opt_out(words: str) -> None:
    assert checks(words)[WAY_OUT].fit


@pytest.mark.parametrize(
    "words",
    [
        "Stop by our office!",
        "We have to STOP this terrible bill",
        "Text STOP THE BILL to 12345",
        "Can you stop by?",
        "Don't stop - quit complaining",
        "Reply if you'd like to stop by",
        "You can opt out",
        "Reply FIN",  # which opts nobody out (docs/rules.md 5.3)
        "Reply YES",
    ],
)
def test_other_words_with_stop_in_them_do_not(words: str) -> None:
    assert not checks(words)[WAY_OUT].fit


# Fields


def test_fields_that_nobody_has_and_fields_without_a_value_are_named() -> None:
    said = checks("%first_name% %nobody% %Last_Name% %NOBODY% %other%")
    assert said[KNOWN].sentence == "%nobody%, %other%: no contact has this field, so it cannot be sent."
    assert said[FILLED_IN].sentence == "%last_name%: this contact has no value, so to them it cannot be sent."
    assert not said[KNOWN].fit
    assert not said[FILLED_IN].fit


def test_a_percent_sign_is_no_field() -> None:
    assert checks("50% off, 100%")[KNOWN] == Check(True, "It has no fields.")


# Length and encoding


@pytest.mark.parametrize(
    ("template", "fit", "sentence"),
    [
        ("x" * 160, True, "1 segment."),
        ("x" * 161, False, "2 segments: each contact costs 2 messages."),
        ("x" * 153 * 9, False, "9 segments: each contact costs 9 messages."),
        ("x" * (153 * 9 + 1), False, "10 segments: 9 is the most, so it cannot be sent."),
        ("%place%", False, "2 segments: each contact costs 2 messages."),
    ],
)
def test_the_segments_are_those_of_the_example(template: str, fit: bool, sentence: str) -> None:
    assert checks(template, place="x" * 161)[LENGTH] == Check(fit, sentence)


def test_lookalikes_that_force_unicode_are_named_with_their_remedy() -> None:
    said = checks("It’s Kim – hi")[ENCODING]
    assert not said.fit
    assert said.sentence == (
        "Unicode because of ’ (curly apostrophe), – (en dash): 70 characters a segment in place of 160; "
        "plain look-alikes would do."
    )


def test_no_remedy_is_promised_where_an_emoji_stays() -> None:
    assert checks("It’s Kim 🗳")[ENCODING].sentence == (
        "Unicode because of ’ (curly apostrophe), 🗳: 70 characters a segment in place of 160."
    )


def test_what_comes_from_the_contact_is_not_blamed_on_the_script() -> None:
    assert checks("Hi %first_name%", first_name="Zoë")[ENCODING].sentence == (
        "Unicode because of ë in what is filled in for this contact: 70 characters a segment in place of 160."
    )


def test_only_the_first_few_characters_are_named() -> None:
    assert "а, б, в, г, д and 3 more" in checks("абвгдежз")[ENCODING].sentence


@given(st.text(max_size=400), st.text(max_size=20))
def test_any_text_gives_the_same_checks_in_the_same_order(template: str, organization: str) -> None:
    said = checks(template, organization.strip())
    assert len(said) == 6
    assert all(each.sentence for each in said)
