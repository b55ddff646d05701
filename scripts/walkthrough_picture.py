"""An animated picture of frames: an SVG that every browser plays, without a script."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from scripts.terminal_frames import BACKGROUND, FOREGROUND, Frame, Line, Look, Run

_CELL, _LINE = 8.4, 17
"""The width and height of a cell, in pixels."""

_BAR, _EDGE = 30, 10
"""The height of the window's bar, and the room around the cells."""

_FONTS = "ui-monospace,'DejaVu Sans Mono','SF Mono',Menlo,Consolas,'Liberation Mono',monospace"


def picture_of(frames: Sequence[Frame], size: tuple[int, int], title: str) -> str:
    """Return a picture that shows the frames one after the other, again and again.

    Each line that differs is drawn once; a frame names its lines. All frames stand below one another, and an animation
    moves them through the window.
    """
    columns, rows = size
    width, height = columns * _CELL + 2 * _EDGE, rows * _LINE
    lines = _Lines()
    film = list(_film(frames, lines, height))
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height + _BAR + _EDGE}" '
            f'font-family="{_FONTS}" font-size="14px">',
            f"<title>{escape(title)}</title>",
            f"<style>{_animation(frames, height)}{lines.looks}</style>",
            f'<clipPath id="w"><rect y="{_BAR}" width="{width:g}" height="{height}"/></clipPath>',
            f"<defs>{''.join(lines.drawn)}</defs>",
            f'<rect width="{width:g}" height="{height + _BAR + _EDGE}" rx="8" fill="#{BACKGROUND}"/>',
            *(f'<circle cx="{18 + 20 * place}" cy="15" r="6" fill="#3a3f45"/>' for place in range(3)),
            f'<text x="{width / 2:g}" y="20" text-anchor="middle" style="fill:#8b9096">{escape(title)}</text>',
            '<g clip-path="url(#w)"><g class="film">',
            *film,
            "</g></g>",
            f'<clipPath id="k"><rect width="{width:g}" height="{_BAR}"/></clipPath>',
            '<g clip-path="url(#k)"><g class="keys">',
            *_keys(frames, width),
            "</g></g>",
            "</svg>\n",
        ]
    )


def _animation(frames: Sequence[Frame], height: int) -> str:
    whole = sum(frame.seconds for frame in frames)
    return (
        "".join(
            f".{name}{{animation:{name} {whole:g}s step-end infinite}}@keyframes {name}{{{steps}}}"
            for name, steps in (("film", _steps(frames, whole, height)), ("keys", _steps(frames, whole, _BAR)))
        )
        + "@media (prefers-reduced-motion:reduce){.film,.keys{animation:none}}"
    )


def _steps(frames: Sequence[Frame], whole: float, height: int) -> str:
    at, steps = 0.0, []
    for index, frame in enumerate(frames):
        steps.append(f"{100 * at / whole:.2f}%{{transform:translateY({-index * height}px)}}")
        at += frame.seconds
    return "".join(steps)


def _film(frames: Sequence[Frame], lines: _Lines, height: int) -> Iterator[str]:
    for index, frame in enumerate(frames):
        top = _BAR + index * height
        uses = "".join(
            f'<use href="#{name}" y="{row * _LINE}"/>'
            for row, line in enumerate(frame.lines)
            if (name := lines.name_of(line))
        )
        yield f'<g transform="translate({_EDGE} {top})">{uses}</g>'


def _keys(frames: Sequence[Frame], width: float) -> Iterator[str]:
    for index, frame in enumerate(frames):
        if frame.key:
            yield (
                f'<text x="{width - 14:g}" y="{index * _BAR + 20}" text-anchor="end" '
                f'style="fill:#f1c230;font-weight:bold">{escape(frame.key)}</text>'
            )


class _Lines:
    """The lines that are drawn, each once, and their looks."""

    def __init__(self) -> None:
        self.drawn: list[str] = []
        self._names: dict[Line, str] = {}
        self._looks: dict[tuple[str, bool], str] = {}

    def name_of(self, line: Line) -> str:
        """Return the name of a line, and draw it if it is new; empty for an empty line."""
        if line and line not in self._names:
            self._names[line] = f"l{len(self._names)}"
            runs = "".join(map(self._run, line))
            self.drawn.append(f'<g id="{self._names[line]}">{runs}</g>')
        return self._names.get(line, "")

    @property
    def looks(self) -> str:
        """The style sheet of the looks."""
        rules = [f"text{{fill:#{FOREGROUND};white-space:pre}}"]
        for (color, bold), name in self._looks.items():
            rules.append(f".{name}{{fill:#{color}{';font-weight:bold' if bold else ''}}}")
        return "".join(rules)

    def _run(self, run: Run) -> str:
        x, ground = run.column * _CELL, ""
        if run.look.background != BACKGROUND:
            width = run.width * _CELL + 0.3  # the next one begins where this ends: no gap is to be seen
            ground = f'<rect x="{x:.4g}" width="{width:.4g}" height="{_LINE}.3" fill="#{run.look.background}"/>'
        text = run.text.rstrip()
        if not text:
            return ground
        lead = len(text) - len(text.lstrip())
        x, text = x + lead * _CELL, text.lstrip()
        length = Run(0, text, run.look).width * _CELL
        look = f' class="{self._look(run.look)}"' if (run.look.color, run.look.bold) != (FOREGROUND, False) else ""
        stretch = f' textLength="{length:.4g}"' if len(text) > 1 else ""
        return f'{ground}<text x="{x:.4g}" y="13"{look}{stretch}>{escape(text, quote=False)}</text>'

    def _look(self, look: Look) -> str:
        return self._looks.setdefault((look.color, look.bold), f"c{len(self._looks)}")
