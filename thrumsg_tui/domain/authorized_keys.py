"""The lines of an authorized_keys file, read as sshd reads them; the first line with a key decides what it may do."""

from __future__ import annotations

import re
import shlex
from collections.abc import Container
from functools import cached_property

from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.ssh_keys import PublicKey, read_key

_LINE = re.compile(rb"[^\n]*\n|[^\n]+")
_RESTRICTED = ("restrict", "pty")
_HARMLESS = re.compile(r"restrict|pty|no-[a-z0-9-]+|from=.*|expiry-time=.*|command=.*", re.IGNORECASE)
_OURS = {"thrumsg", "thrumsg-tui"}


@dataclass(frozen=True, slots=True)
class ForcedCommand:
    """What thrumsg has a key do: the program, the database (None if the line names none) and whose key it is."""

    program: str
    database: str | None
    login: str

    @property
    def options(self) -> bytes:
        """The options of a line. The login's shell splits the command, and sshd reads the quotes around it."""
        words = (self.program, *(("--db", self.database) if self.database else ()), "--forced-login", self.login)
        command = shlex.join(words).replace('"', '\\"')  # sshd knows no other escape
        return ",".join((*_RESTRICTED, f'command="{command}"')).encode("utf-8", "surrogateescape")


@dataclass(frozen=True, slots=True)
class KeyLine:
    """A line with a key, or one that sshd cannot read, whose `key` is None; `number` counts from 1."""

    number: int
    options: tuple[str, ...]
    key: PublicKey | None

    @property
    def command(self) -> str | None:
        """The command that the key is limited to; None if it opens a shell."""
        commands = [each.partition("=")[2] for each in self.options if each.lower().startswith("command=")]
        return _dequoted(commands[0]) if commands else None

    @property
    def forced(self) -> ForcedCommand | None:
        """What thrumsg has the key do; None if the line is not of thrumsg."""
        return _forced(self.command) if self.command is not None else None

    @property
    def allowed(self) -> list[str]:
        """The names of the options that allow more than thrumsg's own lines do."""
        allowed = [each.partition("=")[0] for each in self.options if not _HARMLESS.fullmatch(each)]
        return allowed if "restrict" in map(str.lower, self.options) else ["forwarding", *allowed]


class AuthorizedKeys:
    """The content of a file. Lines that are not changed stay as they are, byte by byte."""

    def __init__(self, content: bytes) -> None:
        self._lines = _LINE.findall(content)

    @cached_property
    def keys(self) -> list[KeyLine]:
        """Every line but empty ones and comments."""
        found = ((number, line.strip()) for number, line in enumerate(self._lines, 1))
        return [_key_line(number, line) for number, line in found if line and not line.startswith(b"#")]

    def with_key(self, forced: ForcedCommand, key: PublicKey) -> bytes:
        """Return the content with one more line at its end."""
        content = b"".join(self._lines)
        if content and not content.endswith(b"\n"):
            content += b"\n"
        return content + forced.options + b" " + key.line + b"\n"

    def without(self, numbers: Container[int]) -> bytes:
        """Return the content without some lines."""
        return b"".join(line for number, line in enumerate(self._lines, 1) if number not in numbers)

    def first_with(self, key: PublicKey) -> KeyLine | None:
        """Return the line that decides what a key may do, if it is there."""
        return next((line for line in self.keys if line.key and line.key.blob == key.blob), None)


def _key_line(number: int, line: bytes) -> KeyLine:
    if key := read_key(line):
        return KeyLine(number, (), key)
    options, rest = _options(line)
    return KeyLine(number, options, read_key(rest.strip()))


def _options(line: bytes) -> tuple[tuple[str, ...], bytes]:
    """Split a line into its options and the rest, which begins at the first space outside quotes."""
    found: list[bytes] = []
    begin = place = 0
    quoted = False
    while place < len(line) and (quoted or line[place] not in b" \t"):
        if line.startswith(b'\\"', place):
            place += 1
        elif line[place] == ord('"'):
            quoted = not quoted
        elif line[place] == ord(",") and not quoted:
            found.append(line[begin:place])
            begin = place + 1
        place += 1
    found.append(line[begin:place])
    return tuple(each.decode("utf-8", "surrogateescape") for each in found), line[place:]


def _dequoted(value: str) -> str:
    return value.removeprefix('"').removesuffix('"').replace('\\"', '"')


def _forced(command: str) -> ForcedCommand | None:
    try:
        words = shlex.split(command)
    except ValueError:
        return None
    if not words or words[0].rpartition("/")[2] not in _OURS:
        return None
    login = _value(words, "--forced-login")
    return ForcedCommand(words[0], _value(words, "--db"), login) if login is not None else None


def _value(words: list[str], option: str) -> str | None:
    for place, word in enumerate(words):
        if word == option:
            return words[place + 1] if place + 1 < len(words) else None
        if word.startswith(f"{option}="):
            return word.partition("=")[2]
    return None
