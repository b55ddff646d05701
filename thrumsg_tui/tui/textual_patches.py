"""Changes of Textual itself, for less memory and time: each gives the app what Textual gives it.

`tests/tui/textual_members.py` lists what they replace, and a test compares the list with the installed Textual.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache, wraps

from rich.segment import Segment
from textual import screen as screens
from textual._styles_cache import StylesCache
from textual.cache import FIFOCache
from textual.css.model import RuleSet
from textual.css.scalar import Scalar
from textual.geometry import Region
from textual.keys import Keys, key_to_character
from textual.strip import Strip

_CHARACTERS = {
    "colon": ":",
    "comma": ",",
    "equals_sign": "=",
    "left_square_bracket": "[",
    "question_mark": "?",
    "right_square_bracket": "]",
    "space": " ",
}
"""The characters of keys that Textual names after them, and that have commands."""

_OTHERWISE_NAMED = {"at", "backslash", "minus", "plus", "slash", "underscore"}
"""Keys for whose names Textual finds no character."""

_RESULTS = 256
"""How many results of a calculation with regions are kept."""


def patch_textual() -> None:
    """Make all of them, unless they are made."""
    forget_removed_widgets()
    hash_rules_at_once()
    bound_geometry_caches()
    make_strip_caches_late()
    seek_few_characters()


def forget_removed_widgets() -> None:
    """Let no removed widget keep its lines in memory.

    Textual caches two styles by colours and by the widget's cache of lines, which so stays until a thousand other
    widgets have come. As a method of the class it is cached by the colours alone.
    """
    cached = StylesCache.__dict__["get_inner_outer"]
    if not isinstance(cached, classmethod):
        StylesCache.get_inner_outer = classmethod(cached)  # type: ignore[assignment,method-assign]


def hash_rules_at_once() -> None:
    """Let Python hash a rule of a style sheet, all of which are looked up for each widget that is styled.

    Textual returns the same in a method of its own, which is called a thousand times per dialog.
    """
    RuleSet.__hash__ = object.__hash__  # type: ignore[method-assign]


def bound_geometry_caches() -> None:
    """Let each calculation with regions keep a few hundred results, of which a frame needs a part.

    Textual keeps up to 4,096 of each. They come with every other size, scroll position and screen, for hours.
    """
    for owner in (Region, Scalar):
        for name, member in list(vars(owner).items()):
            if hasattr(member, "cache_parameters") and member.cache_parameters()["maxsize"] > _RESULTS:
                setattr(owner, name, lru_cache(maxsize=_RESULTS)(member.__wrapped__))


def make_strip_caches_late() -> None:
    """Let a strip make each of its caches when it is first used.

    Textual makes all seven with the strip. A screen is drawn as a thousand strips, most of which use none.
    """
    if "__getattr__" in Strip.__dict__:
        return
    sizes = {
        name: cache._maxsize for name in Strip.__slots__ if isinstance(cache := getattr(Strip([]), name), FIFOCache)
    }

    @wraps(Strip.__init__)
    def init(self: Strip, segments: Iterable[Segment], cell_length: int | None = None) -> None:
        self._segments = list(segments)
        self._cell_length = cell_length
        self._render_cache = self._link_ids = self._cell_count = None

    def make_cache(self: Strip, name: str) -> FIFOCache[object, object]:
        if name not in sizes:
            raise AttributeError(name, name=name, obj=self)
        cache: FIFOCache[object, object] = FIFOCache(sizes[name])
        setattr(self, name, cache)
        return cache

    Strip.__init__ = init  # type: ignore[method-assign]
    Strip.__getattr__ = make_cache  # type: ignore[attr-defined]  # called for a slot that was not set


def seek_few_characters() -> None:
    """Let Textual know the characters of keys without a search among the names of all characters: 0.7 MB of a table.

    A screen asks whether a box would take the keys of others, for each of them.
    """
    others = _OTHERWISE_NAMED | {key.value for key in Keys}

    @lru_cache(maxsize=_RESULTS)  # as Textual's own: asked some hundred times for each key that is pressed
    def character(key: str) -> str | None:
        return _CHARACTERS.get(key) or (None if key in others else key_to_character(key))

    screens.key_to_character = character  # type: ignore[attr-defined]  # which imports it
