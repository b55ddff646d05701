"""What each key costs in the app, in a terminal: time, bytes and paints."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from itertools import cycle, islice

from benchmarks.answer_rows import answer_rows
from benchmarks.app import NARROW, SCRIPT, WIDE, opened, run
from benchmarks.large import CAMPAIGN
from benchmarks.pty_program import PtyProgram
from benchmarks.rows import Family, Figure, Part, Row, Setting, Unit

MANY = 100
"""How many keys come at once where a key is held down."""

HELD = 0.5
"""Seconds of silence after which keys that came at once are answered."""

COUNTED = 1.2
"""Seconds of silence after which the search has said all, its count included."""

RARE = "zqxwj"
"""Letters of which one changes every list that is not narrowed yet."""


STEP = answer_rows("a step in the list, the thread beside it", (3.7, 3.7), (990, 990), (1, 1))
LIST_STEP = answer_rows("a step in the list alone", size=(None, 400), paints=(None, 1))
INITIAL_STEP = answer_rows("a step in Initial Messages", (35, 8), (10_130, 2_500), (2, 1))
INITIAL_HUNDRED = answer_rows("a hundred steps at once in Initial Messages", (1_160, 300), (595_000, 20_000))
HUNDRED = answer_rows("a hundred steps at once in the list")
END = answer_rows("a jump to the end of the list")
TAB = answer_rows("another tab")
NEXT_SENDER = answer_rows("the next sender")
NEXT_WAITING = answer_rows("the next contact that waits")
OPEN_DIALOG = answer_rows("opening a dialog", size=(31_000, 6_000))
CLOSE_DIALOG = answer_rows("closing a dialog", size=(27_000, 6_000))
SENDER_STEP = answer_rows("a step in the table of senders")
SENDER_SORT = answer_rows("another order of the table of senders")

FIRST_MATCHES = Row("a letter in the search, until its first rows", Unit.MS, before=615, target=50)
ALL_MATCHES = Row("a letter in the search, until its count", Unit.MS)
SEARCH_BYTES = Row("a letter in the search: bytes", Unit.BYTES)
KEY_AFTER_LETTER = Row("the key after a letter in the search, until it shows", Unit.MS, target=50)


@contextmanager
def _messenger(setting: Setting, size: tuple[int, int] = WIDE) -> Iterator[PtyProgram]:
    """Open the messenger of the busy sender, on the tab Responses."""
    with opened(setting, size, messenger=True) as app:
        app.first_screen("Viewing as", " / ")
        yield app


def _list(setting: Setting) -> Iterator[Figure]:
    times = setting.scale.times
    with _messenger(setting) as app:
        app.press("j")
        yield from STEP.figures([app.press("j") for _ in range(times)])
        yield from HUNDRED.figures([app.press(*["j"] * MANY, quiet=HELD) for _ in range(setting.scale.few)])
        app.press("g")
        yield from END.figures([app.press(key) for key in ("G", "g") * times][::2])


def _tabs_and_senders(setting: Setting) -> Iterator[Figure]:
    times = setting.scale.times
    with _messenger(setting) as app:
        for rows, keys in ((TAB, ("1", "2")), (NEXT_WAITING, ("u",)), (NEXT_SENDER, ("n",))):
            app.press(*keys)
            yield from rows.figures([app.press(each) for each in islice(cycle(keys), times)])


def _initial_messages(setting: Setting) -> Iterator[Figure]:
    run(setting, "campaign", "edit", CAMPAIGN, "--initial", SCRIPT)
    with _messenger(setting) as app:
        app.press("1", shown=partial(app.shows, "this is"))
        app.press("j")
        yield from INITIAL_STEP.figures([app.press("j") for _ in range(setting.scale.times)])
        yield from INITIAL_HUNDRED.figures([app.press(*["j"] * MANY, quiet=HELD) for _ in range(setting.scale.few)])


def _list_alone(setting: Setting) -> Iterator[Figure]:
    with _messenger(setting, NARROW) as app:
        app.press("j")
        yield from LIST_STEP.figures([app.press("j") for _ in range(setting.scale.times)])


def _dialog(setting: Setting) -> Iterator[Figure]:
    """Open and close the dialog that asks before it opts a contact out; the first time loads it, and does not count."""
    with _messenger(setting) as app:
        answers = [app.press(key, quiet=0.3) for key in ("o", "escape") * (setting.scale.few + 1)]
    yield from OPEN_DIALOG.figures(answers[2::2])
    yield from CLOSE_DIALOG.figures(answers[3::2])


def _search(setting: Setting) -> Iterator[Figure]:
    letters, after = [], []
    with _messenger(setting) as app:
        app.press("/")
        for letter in RARE[: setting.scale.few]:
            before = _rows_of_list(app)
            letters.append(app.press(letter, shown=partial(_is_another_list, app, before), quiet=COUNTED))
            app.press("backspace", quiet=COUNTED)
        for letter in RARE[: setting.scale.few]:
            app.type_ahead(letter)
            after.append(app.press("o", shown=partial(app.shows, f" / {letter}o"), quiet=COUNTED))
            app.press("backspace", "backspace", quiet=COUNTED)
    yield Figure(FIRST_MATCHES, tuple(each.shown_ms for each in letters))
    yield Figure(ALL_MATCHES, tuple(each.ms for each in letters))
    yield Figure(SEARCH_BYTES, tuple(each.size for each in letters))
    yield Figure(KEY_AFTER_LETTER, tuple(each.shown_ms for each in after))


def _rows_of_list(app: PtyProgram) -> list[str]:
    """Return the rows of the list, without what stands beside it."""
    lines = [line.partition("│")[0].rstrip() for line in app.lines]
    top = next((nth for nth, line in enumerate(lines) if line.startswith(" / ")), len(lines))
    return lines[top + 1 :]


def _is_another_list(app: PtyProgram, before: list[str]) -> bool:
    rows = _rows_of_list(app)
    return rows != before and any(rows)


def _senders(setting: Setting) -> Iterator[Figure]:
    with opened(setting) as app:
        app.first_screen("Overview", "Unassigned")
        for rows, key in ((SENDER_STEP, "j"), (SENDER_SORT, "s")):
            app.press(key)
            yield from rows.figures([app.press(key) for _ in range(setting.scale.times)])


KEYS = Family(
    "keys",
    "Keys",
    (
        Part((*STEP.all, *HUNDRED.all, *END.all), _list),
        Part(LIST_STEP.all, _list_alone),
        Part((*INITIAL_STEP.all, *INITIAL_HUNDRED.all), _initial_messages),
        Part((*TAB.all, *NEXT_WAITING.all, *NEXT_SENDER.all), _tabs_and_senders),
        Part((FIRST_MATCHES, ALL_MATCHES, SEARCH_BYTES, KEY_AFTER_LETTER), _search),
        Part((*OPEN_DIALOG.all, *CLOSE_DIALOG.all), _dialog),
        Part((*SENDER_STEP.all, *SENDER_SORT.all), _senders),
    ),
)
