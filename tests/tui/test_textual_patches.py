"""What is changed in Textual itself does what Textual's does."""

from __future__ import annotations

import gc
import inspect
import weakref

import pytest
from rich.segment import Segment
from textual import screen as screens
from textual.app import App
from textual.cache import FIFOCache
from textual.css.model import RuleSet
from textual.css.scalar import Scalar
from textual.geometry import Region
from textual.keys import Keys, _character_to_key, key_to_character
from textual.strip import Strip
from textual.widgets import Static

from tests.tui.office import Office
from thrumsg_tui.tui import textual_patches
from thrumsg_tui.tui.textual_patches import (
    bound_geometry_caches,
    forget_removed_widgets,
    hash_rules_at_once,
    make_strip_caches_late,
    seek_few_characters,
)


async def test_a_removed_widget_keeps_no_lines_in_memory() -> None:
    forget_removed_widgets()
    app: App[None] = App()
    async with app.run_test() as pilot:
        widget = Static("Hello")
        await app.mount(widget)
        await pilot.pause()
        lines = weakref.ref(widget._styles_cache)
        await widget.remove()
        del widget
        await app.mount(Static("Other"))
        await pilot.pause()
        gc.collect()
        assert lines() is None


async def test_the_box_of_a_messenger_that_was_left_is_not_kept_in_memory(office: Office) -> None:
    async with office.messenger() as person:
        box = weakref.ref(person.messenger.box)
        await person.press("q", "enter")
        assert person.messenger.box is not box()

        def is_gone() -> bool:
            gc.collect()
            return box() is None

        await person.wait_until(is_gone, "the end of the box")  # a timer of its screen may still be about to end


async def test_a_screen_finds_the_characters_of_its_keys_and_searches_for_none(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def search(key: str) -> str | None:
        asked.append(key)
        return key_to_character(key)

    monkeypatch.setattr(textual_patches, "key_to_character", search)
    async with office.messenger() as person:
        await person.press("slash", "a", "escape", "enter")
    assert asked
    assert [key for key in asked if len(key) > 1 and "+" not in key] == []


def test_the_characters_of_keys_are_those_that_textual_finds() -> None:
    seek_few_characters()
    found = screens.key_to_character  # type: ignore[attr-defined]
    names = {key.value for key in Keys} | {_character_to_key(chr(code)) for code in range(32, 127)}
    assert {"question_mark", "tab", "f1", "a"} <= names
    for name in names:
        typed, textuals = found(name) or "", key_to_character(name) or ""
        assert typed == textuals if textuals.isprintable() else not typed, name


def test_calculations_with_regions_keep_few_results() -> None:
    bound_geometry_caches()
    for column in range(1000):
        region = Region(column, 0, 80, 24)
        assert region.intersection(Region(0, 0, 2000, 24)) == region
        assert region.translate((1, 2)) == Region(column + 1, 2, 80, 24)
    calculations = [each for owner in (Region, Scalar) for each in vars(owner).values() if hasattr(each, "cache_info")]
    assert Region.intersection in calculations
    assert max(each.cache_info().currsize for each in calculations) == 256


def test_a_strip_has_what_textual_gives_it_but_no_cache_before_it_is_used() -> None:
    make_strip_caches_late()
    strip, textuals = Strip([Segment("Hello")], 5), Strip.__new__(Strip)
    inspect.unwrap(Strip.__init__)(textuals, [Segment("Hello")], 5)
    caches = {name for name in Strip.__slots__ if isinstance(getattr(textuals, name), FIFOCache)}
    assert "_divide_cache" in caches
    assert caches.isdisjoint(name for name in Strip.__slots__ if is_set(strip, name))
    for name in Strip.__slots__:
        assert repr(getattr(strip, name)) == repr(getattr(textuals, name))
        assert getattr(strip, name) is getattr(strip, name)
    with pytest.raises(AttributeError, match="no_cache"):
        getattr(strip, "no_cache")  # noqa: B009


def is_set(strip: Strip, name: str) -> bool:
    try:
        inspect.getattr_static(strip, name).__get__(strip)
    except AttributeError:
        return False
    return True


def test_rules_of_the_style_sheet_are_hashed_by_python_and_each_is_only_itself() -> None:
    hash_rules_at_once()
    assert RuleSet.__hash__ is object.__hash__
    one, other = RuleSet(), RuleSet()
    assert one == other
    assert {one, other} == {one, other}
    assert [rule is one for rule in (one, other) if rule in {one}] == [True]
