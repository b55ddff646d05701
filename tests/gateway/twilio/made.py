"""Configurations, messages and signed requests for the tests of Twilio."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from thrumsg_tui.domain.conversations import ConversationId, MessageId
from thrumsg_tui.domain.delivery import Outgoing
from thrumsg_tui.domain.enums import MessageKind
from thrumsg_tui.gateway.configuration import Configuration, ConfiguredNumber
from thrumsg_tui.gateway.protocol import WebRequest
from thrumsg_tui.gateway.secret import Secret
from thrumsg_tui.gateway.twilio import SECTION

ACCOUNT = "AC" + "0" * 32
TOKEN = "token"
OURS, OURS_TOO, THEIRS = "+14155550100", "+14155550101", "+12125550123"
SERVICE = "MG" + "0123456789abcdef" * 2
PUBLIC = "https://sms.example.org"
KEY = "0123456789abcdef" * 2


def configuration(api_url: str = "https://api.twilio.com", *numbers: str, **carrier: Any) -> Configuration:
    """Return a configuration with one of our numbers, or those given."""
    section = {name: key.default for name, key in SECTION.keys.items()}
    section |= {"account_sid": ACCOUNT, "auth_token": Secret(TOKEN), "api_url": api_url, **carrier}
    ours = () if section["messaging_service_sid"] and not numbers else numbers or (OURS,)
    return Configuration("twilio", section, PUBLIC, tuple(ConfiguredNumber(each) for each in ours))


def outgoing(**changes: Any) -> Outgoing:
    """Return a message that is being sent."""
    message = Outgoing(
        id=MessageId(1),
        key=KEY,
        conversation_id=ConversationId(1),
        phone=THEIRS,
        our_number=OURS,
        body="Hi Ana, can you vote on the 14th? 🗳",
        kind=MessageKind.INITIAL,
        segments=1,
        nth=1,
        tries=1,
        tried_at=datetime.now(UTC),
        valid_for=timedelta(hours=2),
    )
    return replace(message, **changes)


def web_request(
    fields: Sequence[tuple[str, str]],
    headers: Mapping[str, str],
    *,
    path: str = "/twilio/message",
    query: str = "",
    body: bytes | None = None,
) -> WebRequest:
    """Return a request as the listener hands it on."""
    sent = urlencode(fields).encode() if body is None else body
    return WebRequest(
        path, query, {"content-type": "application/x-www-form-urlencoded; charset=UTF-8", **headers}, sent
    )
