"""What Twilio sends is taken with a right signature only, as Twilio's own library makes it (`docs/rules.md 10.6`)."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from tests.gateway.twilio.made import ACCOUNT, KEY, OURS, PUBLIC, THEIRS, TOKEN, configuration, web_request
from thrumsg_tui.domain.delivery import Incoming, OptOutWord, Report
from thrumsg_tui.domain.enums import MessageState
from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.domain.media import Media
from thrumsg_tui.gateway.protocol import SpoolEntry, WebRefused, WebRequest
from thrumsg_tui.gateway.secret import Secret
from thrumsg_tui.gateway.twilio.account import RETRIES
from thrumsg_tui.gateway.twilio.webhooks import TwilioWebhooks

SHARED = "a-shared-key"
SID, SID2 = "SM" + "a1" * 16, "MM" + "0F" * 16
SHA256 = {"x-twilio-webhooks-signature-settings": "key=webhooks_sharedkey_1,algorithm=HMAC_SHA256"}
HOOKS = TwilioWebhooks(configuration(shared_key=Secret(SHARED)))
MESSAGE = [
    ("MessageSid", SID),
    ("SmsStatus", "received"),
    ("AccountSid", ACCOUNT),
    ("From", THEIRS),
    ("To", OURS),
    ("Body", "Sí, ¡claro! 🗳️ +1 & more = 100%"),
    ("NumMedia", "0"),
    ("ToCity", ""),
]
STATUS = [
    ("MessageSid", SID2),
    ("MessageStatus", "delivered"),
    ("AccountSid", ACCOUNT),
    ("To", THEIRS),
    ("From", OURS),
]
Pairs = Sequence[tuple[str, str]]


class Many:
    """Fields of which a name may occur more than once, as a web framework gives them to Twilio's library."""

    def __init__(self, fields: Pairs) -> None:
        self.fields = fields

    def __iter__(self) -> object:
        return iter([name for name, _ in self.fields])

    def __len__(self) -> int:
        return len(self.fields)

    def getall(self, name: str) -> list[str]:
        return [value for each, value in self.fields if each == name]


def signed_by_twilio(fields: Pairs, url: str, *, key: str = TOKEN, algorithm: str | None = None) -> str:
    """Return what Twilio's own library signs."""
    made: str = RequestValidator(key).compute_signature(url, Many(fields), algorithm)
    return made


def request(
    fields: Pairs = MESSAGE, *, path: str = "/twilio/message", query: str = "", url: str | None = None, **more: str
) -> WebRequest:
    """Return a request that is signed over an address, by itself its own."""
    over = url if url is not None else f"{PUBLIC}{path}{f'?{query}' if query else ''}"
    return web_request(fields, {"x-twilio-signature": signed_by_twilio(fields, over), **more}, path=path, query=query)


def refused(wrong: WebRequest, hooks: TwilioWebhooks = HOOKS) -> int:
    with pytest.raises(WebRefused) as found:
        hooks.accept(wrong)
    return found.value.status


def test_a_signed_message_is_kept_as_it_came() -> None:
    taken = request()
    assert HOOKS.accept(taken) == SpoolEntry(f"message:{SID}", "/twilio/message", "", taken.body)


def test_a_signed_report_is_kept_under_its_id_and_status() -> None:
    taken = request(STATUS, path="/twilio/status", query=f"k={KEY}")
    assert HOOKS.accept(taken) == SpoolEntry(f"report:{SID2}:delivered", "/twilio/status", f"k={KEY}", taken.body)


@pytest.mark.parametrize("port", ["", ":443"])
def test_the_port_may_be_in_what_is_signed_or_not(port: str) -> None:
    HOOKS.accept(request(url=f"{PUBLIC}{port}/twilio/message"))


def test_the_port_of_the_public_address_may_be_left_out_of_what_is_signed() -> None:
    hooks = TwilioWebhooks(replace(configuration(), public_url="https://sms.example.org:8443/in"))
    for url in ("https://sms.example.org:8443/in/twilio/message", "https://sms.example.org/in/twilio/message"):
        hooks.accept(request(url=url))
    assert refused(request(url="https://sms.example.org:8444/in/twilio/message"), hooks) == 403


