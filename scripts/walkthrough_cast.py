"""A recording of frames in the format of asciinema, asciicast v2 (docs.asciinema.org/manual/asciicast/v2)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from scripts.terminal_frames import Frame, Line, Look


def cast_of(frames: Sequence[Frame], size: tuple[int, int], title: str) -> str:
    """Return a recording: a line for the header, then one for each event."""
    columns, rows = size
    header = {"version": 2, "width": columns, "height": rows, "title": title, "env": {"TERM": "xterm-256color"}}
    return "".join(f"{json.dumps(each, ensure_ascii=False)}\n" for each in [header, *_events(frames)])


def _events(frames: Sequence[Frame]) -> Iterator[list[object]]:
    at = 0.0
    before: Sequence[Line] = ()
    for frame in frames:
        if frame.marker:
            yield [round(at, 3), "m", frame.marker]
        yield [round(at, 3), "o", _output(frame.lines, before)]
        before, at = frame.lines, at + frame.seconds
    yield [round(at, 3), "o", "\x1b[0m\x1b[?25h"]


def _output(lines: Sequence[Line], before: Sequence[Line]) -> str:
    """Return what makes a terminal that shows the lines `before` show others."""
    begin = "" if before else "\x1b[?25l\x1b[0m\x1b[2J"
    changed = [index for index, line in enumerate(lines) if not before or line != before[index]]
    return begin + "".join(f"\x1b[{index + 1};1H{_cleared()}{_painted(lines[index], index)}" for index in changed)


def _cleared() -> str:
    return f"{_sgr(None)}\x1b[K"


def _painted(line: Line, index: int) -> str:
    return "".join(f"\x1b[{index + 1};{run.column + 1}H{_sgr(run.look)}{run.text}" for run in line)


def _sgr(look: Look | None) -> str:
    if look is None:
        return "\x1b[0m"
    colors = ";".join(f"{which};2;{_rgb(color)}" for which, color in ((38, look.color), (48, look.background)))
    return f"\x1b[0{';1' if look.bold else ''};{colors}m"


def _rgb(color: str) -> str:
    return ";".join(str(int(color[place : place + 2], 16)) for place in (0, 2, 4))
