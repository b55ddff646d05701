"""The way from one rendition of a cell to another is right, and short."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st
from rich.style import Style

from thrumsg_tui.tui.rendition import PLAIN, blank, change, rendition_of

ATTRIBUTES = sorted({*Style.STYLE_ATTRIBUTES.values()})
COLORS = [None, "#111315", "#f2c230", "red", "bright_red", "color(200)", "default"]

styles = st.builds(
    lambda color, bgcolor, link, on: Style(color=color, bgcolor=bgcolor, link=link, **on),
    st.sampled_from(COLORS),
    st.sampled_from(COLORS),
    st.sampled_from([None, "https://example.org"]),
    st.dictionaries(st.sampled_from(ATTRIBUTES), st.booleans()),
)

OFF = {"22": "1 2", "23": "3", "24": "4 21", "25": "5 6", "27": "7", "28": "8", "29": "9", "54": "51 52", "55": "53"}
"""What each parameter of SGR turns off."""


def after(state: dict[str, str], output: str) -> dict[str, str]:
    """What a terminal makes of escape sequences: the colours, attributes and link that are not the usual ones."""
    state = dict(state)
    for link in re.findall(r"\x1b\]8;[^;]*;([^\x1b]*)\x1b", output):
        state["link"] = link
    for sequence in re.findall(r"\x1b\[([\d;]*)m", output):
        parameters = iter(sequence.split(";"))
        for parameter in parameters:
            if parameter in {"", "0"}:
                state = {name: value for name, value in state.items() if name == "link"}
            elif parameter in OFF:
                for attribute in OFF[parameter].split():
                    state.pop(attribute, None)
            elif parameter in {"38", "48"}:
                kind = next(parameters)
                state["color" if parameter == "38" else "background"] = " ".join(
                    next(parameters) for _ in range(3 if kind == "2" else 1)
                )
            elif (number := int(parameter)) in {*range(30, 50), *range(90, 108)}:
                state["color" if number in {*range(30, 40), *range(90, 98)} else "background"] = parameter
            else:
                state[parameter] = "on"
    return {name: value for name, value in state.items() if value not in {"39", "49", ""}}


def drawn(style: Style) -> dict[str, str]:
    """What a terminal makes of a style as Rich writes it."""
    return after({}, style.render("@").partition("@")[0])


@given(st.lists(styles, max_size=6))
def test_every_change_leads_to_what_is_wanted(each: list[Style]) -> None:
    current, state = PLAIN, dict[str, str]()
    for style in each:
        sequence, current = change(current, rendition_of(style))
        state = after(state, sequence)
        assert state == drawn(style)


SHOWN_IN_SPACE = {"4", "21", "7", "9", "51", "52", "53"}
"""The attributes that draw a line, and reversal."""


@given(st.lists(styles, max_size=6))
def test_a_space_looks_as_it_should(each: list[Style]) -> None:
    current, state = PLAIN, dict[str, str]()
    for style in each:
        sequence, current = change(current, blank(rendition_of(style)))
        state = after(state, sequence)
        wanted = drawn(style)
        shown = wanted.keys() if wanted.keys() & SHOWN_IN_SPACE else {"background", "link"}
        assert {name: state.get(name) for name in shown} == {name: wanted.get(name) for name in shown}
        assert not (state.keys() - wanted.keys()) & SHOWN_IN_SPACE


def sequence(before: str, wanted: str) -> str:
    """The escape sequences from one style to another."""
    return change(rendition_of(Style.parse(before)), rendition_of(Style.parse(wanted)))[0]


def test_only_what_differs_is_set() -> None:
    assert sequence("bold #f2c230 on #111315", "bold #d8dadd on #111315") == "\x1b[38;2;216;218;221m"
    assert sequence("bold #f2c230 on #111315", "#f2c230 on #111315") == "\x1b[22m"
    assert sequence("bold dim", "dim") == "\x1b[;2m"


def test_a_reset_is_taken_where_it_is_shorter() -> None:
    assert sequence("bold italic underline", "none") == "\x1b[m"
    assert sequence("bold italic #f2c230", "reverse") == "\x1b[;7m"
    assert sequence("none", "none") == ""


def test_a_change_to_a_space_costs_nothing_on_the_same_background() -> None:
    current = rendition_of(Style.parse("bold red on blue"))
    assert change(current, blank(rendition_of(Style.parse("italic green on blue")))) == ("", current)
