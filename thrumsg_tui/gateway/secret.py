"""Secrets: read from where the configuration says that they lie, and never shown (`docs/rules.md 10.12`)."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Never

from thrumsg_tui.small_files import read_small_file

_LONGEST = 4096
_PLACES = ("credential", "file", "env")
_HOW = 'write { file = "/path" }, { credential = "name" } or { env = "NAME" }, and keep the secret there'


class Secret:
    """A token or password. Only `reveal` gives its text: a log, an error or a test's output never has it."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the text."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(…)"

    def __eq__(self, other: object) -> bool:
        import hmac  # loads OpenSSL, which takes memory

        return isinstance(other, Secret) and hmac.compare_digest(self._text.encode(), other._text.encode())

    def __hash__(self) -> int:
        return hash(self._text)

    def __reduce__(self) -> Never:
        raise TypeError("A secret is not written to a file or sent to another process.")


def read_secret(place: object) -> Secret:
    """Read a secret from its place in the configuration, such as `{ file = "/etc/thrumsg/token" }`.

    A name to which nothing belongs may be the secret itself, written in the wrong place, so it is not said.

    Raises:
        ValueError: It lies nowhere, or others can read it; the sentence has nothing of the secret.
    """
    if not isinstance(place, Mapping):
        raise ValueError(f"a secret does not stand in this file: {_HOW}")  # noqa: TRY004 - a value in a file
    if len(place) != 1 or (kind := next(iter(place))) not in _PLACES or not isinstance(place[kind], str):
        raise ValueError(f"the place of a secret is wrong: {_HOW}")
    name = place[kind]
    match kind:
        case "env":
            if (text := os.environ.get(name)) is None:
                raise ValueError("its environment variable is not set: env is the name of a variable")
            source = f"the environment variable {name}"
        case "credential":
            path, source = _credential_path(name), f"the credential {name}"
            text = _contents(path, source)
        case _:
            source = name
            text = _contents(_private_path(name), source, private=True)
    return Secret(_one_line(text, source))


def _one_line(text: str, source: str) -> str:
    text = text.strip("\r\n")
    if not text:
        raise ValueError(f"{source} is empty")
    if not (text.isascii() and text.isprintable()) or " " in text:
        raise ValueError(f"{source} does not hold one line of letters, digits and signs without spaces")
    return text


def _credential_path(name: str) -> Path:
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    if not folder:
        raise ValueError("there is no such credential: only systemd gives credentials (LoadCredential=NAME:…)")
    if "/" in name or name in {"", ".", ".."}:
        raise ValueError("the name of a credential has no folder in it")
    path = Path(folder) / name
    if not os.path.lexists(path):  # unlike Path.exists, it is False for every error
        raise ValueError("there is no such credential: credential is a name that LoadCredential= gives")
    return path


def _private_path(name: str) -> Path:
    path = Path(name)
    if not path.is_absolute():
        raise ValueError("the file of a secret is named by its whole path")
    return path


def _contents(path: Path, source: str, *, private: bool = False) -> str:
    """Read a small regular file; a private one must be ours and closed to everybody else."""
    try:
        status, content = read_small_file(path, _LONGEST)
        text = content.decode("ascii")
    except OSError as error:
        raise ValueError(f"{source} cannot be read ({error.strerror or error})") from None
    except UnicodeDecodeError:
        raise ValueError(f"{source} does not hold plain text") from None
    except ValueError as error:
        raise ValueError(f"{source} {error}") from None
    if private and status.st_uid != os.geteuid():
        raise ValueError(f"{source} belongs to another user: it must be ours, with mode 0600")
    if private and status.st_mode & 0o077:
        mode = stat.S_IMODE(status.st_mode)
        raise ValueError(f"others can use {source} (mode {mode:04o}): close it with chmod 600")
    return text
