"""Run a module as a program, and note in a file what it has imported when it writes its first frame.

python benchmarks/first_frame_modules.py FILE MODULE [ARGUMENTS]
"""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

from textual.drivers._writer_thread import WriterThread

_FRAME = "\x1b[?2026h"


def main() -> None:
    """Run it."""
    file, module = Path(sys.argv[1]), sys.argv[2]
    before = set(sys.modules)
    write = WriterThread.write

    def write_and_note(thread: WriterThread, text: str) -> None:
        if _FRAME in text and not file.exists():
            own = {"__main__", "runpy", module}
            names = [name for name in sys.modules if name not in before | own or name.startswith("textual")]
            file.write_text("\n".join(names), encoding="utf-8")
        write(thread, text)

    WriterThread.write = write_and_note  # type: ignore[method-assign, assignment]
    sys.path.insert(0, str(Path(__file__).parents[1]))
    sys.argv[:] = [module, *sys.argv[3:]]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


main()
