"""The list of messages, with Twilio's filters and pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from tests.carrier.account import Account, Message

FILTERS = {"To", "From", "DateSent", "DateSent<", "DateSent>", "PageSize", "Page", "PageToken"}


class BadFilter(ValueError):
    """A filter that there is not, or whose value is wrong."""


def page_of_messages(account: Account, filters: Mapping[str, str]) -> dict[str, Any]:
    """Return one page of the messages that agree with the filters, newest first."""
    if unknown := set(filters) - FILTERS:
        raise BadFilter(f"Unknown filter {min(unknown)}")
    size = int(filters.get("PageSize", "50"))
    if not 1 <= size <= 1000:
        raise BadFilter("PageSize must be from 1 to 1000")
    before = filters.get("PageToken", "").removeprefix("PA")
    found = list(islice(_matching(account, filters, before), size + 1))
    page = int(filters.get("Page", "0"))
    path = f"/2010-04-01/Accounts/{account.sid}/Messages.json"
    following = None
    if len(found) > size:
        kept = {name: value for name, value in filters.items() if name not in {"Page", "PageToken"}}
        token = f"PA{found[size - 1].sid}"
        following = f"{path}?{urlencode({**kept, 'PageSize': size, 'Page': page + 1, 'PageToken': token})}"
    return {
        "messages": [account.as_json(message) for message in found[:size]],
        "page": page,
        "page_size": size,
        "start": page * size,
        "end": page * size + min(len(found), size) - 1,
        "uri": path,
        "first_page_uri": f"{path}?PageSize={size}&Page=0",
        "next_page_uri": following,
        "previous_page_uri": None,
    }


def _matching(account: Account, filters: Mapping[str, str], after: str) -> Iterator[Message]:
    passed = not after
    for message in account.newest(filters.get("To")):
        if passed and filters.get("From") in {None, message.sender} and _in_time(message, filters):
            yield message
        passed = passed or message.sid == after


def _in_time(message: Message, filters: Mapping[str, str]) -> bool:
    """Return whether a message was sent at the time that is asked for; one that still waits was at no time."""
    asked = {name: filters[name] for name in ("DateSent", "DateSent<", "DateSent>") if name in filters}
    if not asked:
        return True
    if message.sent is None:
        return False
    sent = datetime.fromtimestamp(int(message.sent), UTC)
    for name, value in asked.items():
        try:
            first = datetime.fromisoformat(value)
        except ValueError:
            raise BadFilter(f"{name} must be a date") from None
        whole_day = len(value) == len("2026-11-29")
        first = first if first.tzinfo else first.replace(tzinfo=UTC)
        last = first + timedelta(days=1) - timedelta(seconds=1) if whole_day else first
        right = {"DateSent": first <= sent <= last, "DateSent<": sent <= last, "DateSent>": sent >= first}
        if not right[name]:
            return False
    return True
