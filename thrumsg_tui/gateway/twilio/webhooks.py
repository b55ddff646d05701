"""The addresses that Twilio calls: incoming messages and delivery reports (`docs/rules.md 10.6`)."""

from __future__ import annotations

import logging
import re
from collections.abc import Collection, Mapping
from urllib.parse import parse_qs, parse_qsl

from thrumsg_tui.domain.delivery import Incoming, OptOutWord, Report
from thrumsg_tui.domain.enums import MessageState
from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.domain.media import Media
from thrumsg_tui.gateway.configuration import Configuration
from thrumsg_tui.gateway.protocol import SpoolEntry, WebRefused, WebRequest
from thrumsg_tui.gateway.twilio.account import CHECK_ACCOUNT, MESSAGE_PATH, RETRIES, STATUS_PATH
from thrumsg_tui.gateway.twilio.codes import OPTED_OUT, state_of, words_of_state
from thrumsg_tui.gateway.twilio.messages import carrier_confirms, code_of
from thrumsg_tui.gateway.twilio.signature import (
    HMAC_SHA1,
    Fields,
    algorithm_of,
    is_signed,
    with_and_without_port,
)

LOG = logging.getLogger("thrumsg.listen")

MOST_FIELDS = 200
_FORM = "application/x-www-form-urlencoded"
_SID = re.compile(r"(?:SM|MM)[0-9A-Fa-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
"""Twilio's or SignalWire's, of a fixed length: in what is signed nothing stands between a value and the next name, so
a longer one would be another message with the same signature."""
_STATUS = re.compile(r"[a-z_]{1,32}", re.ASCII)
_KEY = re.compile(r"[0-9a-f]{32}", re.ASCII)
_SIGNATURES = ("x-twilio-signature", "x-signalwire-signature")


class TwilioWebhooks:
    """Checks what comes in the carrier's name, and reads it."""

    paths: Collection[str] = (MESSAGE_PATH, STATUS_PATH)
    content_type = "text/xml"
    answer = b"<Response/>"
    """Tells Twilio to answer nothing: whatever we send goes through the outbox."""

    def __init__(self, configuration: Configuration) -> None:
        carrier = configuration.carrier
        if configuration.public_url is None:
            raise Refused("public_url is missing: the signatures of what the carrier sends are over it.")
        if (key := carrier["signing_key"] or carrier["auth_token"]) is None:
            raise Refused("[twilio] auth_token is missing: what the carrier sends is checked with it.")
        self._url = configuration.public_url
        self._key, self._shared_key = key, carrier["shared_key"]
        self._account, self._advanced = carrier["account_sid"], carrier["advanced_opt_out"]
        self._another_was_told = False

    def accept(self, request: WebRequest) -> SpoolEntry:
        """Check the signature, and return what the spool keeps."""
        _require_form(request.headers.get("content-type", ""))
        try:
            fields = _fields(request.body)
        except ValueError:
            raise WebRefused(400, "The form cannot be read.") from None
        first = _first(fields)
        is_check = first.get("AccountSid") == CHECK_ACCOUNT
        if not self._is_signed(request, fields):
            turned = is_check and self._is_signed(request, fields, turned=True)
            raise WebRefused(403, "The signature is wrong.", is_our_own=turned)
        sid, status = first.get("MessageSid", ""), _status(first)
        is_report = request.path == STATUS_PATH
        if not _SID.fullmatch(sid) or (is_report and not (_STATUS.fullmatch(status) and _has_no_wrong_key(request))):
            raise WebRefused(400, "The form is no message.", is_our_own=is_check)
        self._require_account(first.get("AccountSid", self._account))
        key = f"report:{sid}:{status}" if is_report else f"message:{sid}"
        return SpoolEntry(key, request.path, request.query, request.body)

    def _require_account(self, named: str) -> None:
        """Refuse what another account sends: a token signs for its own account alone (`docs/carriers.md`)."""
        if named == self._account:
            return
        if not self._another_was_told:
            LOG.warning("event=another_account account=%r ours=%r", f"…{named[-4:]}", f"…{self._account[-4:]}")
            self._another_was_told = True
        raise WebRefused(403, "It comes from another account.")

    def _is_signed(self, request: WebRequest, fields: Fields, *, turned: bool = False) -> bool:
        """Whether our key has signed a request; with `turned`, whether the signature is right from its end."""
        given = next((request.headers[name] for name in _SIGNATURES if request.headers.get(name)), "")
        given = given[::-1] if turned else given
        algorithm = algorithm_of(request.headers.get("x-twilio-webhooks-signature-settings", ""))
        key = self._key if algorithm == HMAC_SHA1 else self._shared_key
        if algorithm is None or key is None:
            return False
        url = f"{self._url}{request.path}{f'?{request.query}' if request.query else ''}"
        urls = [each + end for each in with_and_without_port(url) for end in ("", RETRIES)]
        return is_signed(key.reveal(), urls, fields, given, algorithm)

    def read(self, entry: SpoolEntry) -> Incoming | Report | None:
        """Return what an entry says."""
        first = _first(_fields(entry.body))
        return self._report(entry, first) if entry.path == STATUS_PATH else self._incoming(entry, first)

    def _incoming(self, entry: SpoolEntry, first: Mapping[str, str]) -> Incoming:
        to, body = first.get("To", ""), first.get("Body", "")
        try:
            opt_out = OptOutWord(first.get("OptOutType", "").strip().lower())
        except ValueError:
            opt_out = None
        stopped = opt_out is OptOutWord.STOP
        return Incoming(
            first["MessageSid"],
            first.get("From", ""),
            to,
            body,
            media=_media(first),
            at=entry.at,
            opt_out=opt_out,
            confirmed=stopped if self._advanced else stopped or carrier_confirms(to, body),
        )

    def _report(self, entry: SpoolEntry, first: Mapping[str, str]) -> Report | None:
        status, code = _status(first), code_of(first.get("ErrorCode"))
        if (state := state_of(status)) is None:
            return None
        key = parse_qs(entry.query).get("k", [None])[0]
        failed = state is MessageState.FAILED
        return Report(
            first["MessageSid"],
            key,
            state,
            str(code or status) if failed else None,
            words_of_state(status, code, first.get("ErrorMessage")),
            entry.at,
            first.get("From") or None,
            opted_out=failed and code == OPTED_OUT,
        )


def _require_form(content_type: str) -> None:
    kind, *parameters = (part.strip().lower() for part in content_type.split(";"))
    charset = next((part[8:].strip('"') for part in parameters if part.startswith("charset=")), "utf-8")
    if kind != _FORM or charset not in {"utf-8", "us-ascii"}:
        raise WebRefused(415, "Only forms in UTF-8 are taken.")


def _fields(body: bytes) -> list[tuple[str, str]]:
    """Read a form; `ValueError` if it is not UTF-8, has too many fields, or one without `=`."""
    text = body.decode("utf-8")
    return parse_qsl(text, keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=MOST_FIELDS)


def _first(fields: Fields) -> dict[str, str]:
    """Return the first value of each name."""
    return dict(reversed(fields))


def _has_no_wrong_key(request: WebRequest) -> bool:
    """Whether our own key of a message is whole in the query, or not there at all."""
    keys = parse_qs(request.query, keep_blank_values=True).get("k", [])
    return not keys or (len(keys) == 1 and bool(_KEY.fullmatch(keys[0])))


def _status(first: Mapping[str, str]) -> str:
    return first.get("MessageStatus") or first.get("SmsStatus", "")


def _media(first: Mapping[str, str]) -> tuple[Media, ...]:
    """Return the pictures; their number is what is there, whatever `NumMedia` says."""
    places = sorted(int(name[8:]) for name in first if re.fullmatch(r"MediaUrl\d{1,3}", name, re.ASCII))
    found = ((first[f"MediaUrl{n}"], first.get(f"MediaContentType{n}", "")) for n in places if f"MediaUrl{n}" in first)
    return tuple(Media(url, kind) for url, kind in found if url)
