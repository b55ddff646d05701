"""The words of a command line before parsing, with those that an SSH client adds to a forced command."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from thrumsg_tui.domain.errors import Refused

ORIGINAL_COMMAND = "SSH_ORIGINAL_COMMAND"
"""The variable with the command that an SSH client asked for, if its key has a forced command (see sshd(8))."""

_OURS = {"thrumsg", "thrumsg-tui"}
_IDENTITY = ("--as", "--db", "--forced-login")


def command_words(given: Sequence[str], environment: Mapping[str, str]) -> list[str]:
    """Return the words to parse; with `--forced-login`, those of the SSH client follow (`docs/rules.md 8.2`).

    Bytes that are not UTF-8 become U+FFFD. Raise `Refused` if the client gives an identity or a database.
    """
    words = [readable(word) for word in given]
    original = environment.get(ORIGINAL_COMMAND)
    forced = any(_names(word, "--forced-login") for word in words)
    if (forced or original is not None) and any(_names(word, "--as") for word in words):
        raise Refused("Under a forced command you act as yourself: --as is refused.")
    if not forced or original is None:
        return words
    asked = _split(readable(original))
    for option in _IDENTITY:
        if any(_names(word, option) for word in asked):
            raise Refused(f"{option} cannot be given here: your SSH key decides it.")
    return words + asked


def undecoded_word(given: Sequence[str], environment: Mapping[str, str]) -> str | None:
    """Return the first word with bytes that are not UTF-8, made readable; None if there is none."""
    words = (word for word in (*given, environment.get(ORIGINAL_COMMAND, "")) if readable(word) != word)
    return next(map(readable, words), None)


def readable(text: str) -> str:
    """Replace bytes that could not be decoded by U+FFFD."""
    return text if text.isascii() else "".join("\ufffd" if "\ud800" <= each <= "\udfff" else each for each in text)


def _names(word: str, option: str) -> bool:
    return word == option or word.startswith(f"{option}=")


def _split(original: str) -> list[str]:
    import shlex  # under a forced command only

    try:
        asked = shlex.split(original)
    except ValueError as error:
        raise Refused(f"The command could not be read: {error}.") from error
    return asked[1:] if asked and asked[0] in _OURS else asked
