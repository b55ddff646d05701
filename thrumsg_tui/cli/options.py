"""The parsers of option values; each raises a sentence for a value it cannot read."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path, PosixPath
from typing import TypeVar

from thrumsg_tui.domain import hours
from thrumsg_tui.domain.enums import Status
from thrumsg_tui.domain.lazy_dataclass import dataclass

T = TypeVar("T")

_LARGEST_ID = (1 << 63) - 1
_YEARS = range(1970, 9999)
_LINK = r"https?://[^\s/]+\S*"


class InputFile(PosixPath):
    """The type of an option for a file that is read; under a forced command it is in one folder (`docs/rules.md 11.1`).

    An option of the plain type `Path` names a file of the host, which a forced command refuses.
    """


class OutputFile(PosixPath):
    """The type of an option for a file that is written; under a forced command it is in one folder."""


def value(parse: Callable[[str], T]) -> Callable[[str], T]:
    """Return an argparse type that shows the text of a ValueError to the user."""

    def parsed(text: str) -> T:
        try:
            return parse(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from error

    return parsed


def words(values: type[StrEnum]) -> list[str]:
    """Return the values of an enum as the choices of an option."""
    return [str(each) for each in values]


@value
def clock(text: str) -> int:
    """Parse a time of day; return minutes after midnight."""
    return hours.parse_clock(text)


@value
def timezone(text: str) -> str:
    """Parse the name of a time zone."""
    return hours.require_place(text)


@value
def day(text: str) -> date:
    """Parse a date."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is not a date; write it like 2026-11-03.") from None


@dataclass(frozen=True, slots=True)
class DayOrNone:
    """A date, or None to remove the stored one."""

    day: date | None


@value
def day_or_none(text: str) -> DayOrNone:
    """Parse a date, or `none`."""
    if text == "none":
        return DayOrNone(None)
    try:
        return DayOrNone(date.fromisoformat(text))
    except ValueError:
        raise ValueError(f"{text!r} is not a date; write it like 2026-11-03, or none.") from None


@value
def port(text: str) -> int:
    """Parse the number of a TCP port; 0 is any that is free."""
    if not (text.isascii() and text.isdigit() and int(text) < 1 << 16):
        raise ValueError(f"{text!r} is not a port; write a number up to 65535.")
    return int(text)


@value
def link(text: str) -> str:
    """Parse the address of a picture or another file; it is never fetched."""
    if not re.fullmatch(_LINK, text, re.IGNORECASE):
        raise ValueError(f"{text!r} is not an address; write it like https://example.org/picture.jpg.")
    return text


@value
def moment(text: str) -> datetime:
    """Parse a date and time, with or without a zone."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.year not in _YEARS:
        raise ValueError(f"{text!r} is not a time; write it like 2026-11-03T18:30 or 2026-11-03T18:30:00Z.")
    return at


@value
def status(text: str) -> Status:
    """Parse a status, with a hyphen or an underscore."""
    try:
        return Status(text.replace("-", "_"))
    except ValueError:
        raise ValueError(f"{text!r} is not a status; there are {', '.join(Status)}.") from None


@value
def identifier(text: str) -> int:
    """Parse an id, as the listings show it."""
    if not _fits(text):
        raise ValueError(f"{text!r} is not an id; the listings show them.")
    return int(text)


@value
def limit(text: str) -> int:
    """Parse how many rows to list at most; at least one, else a list would say that there are none."""
    if not (_fits(text) and int(text)):
        raise ValueError(f"{text!r} is not a number of rows; write 1 or more, or leave it out for all.")
    return int(text)


@value
def whole_number(text: str) -> int:
    """Parse a whole number of any sign; the store checks its range."""
    if not _fits(text.removeprefix("-")):
        raise ValueError(f"{text!r} is not a whole number.")
    return int(text)


@value
def workers(text: str) -> int:
    """Parse how many calls of the carrier there may be at once."""
    if not (_fits(text) and 1 <= int(text) <= 64):
        raise ValueError(f"{text!r} is not a number from 1 to 64.")
    return int(text)


@value
def column(text: str) -> tuple[str, str]:
    """Parse `FIELD=COLUMN`."""
    field, separator, header = text.partition("=")
    if not (field.strip() and separator and header.strip()):
        raise ValueError(f"{text!r} does not say FIELD=COLUMN, as in phone=Mobile.")
    return field.strip(), header.strip()


@value
def renaming(text: str) -> tuple[str, str]:
    """Parse `OLD=NEW`."""
    old, separator, new = text.partition("=")
    if not (old.strip() and separator and new.strip()):
        raise ValueError(f"{text!r} does not say OLD=NEW, as in Maybe=Undecided.")
    return old.strip(), new.strip()


def _fits(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 20 and int(text) <= _LARGEST_ID


def add_config(to: argparse.ArgumentParser) -> None:
    """Add the option that names the gateway's configuration."""
    where = "the gateway's configuration (default: THRUMSG_CONFIG, else /etc/thrumsg/gateway.toml)"
    to.add_argument("--config", type=Path, metavar="FILE", help=where)
