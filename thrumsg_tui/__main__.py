"""``python -m thrumsg_tui`` is ``thrumsg``."""

import sys

from thrumsg_tui.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