def test_what_asks_for_retries_may_be_in_what_is_signed() -> None:
    """Twilio does not say whether it signs what stands after `#`."""
    HOOKS.accept(request(url=f"{PUBLIC}/twilio/message{RETRIES}"))


@pytest.mark.parametrize(
    "url",
    [
        "http://sms.example.org/twilio/message",
        "https://example.org/twilio/message",
        "https://sms.example.org/twilio/status",
        "https://sms.example.org/twilio/message?a=b",
        "https://sms.example.org/twilio/message/",
        "/twilio/message",
        "",
    ],
)
def test_a_signature_over_another_address_is_refused(url: str) -> None:
    assert refused(request(url=url)) == 403


def test_no_header_of_the_request_changes_the_address() -> None:
    forged = request(url="https://evil.example.org/twilio/message", host="evil.example.org")
    forged.headers["x-forwarded-host"] = "evil.example.org"  # type: ignore[index]
    assert refused(forged) == 403


def test_another_token_or_no_signature_is_refused() -> None:
    other = signed_by_twilio(MESSAGE, f"{PUBLIC}/twilio/message", key="another")
    assert refused(web_request(MESSAGE, {"x-twilio-signature": other})) == 403
    assert refused(web_request(MESSAGE, {"x-twilio-signature": ""})) == 403
    assert refused(web_request(MESSAGE, {})) == 403
    assert refused(web_request(MESSAGE, {"x-twilio-signature": "é" * 28})) == 403


def test_a_shared_key_signs_with_sha256() -> None:
    url = f"{PUBLIC}/twilio/message"
    right = signed_by_twilio(MESSAGE, url, key=SHARED, algorithm="HMAC_SHA256")
    HOOKS.accept(web_request(MESSAGE, {"x-twilio-signature": right, **SHA256}))
    assert refused(web_request(MESSAGE, {"x-twilio-signature": right})) == 403
    with_token = signed_by_twilio(MESSAGE, url, algorithm="HMAC_SHA256")
    assert refused(web_request(MESSAGE, {"x-twilio-signature": with_token, **SHA256})) == 403
    other = {"x-twilio-webhooks-signature-settings": "key=1,algorithm=HMAC_MD5"}
    assert refused(web_request(MESSAGE, {"x-twilio-signature": right, **other})) == 403
    assert refused(web_request(MESSAGE, {"x-twilio-signature": signed_by_twilio(MESSAGE, url), **other})) == 403
    without = TwilioWebhooks(configuration())
    assert refused(web_request(MESSAGE, {"x-twilio-signature": right, **SHA256}), without) == 403


def test_a_carrier_with_another_header_and_key_is_understood() -> None:
    """SignalWire."""
    hooks = TwilioWebhooks(configuration(signing_key=Secret("signing")))
    right = signed_by_twilio(MESSAGE, f"{PUBLIC}/twilio/message", key="signing")
    hooks.accept(web_request(MESSAGE, {"x-signalwire-signature": right}))
    assert refused(request(), hooks) == 403


FIELDS = st.lists(
    st.tuples(
        st.text(st.characters(exclude_categories=["Cs"]), min_size=1), st.text(st.characters(exclude_categories=["Cs"]))
    ),
    max_size=12,
)
"""Names may repeat; values may be blank."""
QUERY = st.text("abcdef0123456789=&%+", max_size=20)


@given(FIELDS, QUERY, st.sampled_from(["", ":443"]), st.booleans())
def test_whatever_twilio_signs_is_taken(more: Pairs, query: str, port: str, shared: bool) -> None:
    fields = [("MessageSid", SID), *more]
    url = f"{PUBLIC}{port}/twilio/message{f'?{query}' if query else ''}"
    key, algorithm = (SHARED, "HMAC_SHA256") if shared else (TOKEN, None)
    headers = {"x-twilio-signature": signed_by_twilio(fields, url, key=key, algorithm=algorithm)}
    taken = web_request(fields, headers | (SHA256 if shared else {}), query=query)
    assert HOOKS.accept(taken).key == f"message:{SID}"


