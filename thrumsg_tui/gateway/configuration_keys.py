"""The keys of a section of the configuration: how each value is read, and what is said about a wrong one."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from thrumsg_tui.domain.configured_values import full_name, unknown_key
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.gateway.configuration import Configuration
from thrumsg_tui.gateway.secret import read_secret

_LABEL = re.compile(r"[A-Za-z0-9_-]{1,128}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a section."""

    read: Callable[[Any], Any]
    """Returns the value to use; raises `ValueError` with what is expected, without the value: it may be a secret."""
    required: bool = False
    default: Any = None


@dataclass(frozen=True, slots=True)
class Section:
    """The section of a carrier, which has the carrier's name."""

    keys: Mapping[str, Key]
    complete: Callable[[Configuration], Configuration] = lambda configuration: configuration
    """Checks what several keys say together, and returns the configuration with what follows from it.

    A fault is a `ValueError` with a sentence.
    """


class WrongKey(ValueError):
    """A key that is unknown, missing or wrong; the sentence names it."""


def read_section(name: str, table: object, keys: Mapping[str, Key]) -> dict[str, Any]:
    """Return the values of a section, with the defaults of what is not given.

    Args:
        name: The section's name; empty for the keys above all sections.
        table: What stands in the file.
        keys: The keys that it may have.

    Raises:
        WrongKey: A key is unknown, missing or wrong.
    """
    if not isinstance(table, Mapping):
        raise WrongKey(f"[{name}] must be a section")
    refuse_unknown(name, table, keys)
    return {key: _value(full_name(name, key), table.get(key), rule) for key, rule in keys.items()}


def refuse_unknown(name: str, table: Mapping[str, Any], known: Mapping[str, object]) -> None:
    """Raise `WrongKey` for the first key that is not known, with the nearest one that is."""
    for key in table:
        if key not in known:
            raise WrongKey(unknown_key(key, name, known))


def _value(full: str, given: Any, rule: Key) -> Any:
    if given is None:
        if rule.required:
            raise WrongKey(f"{full} is missing.")
        return rule.default
    try:
        return rule.read(given)
    except ValueError as error:
        sentence = f"{full}: {error}"
        raise WrongKey(sentence if sentence.endswith("?") else f"{sentence}.") from None


def text(value: Any) -> str:
    """Read a text that is not empty."""
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise ValueError("a text in quotes is expected")
    return value


def label(value: Any) -> str:
    """Read the name of something at the carrier: letters, digits, hyphens and underscores."""
    if not isinstance(value, str) or not _LABEL.fullmatch(value):
        raise ValueError("letters, digits, hyphens and underscores in quotes are expected")
    return value


def texts(value: Any) -> tuple[str, ...]:
    """Read a list of texts with at least one."""
    if not isinstance(value, list) or not value:
        raise ValueError('a list of texts is expected, such as ["a", "b"]')
    return tuple(map(text, value))


def number(least: float, most: float, *, whole: bool = False) -> Callable[[Any], float]:
    """Return a reader of a number between two others, both included."""
    what = "a whole number" if whole else "a number"

    def read(value: Any) -> float:
        kinds = int if whole else (int, float)
        if isinstance(value, bool) or not isinstance(value, kinds) or not math.isfinite(value):
            raise ValueError(f"{what} is expected")
        if not least <= value <= most:
            raise ValueError(f"{what} from {least:g} to {most:g} is expected")
        return value

    return read


def url(value: Any) -> str:
    """Read a web address and drop a slash at its end; it must be https, or plain http to this machine."""
    given = text(value).rstrip("/")
    try:
        parts = urlsplit(given)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ValueError("a web address such as https://sms.example.org is expected") from None
    if not host or parts.scheme not in {"http", "https"} or " " in given or not given.isascii():
        raise ValueError("a web address such as https://sms.example.org is expected")
    if parts.username is not None or parts.password is not None:
        raise ValueError("a web address with a name or password in it is refused")
    if parts.query or parts.fragment:
        raise ValueError("a web address without ? and # is expected")
    if parts.scheme == "http" and not is_loopback(host):
        raise ValueError("https is needed: plain http is only for this machine itself (127.0.0.1, localhost)")
    return given


def is_loopback(host: str) -> bool:
    """Return whether a host is this machine itself."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


secret = read_secret
"""Reads a secret from its place."""
