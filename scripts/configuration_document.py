"""Writes `docs/configuration.md` from the table of settings, the table of commands and the presets."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from thrumsg_tui.domain.preferences import SETTINGS, Preset, Setting
from thrumsg_tui.tui.commands import Command, Scope, all_commands, commands_of
from thrumsg_tui.tui.commands.key_names import written_keys
from thrumsg_tui.tui.commands.presets import PRESETS

_OTHERS = {preset: keys for preset, keys in PRESETS.items() if preset is not Preset.DEFAULT}

Table = Callable[[Sequence[str], Sequence[Sequence[str]]], str]

_BEGINNING = """\
The app reads `config.toml` when it starts. `thrumsg config path` prints where that is: on Linux
`~/.config/thrumsg/config.toml`, or below `$XDG_CONFIG_HOME`. Without a file everything has its default.

* `thrumsg config edit` opens it in `$VISUAL` or `$EDITOR`, and checks it afterwards. A new file has every setting and
  every key with its default, as a comment.
* `thrumsg config check` tells each mistake with its line and the nearest right word, and exits with 1 if there is one.
* `thrumsg config show` lists all settings, and the keys that are not the default ones.

A mistake never keeps the app from starting: what is wrong has its default, and the first screen says so.
The carrier's configuration is another file, [gateway.toml](carriers.md)."""

_EXAMPLE = """\
```toml
[keys]
preset = "vim"
"app.lookup" = "p, F5"

[look]
density = "compact"

[habits]
after_send = "stay"
```"""

_KEYS = """\
A key of `[keys]` is the id of a command, and its value its keys, separated by commas. A key is a character (`x`, `X`,
`?`), or a name as the help shows it: `Enter`, `Esc`, `Tab`, `space`, `Backspace`, `Del`, `Home`, `End`, `PgUp`, `PgDn`,
`up`, `down`, `left`, `right`, `F1` to `F12`, `comma`, and `ctrl+n`, `alt+x` or `shift+F5`. The bottom line and the
sentences of the app name the first one. The new keys take the place of the old ones.

These are refused, with the reason: a key of two commands that work at the same time; a character where text is typed;
`ctrl+i`, `ctrl+j`, `ctrl+m` and `ctrl+h`, for which a terminal sends the same as for Tab, Enter and Backspace; and
`ctrl+c` and `ctrl+q`, which always say how to quit, and quit. `config check` remarks on keys that tmux, GNU screen or a
terminal's flow control may take.

Where keys stand for digits, as those of the survey's choices and of the recommended replies, there are as many new ones
as old ones, in the order of the digits: on a French keyboard `"survey.answer" = '&, é, ", apostrophe, (, -, è, _, ç'`.
Screens name them in place of the digits. The key of a tab is its digit in a count before `r`, too.

`""` takes the keys of a command, as `"messenger.opt_out" = ""`. It stays in the palette, and sentences name it so. What
the palette does not offer, as the keys of lists, texts and dialogs, keeps at least one key."""

_SHARED = """\
Under a forced command ([rules 11.1](rules.md)) many people share one account. Then the app reads the file
`people/LOGIN.toml` beside the account's `config.toml`, if there is one, and the account's otherwise. Whoever keeps the
account writes them: such a session runs no editor."""


def configuration_parts(table: Table) -> Iterator[str]:
    """Yield the parts of the document; `table` makes a table from its heads and rows."""
    yield "# Configuration of the app"
    yield _BEGINNING
    yield _EXAMPLE
    yield "## Settings"
    settings = [
        (
            f"`{each.section}`",
            f"`{each.key}`",
            f"`{each.toml}`",
            " ".join(f"`{word}`" for word in each.words),
            each.sentence,
        )
        for each in SETTINGS
    ]
    yield table(("Section", "Key", "Default", "Values", "What it does"), settings)
    yield "## Keys"
    yield _KEYS
    yield "## Presets"
    yield "A preset is a set of keys to begin with; single keys of the file come before its own. They differ here:"
    yield table(("Command", "Default", *(f"`{preset}`" for preset in _OTHERS)), list(_presets()))
    yield "## Many people, one account"
    yield _SHARED
    yield "## Ids of the commands"
    yield "[keys.md](keys.md) says what they do."
    for scope in Scope:
        if rows := [(f"`{each.id}`", each.title, _keys(each.default_keys)) for each in commands_of(scope)]:
            yield f"### {scope}"
            yield table(("Id", "Command", "Default"), rows)


def _setting(setting: Setting) -> tuple[str, ...]:
    words = " ".join(f"`{word}`" for word in setting.words)
    return f"`{setting.section}`", f"`{setting.key}`", f"`{setting.toml}`", words, setting.sentence


def _presets() -> Iterator[tuple[str, ...]]:
    for command in all_commands():
        others = [_differing(command, preset.of(command)) for preset in _OTHERS.values()]
        if any(others):
            yield f"`{command.id}`", _keys(command.default_keys), *others


def _differing(command: Command, keys: str) -> str:
    return "" if keys == command.default_keys else _keys(keys)


def _keys(keys: str) -> str:
    return f"`{written_keys(keys)}`" if keys else "none"
