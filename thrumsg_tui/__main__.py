"""``thrumsg``, and ``python -m thrumsg_tui``."""

import os
import sys

INTERRUPTED = 130
"""The exit status that a shell expects after Ctrl+C."""


def main() -> int:
    """Run the command line; Ctrl+C while it is still being loaded is as quiet as later."""
    _open_what_is_closed()
    try:
        from thrumsg_tui.cli.main import main as run  # here, so that it can be interrupted

        return run()
    except KeyboardInterrupt:
        return INTERRUPTED


def _open_what_is_closed() -> None:
    """Let nothing else get the descriptor of a standard stream that the caller has closed.

    Reading finds the end, complaints go nowhere; writing fails as it does on a closed descriptor.
    """
    if sys.stdin is None:
        sys.stdin = os.fdopen(os.open(os.devnull, os.O_RDONLY))
    if sys.stdout is None:
        sys.stdout = os.fdopen(os.open(os.devnull, os.O_RDONLY), "w")
    if sys.stderr is None:
        sys.stderr = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w")


if __name__ == "__main__":
    sys.exit(main())
