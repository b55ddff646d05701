"""The command that prints a script with which a shell completes thrumsg's commands, options and file names."""

from __future__ import annotations

import os
from argparse import Action, Namespace
from collections.abc import Mapping
from itertools import dropwhile
from pathlib import Path

from thrumsg_tui.cli.argument_parser import Parser, location
from thrumsg_tui.cli.parser import build_parser
from thrumsg_tui.cli.report import Report

_INSTALLING = {
    "bash": (
        "mkdir -p ~/.local/share/bash-completion/completions",
        "thrumsg completion bash > ~/.local/share/bash-completion/completions/thrumsg",
        "# without the package bash-completion, in ~/.bashrc:  source <(thrumsg completion bash)",
    ),
    "zsh": ('# in ~/.zshrc, after compinit:  eval "$(thrumsg completion zsh)"',),
    "fish": (
        "mkdir -p ~/.config/fish/completions",
        "thrumsg completion fish > ~/.config/fish/completions/thrumsg.fish",
    ),
}
"""What a person types, or writes into a file, to have their shell complete."""


def completion(args: Namespace) -> Report:
    """Print the script for a shell; without a shell, how to install it, for the person's own shell first."""
    if args.shell is None:
        return _how_to_install(os.environ.get("SHELL", ""))
    import shtab

    parser = build_parser()
    _complete_files(parser, shtab.FILE)
    script = _with_our_words(args.shell, shtab.complete(parser, shell=args.shell))
    return Report({"shell": args.shell, "script": script}, script.splitlines())


def _how_to_install(own: str) -> Report:
    shells = sorted(_INSTALLING, key=lambda shell: not own.endswith(shell))
    lines = [line for shell in shells for line in ("", f"{shell}:", *(f"  {each}" for each in _INSTALLING[shell]))]
    last = "A new shell then completes commands, options and file names. After an update, do it again."
    return Report({shell: list(_INSTALLING[shell]) for shell in shells}, [*lines[1:], "", last])


def _with_our_words(shell: str, script: str) -> str:
    """Replace what shtab says about installing a script by what our documents say."""
    lines = script.splitlines()
    is_compdef = lines[0].startswith("#compdef")  # where zsh looks for it
    rest = dropwhile(lambda line: line.startswith("#") or not line, lines[is_compdef:])
    told = ("# To install it:", *(f"#   {each.removeprefix('# ')}" for each in _INSTALLING[shell]))
    return "\n".join([*lines[:is_compdef], *told, "", *rest, ""])


def _complete_files(parser: Parser, files: Mapping[str, object]) -> None:
    """Let shtab complete file names for the arguments of a parser, and of the commands below it, that are paths."""
    for action in parser._actions:
        if action.type is location or (isinstance(action.type, type) and issubclass(action.type, Path)):
            action.complete = files  # type: ignore[attr-defined]  # where shtab looks for it
        for below in _commands_below(action):
            _complete_files(below, files)


def _commands_below(action: Action) -> list[Parser]:
    found = action.choices.values() if isinstance(action.choices, dict) else ()
    return [each for each in found if isinstance(each, Parser)]
