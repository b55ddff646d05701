"""A carrier with two addresses and a plain signature, for tests of the listener."""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import parse_qsl, urlencode

from thrumsg_tui.domain.delivery import Incoming, Report
from thrumsg_tui.domain.enums import MessageState
from thrumsg_tui.domain.media import Media
from thrumsg_tui.gateway.protocol import SpoolEntry, WebRefused, WebRequest

GATEWAY = "small"
OURS = "+14155550100"
_TOKEN = b"token"


def signature(path: str, body: bytes) -> str:
    """Sign a request."""
    return hmac.new(_TOKEN, path.encode() + body, hashlib.sha256).hexdigest()


def message(id: str, sender: str, body: str = "hello", **more: str) -> bytes:
    """The body of a request that brings a message."""
    return urlencode({"id": id, "from": sender, "to": OURS, "body": body, **more}).encode()


class SmallWebhooks:
    """Its addresses."""

    paths = ("/small/message", "/small/status")
    content_type = "text/plain"
    answer = b"thank you"

    def accept(self, request: WebRequest) -> SpoolEntry:
        """Check the signature."""
        signed = request.headers.get("x-signature", "")
        if not hmac.compare_digest(signed, signature(request.path, request.body)):
            raise WebRefused(403, "bad signature")
        fields = _fields(request.body)
        if "id" not in fields:
            raise WebRefused(400, "no id")
        return SpoolEntry(f"{request.path} {fields['id']}", request.path, request.query, request.body)

    def read(self, entry: SpoolEntry) -> Incoming | Report | None:
        """Read what it said; a body of "unreadable" cannot be."""
        fields = _fields(entry.body)
        if entry.path == "/small/status":
            return Report(fields["id"], dict(parse_qsl(entry.query)).get("k"), MessageState(fields["state"]))
        if fields.get("body") == "unreadable":
            raise ValueError("unreadable")
        media = (Media(fields["media"], "image/png"),) if "media" in fields else ()
        return Incoming(fields["id"], fields["from"], fields["to"], fields["body"], media=media, at=entry.at)


def _fields(body: bytes) -> dict[str, str]:
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True))
    except UnicodeDecodeError:
        raise WebRefused(400, "not UTF-8") from None
