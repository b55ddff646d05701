"""The parsers of all commands."""

import argparse
from collections.abc import Iterator


def every_command(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """The parser of each command below a parser."""
    levels = [each for each in parser._actions if isinstance(each, argparse._SubParsersAction)]
    if not levels:
        yield parser
    for level in levels:
        for below in level.choices.values():
            yield from every_command(below)
