"""What looks like a field in a text, and is none (docs/rules.md 7.1)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thrumsg_tui.domain.field_meanings import FIXED
from thrumsg_tui.domain.fields import render
from thrumsg_tui.domain.suspected_fields import SuspectedField, suspected_fields

CODES = (*FIXED, "polling_location", "place")
VALUES = dict.fromkeys(CODES, "Ann")


def suspected(text: str) -> list[tuple[str, str | None, bool]]:
    return [(each.written, each.meant, each.blocks) for each in suspected_fields(text, CODES)]


@pytest.mark.parametrize(
    "written",
    [
        *("{firstName}", "{first_name}", "{first name}", "{FIRST}", "{fname}", "{ first_name }", "{$first_name}"),
        *("{{first_name}}", "{{ contact.first_name }}", "{{{firstname}}}", '{{ first_name | default: "friend" }}'),
        *("{{firstname or first_name or FirstName}}", "{{recipient.first_name_or_friend}}", "{{lead.First Name}}"),
        *("[First Name]", "[first_name]", "[name]", "[[FNAME]]", "[[first_name]]", "<first_name>", "<<FirstName>>"),
        *("«FirstName»", "*|FNAME|*", "*|FNAME:there|*", "${first_name}", "#{first_name}", "@{firstName}"),
        *("{!Contact.FirstName}", "<%= first_name %>", "{% if first_name %}", "{%first_name%}", "[%first_name%]"),
        *("#first_name#", "##FNAME##", "first_name", "-FNAME-", "~first_name~", "__first_name__", ":first_name:"),
        *("$first_name$", "%(first_name)s", "&#123;first_name&#125;", "&lt;first_name&gt;", "(first name)"),
        *("%first_name", "first_name%", "$first_name", "@first_name", "#first_name", "{first_name", "%first name"),
        *("$name", "$first", "$FNAME", "$firstname", "%FirstName", "FirstName", "&first_name;", "[insert name]"),
        *("first_name", "firstName", "FNAME", "{prénom}", "{frist_name}", "%25first_name%25"),
    ],
)
def test_a_field_as_other_tools_and_fingers_write_it_is_suspected(written: str) -> None:
    assert suspected(f"Hi {written}, can we count on you?") == [(written, "first_name", False)]


@pytest.mark.parametrize(
    "written",
    [
        *("%firstName%", "%FIRSTNAME%", "%fname%", "%FNAME%", "%name%", "%frist_name%", "%contact_first_name%"),
        *("%first name%", "% first_name %", "%First Name%", "%first-name%", "%recipient.first_name%", "% first_name%"),
        *("%%first_name%%", "%Contact:FirstName%", "％first_name％", "%first_\u200bname%", "%prénom%"),
    ],
)
def test_percent_signs_around_a_known_meaning_block(written: str) -> None:
    template = f"Hi {written}, can we count on you?"
    assert suspected(template) == [(written, "first_name", True)]
    assert not render(template, VALUES).complete


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("{texterFirstName}", "sender_first_name"),
        ("{{agent.lastName}}", "sender_last_name"),
        ("[Your Name]", "sender_first_name"),
        ("{{contact.last_name}}", "last_name"),
        ("*|LNAME|*", "last_name"),
        ("%org name%", "organization"),
        ("{Organization}", "organization"),
        ("{{polling_location}}", "polling_location"),
        ("[Polling Location]", "polling_location"),
        ("{{custom.polling_location}}", "polling_location"),
        ("%polling location%", "polling_location"),
        ("%poling_location%", "polling_location"),
        ("{place}", "place"),
        ("%place", "place"),
        ("{{county}}", None),
        ("{city}", None),
        ("[phone]", None),
        ("{{1}}", None),
        ("*|MC:SUBJECT|*", None),
    ],
)
def test_which_field_was_probably_meant_is_told(written: str, meant: str | None) -> None:
    assert [(each, code) for each, code, _ in suspected(f"So {written}!")] == [(written, meant)]


@pytest.mark.parametrize(
    "text",
    [
        "Hi %first_name%, it's %sender_first_name% with %organization% at %place%.",
        "%first_name%%last_name%",
        "50% off and 20% more",
        "100% place, 5% of it",
        "20% last 30%",
        "50% place % of it",
        "{smile} [link] {} [] {{}} ${5}",
        "$5, #vote, @handle, <3, $100 - $200",
        "#place @place $place",
        "kim@first_name.org https://x.example/first_name?last_name=b",
        "Your first name and last name, please.",
        "Name: Kim. Organization: Harbor",
        "*please* _name_ ~name~ -place-",
        "[Yes] or [No], <-- here, (555) 010-0000",
        "«J'aime» le maire",
        "A/B <b>bold</b>",
        ":-) :smile: 10:30",
        "to 70%. Vote at %place%!",
        "%nobody% comes",
    ],
)
def test_what_only_has_such_signs_is_not_suspected(text: str) -> None:
    assert suspected(text) == []


def test_each_is_told_once_in_order_in_a_sentence() -> None:
    found = suspected_fields("{last} %firstName% {last} {{county}}", CODES)
    assert [each.sentence for each in found] == [
        "{last} looks like a field; %last_name% was probably meant.",
        "%firstName% is not a field, so it cannot be sent: %first_name% was probably meant.",
        "{{county}} looks like a field, and would be sent as it stands.",
    ]


def test_a_code_of_the_contacts_own_is_theirs() -> None:
    assert suspected_fields("%fname%", [*CODES, "fname"]) == ()
    assert suspected_fields("{fname}", [*CODES, "fname"]) == (SuspectedField("{fname}", "fname"),)


@given(st.text(max_size=60) | st.text("%{}[]<>*|$#@_ aFfirst.name", max_size=60))
def test_any_text_may_be_looked_at(text: str) -> None:
    for each in suspected_fields(text, CODES):
        assert each.written in text
        assert each.blocks is False or not render(text, VALUES).complete
