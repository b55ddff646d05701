"""The lines that thrumsg and a carrier's program write to each other: JSON, UTF-8, one object a line.

docs/carrier-programs.md describes them for who writes such a program.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, timedelta
from typing import Any

from thrumsg_tui.domain.delivery import (
    Accepted,
    Doubt,
    Incoming,
    NotNow,
    OptOutWord,
    Outcome,
    Outgoing,
    Rejected,
    Report,
    Scope,
    Trace,
)
from thrumsg_tui.domain.enums import MessageState
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.media import Media
from thrumsg_tui.gateway.command_fields import (
    BadLine,
    flag_of,
    id_of,
    object_of,
    one_of,
    optional_text,
    seconds_of,
    text_of,
    time_of,
)

LONGEST_LINE = 64 * 1024
"""Bytes, with the line's end."""

STORED_AT_ONCE = 3
"""So few of the longest ids make a line that a pipe takes as a whole or not at all (4,096 bytes)."""

_REPORTED = {state.value: state for state in (MessageState.SENT, MessageState.DELIVERED, MessageState.FAILED)}


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a message that was handed over."""

    id: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Found:
    """The program's answer to a question; no traces if the carrier cannot be asked, with the words why."""

    key: str
    traces: tuple[Trace, ...] | None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """Something that the carrier told by itself, and the name by which the program is told that it is stored."""

    news: Incoming | Report
    id: str | None


@dataclass(frozen=True, slots=True)
class Log:
    """Something for our log."""

    words: str


Line = Result | Found | Told | Log


# To the program


def try_id(message: Outgoing) -> str:
    """Return the name of one try to send a message; the program repeats it in its result."""
    return f"{message.id}.{message.tries}"


def send_line(message: Outgoing) -> bytes:
    """Return the line that hands a message over."""
    return _line(
        send={
            "id": try_id(message),
            "key": message.key,
            "to": message.phone,
            "from": message.our_number,
            "body": message.body,
            "media": [{"url": each.url, "type": each.type, "size": each.size} for each in message.media],
            "valid_for": int(message.valid_for.total_seconds()),
        }
    )


def find_line(message: Outgoing) -> bytes:
    """Return the line that asks what became of a message."""
    return _line(
        find={
            "key": message.key,
            "to": message.phone,
            "from": message.our_number,
            "body": message.body,
            "since": message.tried_at.astimezone(UTC).isoformat(timespec="seconds"),
        }
    )


def stored_line(ids: Sequence[str]) -> bytes:
    """Return the line that says which incoming messages and reports are stored."""
    return _line(stored=list(ids))


def _line(**said: object) -> bytes:
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace") + b"\n"


# From the program


def read_line(line: bytes) -> Line:
    """Return what a line says.

    A result whose outcome cannot be read is a `Result` in doubt: the message may have left.

    Raises:
        BadLine: The line is no object of the described form.
    """
    if len(line) > LONGEST_LINE:
        raise BadLine(f"it is longer than {LONGEST_LINE} bytes")
    try:
        said = json.loads(line.decode())
    except (ValueError, RecursionError):
        raise BadLine("it is not JSON in UTF-8") from None
    if not isinstance(said, dict):
        raise BadLine("it is not an object")
    for name, read in _READERS.items():
        if name in said:
            return read(said)
    raise BadLine("it has none of result, found, incoming, report and log")


def _result(said: Mapping[str, Any]) -> Result:
    id = text_of(said, "result")
    try:
        return Result(id, _outcome(said))
    except BadLine as bad:
        return Result(id, Doubt(f"The carrier's program gave an answer that cannot be read: {bad}."))


def _outcome(said: Mapping[str, Any]) -> Outcome:
    given = [name for name in ("accepted", "refused", "not_now", "doubt") if name in said]
    if len(given) != 1:
        raise BadLine("a result has one of accepted, refused, not_now and doubt")
    if given == ["doubt"]:
        return Doubt(text_of(said, "doubt"))
    value = said[given[0]]
    if not isinstance(value, dict):
        raise BadLine(f"{given[0]} is an object")
    match given[0]:
        case "accepted":
            return Accepted(id_of(value, "provider_id"), optional_text(value, "from"))
        case "refused":
            return Rejected(text_of(value, "code"), text_of(value, "words"), flag_of(value, "opted_out"))
        case _:
            return NotNow(
                timedelta(seconds=seconds_of(value, "after")),
                one_of(value, "scope", {scope.value: scope for scope in Scope}, Scope.MESSAGE),
                optional_text(value, "words") or "The carrier put it off.",
                flag_of(value, "broken"),
                optional_text(value, "code"),
            )


def _found(said: Mapping[str, Any]) -> Found:
    key = text_of(said, "found")
    if "cannot_tell" in said:
        return Found(key, None, text_of(said, "cannot_tell"))
    messages = said.get("messages")
    if not isinstance(messages, list) or not all(isinstance(each, dict) for each in messages):
        return Found(key, None, "the answer of the carrier's program has no list of messages")
    try:
        traces = tuple(_trace(each) for each in messages)
    except BadLine as bad:
        return Found(key, None, f"the answer of the carrier's program cannot be read: {bad}")
    return Found(key, traces)


def _trace(said: Mapping[str, Any]) -> Trace:
    provider_id = id_of(said, "provider_id")
    if provider_id is None:
        raise BadLine("a message has a provider_id")
    return Trace(
        provider_id,
        one_of(said, "state", _REPORTED, MessageState.SENT),
        optional_text(said, "from"),
        time_of(said, "at"),
        optional_text(said, "code"),
        optional_text(said, "words"),
    )


def _incoming(said: Mapping[str, Any]) -> Told:
    given = object_of(said, "incoming")
    provider_id = id_of(given, "provider_id")
    sender = optional_text(given, "from")
    if not provider_id or not sender:
        raise BadLine("an incoming message has provider_id and from")
    body, media = given.get("body", ""), given.get("media", [])
    if not isinstance(body, str) or not isinstance(media, list):
        raise BadLine("the body is a text and media is a list")
    words = {word.value: word for word in OptOutWord}
    incoming = Incoming(
        provider_id,
        sender,
        optional_text(given, "to") or "",
        body,
        tuple(_medium(each) for each in media),
        time_of(given, "at"),
        one_of(given, "opt_out", words, None),
        flag_of(given, "confirmed"),
    )
    return Told(incoming, provider_id)


def _medium(said: object) -> Media:
    if not isinstance(said, dict):
        raise BadLine("each of media is an object")
    size = said.get("size")
    if size is not None and (not isinstance(size, int) or isinstance(size, bool) or size < 0):
        raise BadLine("size is a number of bytes")
    return Media(text_of(said, "url"), optional_text(said, "type") or "application/octet-stream", size)


def _report(said: Mapping[str, Any]) -> Told:
    given = object_of(said, "report")
    provider_id, key = id_of(given, "provider_id"), id_of(given, "key")
    state = one_of(given, "state", _REPORTED, None)
    if not (provider_id or key) or state is None:
        raise BadLine("a report has a state, and a key or a provider_id")
    report = Report(
        provider_id,
        key,
        state,
        optional_text(given, "code"),
        optional_text(given, "words"),
        time_of(given, "at"),
        optional_text(given, "from"),
        flag_of(given, "opted_out"),
    )
    return Told(report, id_of(given, "id"))


def _log(said: Mapping[str, Any]) -> Log:
    return Log(text_of(said, "log"))


_READERS: dict[str, Callable[[Mapping[str, Any]], Line]] = {
    "result": _result,
    "found": _found,
    "incoming": _incoming,
    "report": _report,
    "log": _log,
}