@given(st.data())
def test_every_changed_byte_is_refused(data: st.DataObject) -> None:
    """Of the body, the query and the signature; a byte that leaves the form's content as it was changes nothing."""
    right = request(STATUS, path="/twilio/status", query=f"k={KEY}")
    HOOKS.accept(right)
    part = data.draw(st.sampled_from(["body", "query", "signature"]))
    text = {
        "body": right.body,
        "query": right.query.encode(),
        "signature": right.headers["x-twilio-signature"].encode(),
    }
    place = data.draw(st.integers(0, len(text[part]) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda one: one != text[part][place]))
    changed = text[part][:place] + bytes([byte]) + text[part][place + 1 :]
    wrong = {
        "body": replace(right, body=changed),
        "query": replace(right, query=changed.decode("latin-1")),
        "signature": replace(right, headers={**right.headers, "x-twilio-signature": changed.decode("latin-1")}),
    }[part]
    if part == "body" and _content(changed) == _content(right.body):
        return
    assert refused(wrong) in {400, 403}


def _content(body: bytes) -> object:
    try:
        return sorted(set(parse_qsl(body.decode(), keep_blank_values=True, errors="strict")))
    except ValueError:
        return None


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "", "multipart/form-data; boundary=x"])
def test_only_forms_are_taken(kind: str) -> None:
    assert refused(replace(request(), headers={"content-type": kind})) == 415


def test_a_form_in_another_encoding_is_refused() -> None:
    other = {"content-type": "application/x-www-form-urlencoded; charset=latin-1"}
    assert refused(replace(request(), headers={**request().headers, **other})) == 415


@pytest.mark.parametrize("body", [b"MessageSid=SM1&Body=\xff", b"MessageSid=SM1&Body=%ff", b"a=1&" * 201])
def test_a_form_that_cannot_be_read_is_refused(body: bytes) -> None:
    assert refused(web_request([], {}, body=body)) == 400


def test_two_hundred_fields_are_taken() -> None:
    fields = [("MessageSid", SID), *((f"New{n}", str(n)) for n in range(199))]
    HOOKS.accept(request(fields))
    assert refused(request([*fields, ("One", "more")])) == 400


@pytest.mark.parametrize("sid", ["", "../x", "SM1", f"{SID}0", f"XX{SID[2:]}", f"{SID}\n"])
def test_a_signed_form_without_a_message_is_refused(sid: str) -> None:
    assert refused(request([("MessageSid", sid)])) == 400
    assert refused(request([("To", OURS)])) == 400


def test_a_report_without_a_status_is_refused() -> None:
    assert refused(request([("MessageSid", SID)], path="/twilio/status")) == 400


@pytest.mark.parametrize("query", ["k=", "k=XYZ", f"k={KEY}0", f"k={KEY}&k={KEY}", f"k={KEY}AccountSid{ACCOUNT}"])
def test_a_report_with_a_key_that_is_none_of_ours_is_refused(query: str) -> None:
    assert refused(request(STATUS, path="/twilio/status", query=query)) == 400


def merged(fields: Pairs, name: str, other: str) -> Pairs:
    """Return fields of which two are one: what is signed has nothing between them, so their signature is the same."""
    values = dict(fields)
    kept = [pair for pair in fields if pair[0] not in {name, other}]
    return [*kept, (name, f"{values[name]}{other}{values[other]}")]


@pytest.mark.parametrize("other", ["NumMedia", "MessagingServiceSid"])
def test_a_message_is_no_other_one_when_its_fields_are_merged(other: str) -> None:
    """Else whoever has seen a START could say it again in the contact's name."""
    fields = [*MESSAGE, *([("MessagingServiceSid", "MG1")] if other == "MessagingServiceSid" else [])]
    genuine = request(fields)
    HOOKS.accept(genuine)
    forged = web_request(merged(fields, "MessageSid", other), genuine.headers)
    assert refused(forged) == 400


