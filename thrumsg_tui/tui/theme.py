"""The colours: near-black, one yellow, one green, one grey."""

from __future__ import annotations

from textual.theme import Theme

THRUMSG = Theme(
    name="thrumsg",
    dark=True,
    primary="#f2c230",
    accent="#f2c230",
    success="#5fbf6a",
    warning="#e8964a",
    error="#e8964a",
    background="#111315",
    surface="#111315",
    panel="#1a1d20",
    foreground="#d8dadd",
    variables={
        "quiet": "#8b9096",
        "line": "#3a3f45",
        "cursor": "#3b4450",
        "blurred": "#2a3038",
        "ours": "#23303a",
        "on-accent": "#111315",
        "scrollbar": "#3a3f45",
        "scrollbar-background": "#111315",
        "scrollbar-hover": "#3a3f45",
        "scrollbar-background-hover": "#111315",
        "scrollbar-active": "#8b9096",
        "scrollbar-background-active": "#111315",
        "scrollbar-corner-color": "#111315",
    },
)
