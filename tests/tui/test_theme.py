"""Every text is legible in every theme, and the theme suits the terminal (docs/terminals.md)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from colorsys import rgb_to_hsv

import pytest
from rich.color import Color, ColorType
from rich.color_triplet import ColorTriplet
from rich.style import Style

from tests.palettes import LINUX, RGB, XTERM, color_of_number, contrast, rgb
from tests.tui.office import Office
from tests.tui.walking import furnish, walk
from thrumsg_tui.domain.conversations import ConversationId
from thrumsg_tui.tui.rendition import TerminalTheme, terminal_theme
from thrumsg_tui.tui.theme import (
    GROUND_COLORS,
    LOOKS,
    TABLES,
    TEXT_COLORS,
    behind,
    color_system_of,
    is_light,
    tells_light,
    theme_for,
)

LEGIBLE = 4.5
"""The contrast that WCAG 2.2 asks for text (1.4.3)."""

YELLOW_OF_LINUX = "f1c230"
"""The app sets the yellow of this console, which is a brown."""

PALETTES = {"xterm": XTERM, "linux": (*LINUX[:3], YELLOW_OF_LINUX, *LINUX[4:])}


def shown(style: Style, palette: Sequence[str], *, on_light: bool) -> tuple[RGB, list[RGB]]:
    """The ground of a text, and its colours: of bold ones some terminals show the bright one."""
    text = of_color(style.color, palette, rgb("000000" if on_light else "e5e5e5"))
    ground = of_color(style.bgcolor, palette, rgb("ffffff" if on_light else "000000"))
    if style.reverse:
        return text[0], ground
    number = style.color.number if style.color else None
    if style.bold and number is not None and number < 8:
        text.append(color_of_number(number + 8, palette))
    return ground[0], text


def of_color(color: Color | None, palette: Sequence[str], default: RGB) -> list[RGB]:
    if color is None or color.type is ColorType.DEFAULT:
        return [default]
    if color.triplet is not None:
        red, green, blue = color.triplet
        return [(red, green, blue)]
    assert color.number is not None
    return [color_of_number(color.number, palette)]


def illegible(theme: TerminalTheme, painted: Style) -> Iterator[str]:
    """Where a painted style has too little contrast in a theme."""
    grounds = [theme.name.endswith("light")] if theme.name != "monochrome" else [False, True]
    for on_light in grounds:
        for name, palette in PALETTES.items():
            ground, texts = shown(theme.style(painted), palette, on_light=on_light)
            for text in texts:
                if (found := contrast(text, ground)) < LEGIBLE:
                    yield f"{theme.name} in {name}: {painted} is {text} on {ground}, {found:.1f}"


@pytest.mark.parametrize("name", TABLES)
def test_every_text_is_legible_on_every_ground(name: str) -> None:
    """Also bold, and also the looks that widgets use."""
    theme = terminal_theme(name)
    painted = [
        Style(color=text, bgcolor=ground, bold=bold)
        for kind, text in TEXT_COLORS.items()
        for ground in GROUND_COLORS.values()
        for bold in (False, True)
        if kind != "line"
    ]
    painted += [Style(bgcolor=ground) + look for look in LOOKS.values() for ground in GROUND_COLORS.values()]
    assert [each for style in painted for each in illegible(theme, style)] == []


@pytest.mark.parametrize("name", TABLES)
def test_lines_and_scrollbars_are_no_brighter_behind_a_dialog_than_before_it(name: str) -> None:
    theme = terminal_theme(name)
    line, background = (ColorTriplet(*rgb(each)) for each in (TEXT_COLORS["line"], GROUND_COLORS["background"]))
    before = Style(color=Color.from_triplet(line), bgcolor=Color.from_triplet(background))
    covered = Style(color=Color.from_triplet(behind(line)), bgcolor=Color.from_triplet(behind(background)))
    if name in {"dark", "dark-256", "light", "light-256"}:
        assert theme.style(covered) == theme.style(before)
        return
    for style in (covered, covered + Style(reverse=True)) if name != "monochrome" else (covered + Style(reverse=True),):
        found = theme.style(style)
        assert not found.reverse  # a scrollbar's thumb
        assert found.color == found.bgcolor


HUES = 15
"""Degrees of the circle of colours within which a colour stays what it is called."""


@pytest.mark.parametrize("name", ["dark", "dark-256", "light", "light-256"])
def test_a_warning_has_one_hue_on_the_chosen_row_and_on_all_others(name: str) -> None:
    hues = []
    for ground in ("background", "cursor", "blurred"):
        style = terminal_theme(name).style(Style(color=TEXT_COLORS["warning"], bgcolor=GROUND_COLORS[ground]))
        _, texts = shown(style, XTERM, on_light=name.startswith("light"))
        hues.append(360 * rgb_to_hsv(*(part / 255 for part in texts[0]))[0])
    assert max(hues) - min(hues) <= HUES


@pytest.mark.parametrize("name", TABLES)
def test_a_row_without_the_focus_keeps_bold_and_its_dot(name: str) -> None:
    theme = terminal_theme(name)
    blurred, plain = (Style(bgcolor=GROUND_COLORS[ground]) for ground in ("blurred", "background"))
    for look in ("strong", "dot"):
        assert theme.style(blurred + LOOKS[look]).bold
    differ = [theme.style(ground + LOOKS["dot"]).color != theme.style(ground).color for ground in (blurred, plain)]
    assert differ[0] == differ[1]


@pytest.mark.parametrize("name", ["dark-256", "light-256"])
def test_the_scrollbar_does_not_melt_into_the_chosen_row(name: str) -> None:
    theme = terminal_theme(name)
    thumb = theme.style(Style(color=TEXT_COLORS["line"], bgcolor=GROUND_COLORS["background"]))
    assert thumb.color != theme.style(Style(bgcolor=GROUND_COLORS["cursor"])).bgcolor


FRAMES = set("─│╭╮╰╯▁▂▃▄▅▆▇█▔▊▎ ")
"""Lines and scrollbars, which nobody reads."""

NEAR = 16
"""How far a part of a painted colour may be from one of those that have a role: Textual mixes some."""


async def test_every_text_of_every_screen_is_legible_in_every_theme(office: Office, maria: ConversationId) -> None:
    del maria
    furnish(office)
    painted: dict[Style, str] = {}
    async with office.messenger(size=(100, 30)) as person:
        async for keys in walk(person):
            for strip in person.app.screen._compositor.render_strips():
                for text, style, _ in strip:
                    if style and set(text) - FRAMES:
                        painted.setdefault(style, f"{keys}: {text}")
    assert len(painted) > 40
    strange = [f"{style} of {place}" for style, place in painted.items() if not (is_near(style.color, style.bgcolor))]
    assert strange == []
    faults = [
        f"{fault} ({place})"
        for name in TABLES
        for style, place in painted.items()
        for fault in illegible(terminal_theme(name), style)
    ]
    assert faults == []


def is_near(*colors: Color | None) -> bool:
    """Whether each colour is one that has a role, on a screen or behind a dialog, or close to one."""
    own = [ColorTriplet(*rgb(each)) for each in (*TEXT_COLORS.values(), *GROUND_COLORS.values())]
    known = [*own, *map(behind, own)]
    return all(
        color is None
        or any(max(abs(a - b) for a, b in zip(each, color.get_truecolor(), strict=True)) <= NEAR for each in known)
        for color in colors
    )


@pytest.mark.parametrize("name", TABLES)
def test_the_bar_is_plain_behind_a_dialog(name: str) -> None:
    dark, bar = (ColorTriplet(*rgb(each)) for each in (TEXT_COLORS["dark"], GROUND_COLORS["bar"]))
    covered = Style(color=Color.from_triplet(behind(dark)), bgcolor=Color.from_triplet(behind(bar)), bold=True)
    quiet = Style(color=TEXT_COLORS["quiet"], bgcolor=GROUND_COLORS["background"], bold=False)
    assert terminal_theme(name).rendition(covered) == terminal_theme(name).rendition(quiet)


@pytest.mark.parametrize("name", ["ansi-dark", "ansi-light"])
@pytest.mark.parametrize("ground", ["cursor", "field"])
def test_the_chosen_row_or_field_is_no_slab_of_white_in_16_colors(name: str, ground: str) -> None:
    style = terminal_theme(name).style(Style(bgcolor=GROUND_COLORS[ground]))
    for palette in PALETTES.values():
        (red, green, blue), _ = shown(style, palette, on_light=name == "ansi-light")
        assert blue > 2 * max(red, green)


@pytest.mark.parametrize("name", TABLES)
def test_the_bar_is_yellow_with_dark_text(name: str) -> None:
    style = terminal_theme(name).style(LOOKS["bar"])
    if name == "monochrome":
        assert style.reverse
        return
    for palette in PALETTES.values():
        ground, texts = shown(style, palette, on_light=False)
        red, green, blue = ground
        assert red >= green > 0.75 * red, ground
        assert blue < 0.25 * red, ground
        assert max(texts[0]) < 32


@pytest.mark.parametrize("name", TABLES)
def test_what_differs_in_meaning_differs_from_plain_text_or_its_ground(name: str) -> None:
    """The chosen row, the bar and the caret stand out of the background."""
    theme = terminal_theme(name)
    plain = theme.rendition(Style(bgcolor=GROUND_COLORS["background"]))
    for ground in ("cursor", "blurred", "bar", "caret", "panel", "field"):
        assert theme.rendition(Style(bgcolor=GROUND_COLORS[ground])) != plain, ground
    carets = {theme.rendition(Style(bgcolor=GROUND_COLORS[each])) for each in ("caret", "field", "panel")}
    assert len(carets) >= 2
    assert theme.rendition(Style(bgcolor=GROUND_COLORS["caret"])) != theme.rendition(
        Style(bgcolor=GROUND_COLORS["field"])
    )


@pytest.mark.parametrize(
    ("wanted", "colors", "light", "name"),
    [
        ("auto", "truecolor", False, "dark"),
        ("auto", "truecolor", True, "light"),
        ("auto", "256", False, "dark-256"),
        ("auto", "256", True, "light-256"),
        ("auto", "standard", False, "ansi-dark"),
        ("auto", "standard", True, "ansi-light"),
        ("auto", None, True, "monochrome"),
        ("dark", "256", True, "dark-256"),
        ("light", "truecolor", False, "light"),
        ("light", None, False, "light"),
        ("monochrome", "truecolor", False, "monochrome"),
        ("ansi-light", "truecolor", False, "ansi-light"),
    ],
)
def test_the_theme_is_that_of_the_terminal_or_the_chosen_one(
    wanted: str, colors: str | None, light: bool, name: str
) -> None:
    assert theme_for(wanted, colors, is_light=light) == name


@pytest.mark.parametrize(
    ("environment", "found", "colors"),
    [
        ({"TERM": "xterm-256color"}, "256", "256"),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, "256", None),
        ({"TERM": "xterm-256color", "NO_COLOR": ""}, "256", "256"),
        ({"TERM": "alacritty"}, "standard", "truecolor"),
        ({"TERM": "xterm-ghostty"}, "standard", "truecolor"),
        ({"TERM": "xterm-direct"}, "standard", "truecolor"),
        ({"TERM": "linux"}, "standard", "standard"),
        ({"TERM": "vt220"}, "standard", None),
        ({"TERM": "xterm-mono"}, "standard", None),
    ],
)
def test_the_environment_says_which_colors_the_terminal_has(
    environment: dict[str, str], found: str, colors: str | None
) -> None:
    assert color_system_of(environment, found) == colors


@pytest.mark.parametrize(
    ("said", "light"), [("0;15", True), ("15;0", False), ("0;default;7", True), ("15;default;8", False), ("", False)]
)
def test_the_environment_may_say_that_the_background_is_light(said: str, light: bool) -> None:
    assert tells_light({"COLORFGBG": said}) == light


def test_a_background_is_light_if_black_is_more_legible_on_it_than_white() -> None:
    for grey in range(256):
        color = (grey, grey, grey)
        best_is_black = contrast(color, (0, 0, 0)) > contrast(color, (255, 255, 255))
        if abs(contrast(color, (0, 0, 0)) - contrast(color, (255, 255, 255))) > 0.5:
            assert is_light(*(part / 255 for part in color)) == best_is_black