@pytest.mark.parametrize("status", ["MessageStatus", "SmsStatus"])
@pytest.mark.parametrize("with_id", [True, False])
def test_a_report_is_no_other_one_when_its_fields_are_merged(status: str, with_id: bool) -> None:
    fields = [(status if name == "MessageStatus" else name, value) for name, value in STATUS]
    genuine = request(fields, path="/twilio/status")
    HOOKS.accept(genuine)
    changed = merged(fields, "MessageSid", status) if with_id else merged(fields, status, "To")
    assert refused(web_request(changed, genuine.headers, path="/twilio/status")) == 400


@pytest.mark.parametrize(("fields", "path"), [(MESSAGE, "/twilio/message"), (STATUS, "/twilio/status")])
def test_what_another_account_sends_is_refused_and_said_once(
    fields: Pairs, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Also where it is signed with our token: neither its messages nor its reports are our business."""
    hooks = TwilioWebhooks(configuration())
    others = [(name, "AC" + "9" * 32 if name == "AccountSid" else value) for name, value in fields]
    assert [refused(request(others, path=path), hooks) for _ in range(2)] == [403, 403]
    [said] = [each.getMessage() for each in caplog.records]
    assert said == "event=another_account account='…9999' ours='…0000'"


def test_a_carrier_that_does_not_say_which_account_it_is_may_be_ours() -> None:
    nameless = [pair for pair in MESSAGE if pair[0] != "AccountSid"]
    assert HOOKS.accept(request(nameless)).key == f"message:{SID}"


def test_the_ids_of_other_carriers_are_taken() -> None:
    """SignalWire's."""
    sid = "b3877c40-da60-4998-90ad-b792e98472af"
    assert HOOKS.accept(request([("MessageSid", sid)])).key == f"message:{sid}"


@pytest.mark.parametrize("body", [b"MessageSid=1&Body", b"MessageSid=1&&Body=", b"BodyHi"])
def test_a_field_without_a_value_is_refused(body: bytes) -> None:
    assert refused(web_request([], {}, body=body)) == 400


def test_every_byte_that_is_left_out_is_noticed() -> None:
    right = request()
    for place in range(len(right.body)):
        changed = right.body[:place] + right.body[place + 1 :]
        if _content(changed) != _content(right.body):
            assert refused(replace(right, body=changed)) in {400, 403}, changed


def test_an_address_or_a_token_is_needed() -> None:
    with pytest.raises(Refused, match="public_url is missing"):
        TwilioWebhooks(replace(configuration(), public_url=None))
    with pytest.raises(Refused, match="auth_token is missing"):
        TwilioWebhooks(configuration(auth_token=None))


def test_of_a_name_that_is_repeated_the_first_counts() -> None:
    assert HOOKS.accept(request([("MessageSid", SID), ("MessageSid", SID2)])).key == f"message:{SID}"


# ---------------------------------------------------------------- what they say


def read(fields: Pairs, *, path: str = "/twilio/message", query: str = "", advanced: bool = False) -> object:
    hooks = TwilioWebhooks(configuration(advanced_opt_out=advanced))
    entry = hooks.accept(request(fields, path=path, query=query))
    return hooks.read(replace(entry, at=datetime(2026, 11, 29, tzinfo=UTC)))


def incoming(*fields: tuple[str, str], to: str = OURS, advanced: bool = False) -> Incoming:
    found = read([("MessageSid", SID), ("From", THEIRS), ("To", to), *fields], advanced=advanced)
    assert isinstance(found, Incoming)
    return found


def test_a_message_is_read() -> None:
    at = datetime(2026, 11, 29, tzinfo=UTC)
    assert read(MESSAGE) == Incoming(SID, THEIRS, OURS, "Sí, ¡claro! 🗳️ +1 & more = 100%", at=at)


def test_pictures_are_read_and_the_text_may_be_empty() -> None:
    found = incoming(
        ("Body", ""),
        ("NumMedia", "2"),
        ("MediaUrl0", "https://api.twilio.com/ME0"),
        ("MediaContentType0", "image/jpeg"),
        ("MediaUrl1", "https://api.twilio.com/ME1"),
        ("MediaContentType1", "video/mp4"),
    )
    assert found.body == ""
    assert found.media == (
        Media("https://api.twilio.com/ME0", "image/jpeg"),
        Media("https://api.twilio.com/ME1", "video/mp4"),
    )


@pytest.mark.parametrize("sender", ["32665", "BANK", ""])
def test_senders_that_cannot_be_dialled_are_given_as_they_are(sender: str) -> None:
    found = read([("MessageSid", SID), ("From", sender), ("To", OURS), ("Body", "Your code")])
    assert isinstance(found, Incoming)
    assert found.sender == sender


@pytest.mark.parametrize(
    ("to", "body", "confirmed"),
    [
        (OURS, "STOP", True),
        (OURS, " stop\n", True),
        (OURS, "Revoke", True),
        (OURS, "STOP PLEASE", False),
        (OURS, "opt out", False),
        (OURS, "STOP.", False),
        (OURS, "hello", False),
        ("+18445550100", "stop", True),
        ("+18445550100", "UNSUBSCRIBE", False),
        ("32665", "STOP", False),
    ],
)
def test_the_carriers_own_words_are_confirmed_by_the_carrier(to: str, body: str, confirmed: bool) -> None:
    """`docs/rules.md 10.9`: toll-free numbers are answered by the network, short codes by nobody."""
    assert incoming(("Body", body), to=to).confirmed is confirmed


def test_advanced_opt_out_says_itself_what_it_answers() -> None:
    found = incoming(("Body", "no más"), ("OptOutType", "STOP"), advanced=True)
    assert (found.opt_out, found.confirmed) == (OptOutWord.STOP, True)
    found = incoming(("Body", "CANCEL"), advanced=True)
    assert (found.opt_out, found.confirmed) == (None, False)
    found = incoming(("Body", "help"), ("OptOutType", "HELP"), advanced=True)
    assert (found.opt_out, found.confirmed) == (OptOutWord.HELP, False)
    assert incoming(("Body", "x"), ("OptOutType", "SIDEWAYS")).opt_out is None


def report(*fields: tuple[str, str], query: str = f"k={KEY}") -> Report | None:
    found = read([("MessageSid", SID2), ("From", OURS), *fields], path="/twilio/status", query=query)
    assert found is None or isinstance(found, Report)
    return found


def test_a_report_names_the_message_by_both_keys() -> None:
    at = datetime(2026, 11, 29, tzinfo=UTC)
    assert report(("MessageStatus", "delivered")) == Report(SID2, KEY, MessageState.DELIVERED, at=at, our_number=OURS)


@pytest.mark.parametrize("query", ["", "q=1"])
def test_a_report_may_have_no_key_of_ours(query: str) -> None:
    found = report(("MessageStatus", "sent"), query=query)
    assert found is not None
    assert (found.key, found.state) == (None, MessageState.SENT)


def test_a_failure_has_its_code_and_words() -> None:
    found = report(("MessageStatus", "undelivered"), ("ErrorCode", "30005"))
    assert found is not None
    assert (found.state, found.code, found.words) == (MessageState.FAILED, "30005", "The number is not in use.")
    found = report(("MessageStatus", "failed"))
    assert found is not None
    assert (found.code, found.words) == ("failed", "The carrier gives no reason.")


def test_a_report_that_the_contact_said_stop_opts_out() -> None:
    found = report(("MessageStatus", "failed"), ("ErrorCode", "21610"))
    assert found is not None
    assert found.opted_out


@pytest.mark.parametrize(
    "fields",
    [[("MessageStatus", "received")], [("MessageStatus", "new")]],
)
def test_a_report_that_is_not_our_business_says_nothing(fields: list[tuple[str, str]]) -> None:
    assert report(*fields) is None


def test_what_only_listens_loads_no_client() -> None:
    loads = (
        "import sys; from tests.gateway.twilio.made import configuration;"
        "from thrumsg_tui.gateway.twilio import open_webhooks; open_webhooks(configuration());"
        "sys.exit('urllib3' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", loads], cwd=Path(__file__).parents[3], check=False).returncode == 0
