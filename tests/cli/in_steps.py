"""The command line with small moves already made in steps: `python -m tests.cli.in_steps ABOVE STEP PAUSE WORD...`."""

from __future__ import annotations

import sys

from thrumsg_tui.cli.main import main
from thrumsg_tui.store.changes import paced

if __name__ == "__main__":
    above, step, pause, *words = sys.argv[1:]
    paced.PACED_ABOVE, paced.STEP, paced.PAUSE = int(above), int(step), float(pause)
    sys.exit(main(words))
