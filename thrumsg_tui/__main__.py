"""The entry point of ``thrumsg`` and ``python -m thrumsg_tui``."""

import os
import sys

INTERRUPTED = 130
"""The exit status that a shell expects after Ctrl+C."""


def main() -> int:
    """Run the command line, and return its exit status; Ctrl+C while it loads prints no traceback."""
    _open_what_is_closed()
    try:
        from thrumsg_tui.garbage import collect_later

        collect_later()
        from thrumsg_tui.cli.main import main as run  # here, so that Ctrl+C during the import is caught

        return run()
    except KeyboardInterrupt:
        return INTERRUPTED


def _open_what_is_closed() -> None:
    """Open each standard stream that the caller has closed, so that no other file gets its descriptor.

    Reading standard input finds its end, and standard error is discarded. Standard output is opened for reading only,
    so writing to it fails as it does on a closed descriptor.
    """
    if sys.stdin is None:
        sys.stdin = os.fdopen(os.open(os.devnull, os.O_RDONLY))
    if sys.stdout is None:
        sys.stdout = os.fdopen(os.open(os.devnull, os.O_RDONLY), "w")
    if sys.stderr is None:
        sys.stderr = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w")


if __name__ == "__main__":
    sys.exit(main())
