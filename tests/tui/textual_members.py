"""The members of Textual's classes beyond its documented interface on which the app relies.

`test_textual_compat.py` compares them with the installed Textual.
"""

from __future__ import annotations

from typing import NamedTuple


class TextualMember(NamedTuple):
    """A member of one of Textual's classes that the app calls, reads, sets or overrides."""

    owner: str
    name: str
    shape: str
    """The parameters of a function without `self`, or the type of an attribute's first value."""
    used_in: tuple[str, ...]
    """Files, relative to `tui/`."""
    why: str


_HERE, _PATCHES, _COMPOSING = ("textual_compat.py",), ("textual_patches.py",), ("compositor.py",)
_APP, _SCREEN, _WIDGET = "textual.app.App", "textual.screen.Screen", "textual.widget.Widget"
_INPUT, _TEXT_AREA = "textual.widgets.Input", "textual.widgets.TextArea"
_DRIVER, _WRITER = "textual.drivers.linux_driver.LinuxDriver", "textual.drivers._writer_thread.WriterThread"
_LAYOUT, _CHOPS = "textual._compositor.LayoutUpdate", "textual._compositor.ChopsUpdate"
_UPDATE, _COMPOSITOR = "textual._compositor.CompositorUpdate", "textual._compositor.Compositor"
_TINT = "textual.renderables.background_screen.BackgroundScreen"
_STYLES_CACHE = "textual._styles_cache.StylesCache"
_STRIP, _FIFO_CACHE = "textual.strip.Strip", "textual.cache.FIFOCache"
_PARSER, _EVENT = "textual._xterm_parser.XTermParser", "textual.events.Event"

RELIED_UPON = (
    TextualMember(_APP, "_exit", "bool", _HERE, "tells an app that is ending from one that runs"),
    TextualMember(_APP, "_batch_count", "int", _HERE, "a batch calls the display hook though nothing is written"),
    TextualMember(_APP, "_running", "bool", _HERE, "nothing is written before and after the app runs"),
    TextualMember(_APP, "_closed", "bool", _HERE, "nothing is written before and after the app runs"),
    TextualMember(_APP, "_display", "(screen, renderable)", ("painting.py",), "overridden: writes what differs"),
    TextualMember(_APP, "_check_resize", "()", ("painting.py",), "overridden: writes all again in a new size"),
    TextualMember(
        _APP,
        "_prune",
        "(*nodes, parent=None)",
        ("painting.py",),
        "overridden: Textual draws the screen below a removed one once more",
    ),
    TextualMember(_APP, "_driver", "NoneType", _HERE, "the driver stops writing, and suspends"),
    TextualMember(_APP, "_exception", "NoneType", _HERE, "the crash log keeps it"),
    TextualMember(_APP, "_exit_renderables", "list", _HERE, "Textual prints them after it has left the terminal"),
    TextualMember(_APP, "_close_messages_no_wait", "()", _HERE, "ends the app after a crash"),
    TextualMember(_APP, "_fatal_error", "()", ("app.py",), "overridden: Textual's report shows locals"),
    TextualMember(
        _APP,
        "_handle_exception",
        "(error)",
        ("app.py", *_HERE),
        "overridden: a refusal in a worker is no crash; called: a task of ours has none to tell",
    ),
    TextualMember(
        _APP,
        "on_event",
        "async (event)",
        ("app.py", "painting.py"),
        "overridden: keys wait in the key queue; all is written again if the terminal was another's",
    ),
    TextualMember(_APP, "get_driver_class", "()", ("app.py",), "overridden: TerminalDriver replaces LinuxDriver"),
    TextualMember(_APP, "post_display_hook", "()", ("app.py",), "overridden: called after a screen was written"),
    TextualMember(_APP, "action_suspend_process", "()", ("app.py",), "overridden: there may be no shell"),
    TextualMember(_SCREEN, "focused", "reactive", ("painting.py",), "redeclared: Textual's repaints the screen"),
    TextualMember(_SCREEN, "_dirty_widgets", "set", _HERE, "draws at once, or later"),
    TextualMember(_SCREEN, "_compositor_refresh", "()", ("painting.py",), "overridden: a held screen is not drawn"),
    TextualMember(_SCREEN, "_on_timer_update", "()", _HERE, "draws at once"),
    TextualMember(_SCREEN, "_compositor", "Compositor", _HERE, "knows the visible widgets; set: draws fewer lines"),
    TextualMember(_COMPOSITOR, "visible_widgets", "property", _COMPOSING, "what is in front of what, and where"),
    TextualMember(_COMPOSITOR, "render_partial_update", "()", _COMPOSING, "overridden: draws changed lines only"),
    TextualMember(
        _COMPOSITOR, "_render_chops", "(crop, is_rendered_line)", _COMPOSING, "overridden: draws over widgets"
    ),
    TextualMember(_COMPOSITOR, "render_strips", "(size=None)", _HERE, "what stands behind a dialog"),
    TextualMember(_TINT, "process_segments", "(segments, color)", _HERE, "the colours of what stands behind a dialog"),
    TextualMember(_COMPOSITOR, "get_widget_at", "(x, y)", _COMPOSING, "overridden: what is covered takes no click"),
    TextualMember(_COMPOSITOR, "_dirty_regions", "set", _HERE, "what is to be painted"),
    TextualMember(_COMPOSITOR, "_regions_to_spans", "(regions)", _HERE, "what is to be painted, by rows"),
    TextualMember(_WIDGET, "_bindings", "BindingsMap", _HERE, "a dialog has keys of what it is asked about"),
    TextualMember(_WIDGET, "_refresh_scrollbars", "()", _HERE, "Textual calls it only when the size changes"),
    TextualMember(_WIDGET, "_check_refresh", "()", _HERE, "tells the screen what is to be repainted"),
    TextualMember(_WIDGET, "_message_queue", "Queue", _HERE, "a screen is shown when its widgets are idle"),
    TextualMember("textual._queue.Queue", "ready_event", "Event", _HERE, "who has handled all messages waits for it"),
    TextualMember(_WIDGET, "_layout_required", "bool", _HERE, "a screen is shown when its widgets are laid out"),
    TextualMember(_WIDGET, "_scroll_required", "bool", _HERE, "tells a repaint from a new layout"),
    TextualMember(_WIDGET, "_refresh_styles_required", "bool", _HERE, "tells a repaint from new styles"),
    TextualMember(_WIDGET, "_repaint_required", "bool", _HERE, "tells the screen what is to be repainted"),
    TextualMember(_WIDGET, "_repaint_regions", "set", _HERE, "tells what was drawn from what is still to be"),
    TextualMember(_WIDGET, "_exchange_repaint_regions", "()", _HERE, "what was just drawn is not drawn again"),
    TextualMember(
        _WIDGET,
        "render_lines",
        "(crop)",
        (
            *("widgets/message_box.py", "dialogs/choice.py", "widgets/line_widgets.py", "widgets/text_editor.py"),
            "dialogs/in_front.py",
        ),
        "overridden: notes that the lines were drawn; draws all in one style; computes no styles for each frame; "
        "finds each colour behind a dialog once",
    ),
    TextualMember(
        _STYLES_CACHE,
        "get_inner_outer",
        "(base_background, background)",
        _PATCHES,
        "replaced: its cache keeps removed widgets' lines",
    ),
    TextualMember("textual.css.model.RuleSet", "__hash__", "()", _PATCHES, "replaced: it is as Python's, but slower"),
    TextualMember(_STRIP, "__init__", "(segments, cell_length=None)", _PATCHES, "replaced: makes no caches"),
    TextualMember(_STRIP, "_segments", "list", _PATCHES, "set by that"),
    TextualMember(_STRIP, "_cell_length", "NoneType", _PATCHES, "set by that"),
    TextualMember(_STRIP, "_render_cache", "NoneType", _PATCHES, "set by that"),
    TextualMember(_STRIP, "_link_ids", "NoneType", _PATCHES, "set by that"),
    TextualMember(_STRIP, "_cell_count", "NoneType", _PATCHES, "set by that"),
    TextualMember(_FIFO_CACHE, "_maxsize", "int", _PATCHES, "caches that are made late hold as much"),
    TextualMember(_INPUT, "_suggestion", "reactive", _HERE, "Tab completes a path"),
    TextualMember(
        _INPUT,
        "_on_key",
        "async (event)",
        ("dialogs/phone_lookup.py",),
        "overridden: takes its keys before Textual's handler, which prevent_default keeps from running",
    ),
    TextualMember(_INPUT, "_on_paste", "(event)", ("widgets/inputs.py",), "overridden: Textual takes the first line"),
    TextualMember(
        _INPUT,
        "insert_text_at_cursor",
        "(text)",
        ("widgets/inputs.py", "dialogs/phone_lookup.py"),
        "overridden: Textual inserts typed characters through it",
    ),
    TextualMember(
        _TEXT_AREA, "get_line", "(line_index)", ("widgets/text_editor.py",), "overridden: shows stand-ins for controls"
    ),
    TextualMember(_EVENT, "is_forwarded", "property", ("app.py",), "a forwarded key was in the queue already"),
    TextualMember(
        _EVENT,
        "time",
        "float",
        ("key_queue.py",),
        "when a key was pressed; set where one key is made two",
    ),
    TextualMember(_PARSER, "feed", "(data)", ("terminal.py",), "turns what was read into events"),
    TextualMember(
        _PARSER,
        "_sequence_to_key_events",
        "(sequence, alt=False)",
        ("key_parser.py",),
        "overridden: Esc and a key that come together are two keys",
    ),
    TextualMember(_PARSER, "tick", "()", ("terminal.py",), "tells a lone Esc from the beginning of a key"),
    TextualMember(_PARSER, "_timeout_time", "NoneType", _HERE, "until when more of a sequence is waited for"),
    TextualMember(_DRIVER, "_app", "App", ("terminal.py",), "is told that the terminal is gone"),
    TextualMember(_DRIVER, "_debug", "bool", ("terminal.py",), "the parser is made with it"),
    TextualMember(_DRIVER, "_file", "TextIOWrapper", ("terminal.py",), "replaced: notices a terminal that is gone"),
    TextualMember(_DRIVER, "_writer_thread", "NoneType", ("terminal.py",), "what is still to be written is dropped"),
    TextualMember(_DRIVER, "_must_signal_resume", "bool", ("terminal.py",), "set: the app resumes after SIGCONT"),
    TextualMember(_DRIVER, "_sigtstp_application", "(*_)", ("terminal.py",), "overridden: writes nothing in a handler"),
    TextualMember(_DRIVER, "_sigcont_application", "(*_)", ("terminal.py",), "overridden: after SIGSTOP, too"),
    TextualMember(_DRIVER, "run_input_thread", "()", ("terminal.py",), "overridden: Textual's spins at an end of file"),
    TextualMember(_DRIVER, "process_message", "(message)", ("terminal.py",), "hands an event to the app"),
    TextualMember(_DRIVER, "start_application_mode", "()", ("terminal.py",), "overridden: notes who has the terminal"),
    TextualMember(_DRIVER, "suspend_application_mode", "()", ("terminal.py",), "overridden, for the same reason"),
    TextualMember(_DRIVER, "close", "()", ("terminal.py",), "overridden: waits for no terminal that takes nothing"),
    TextualMember(_DRIVER, "fileno", "int", ("terminal.py",), "read from"),
    TextualMember(_DRIVER, "exit_event", "Event", ("terminal.py",), "ends the reader"),
    TextualMember(_LAYOUT, "strips", "list", _HERE, "what the whole screen shows"),
    TextualMember(_LAYOUT, "region", "Region", _HERE, "the size of the screen"),
    TextualMember(_CHOPS, "chops", "list", _HERE, "what a part of the screen shows"),
    TextualMember(_CHOPS, "spans", "list", _HERE, "the part that is to be drawn"),
    TextualMember(_CHOPS, "chop_ends", "list", _HERE, "where each strip ends"),
    TextualMember(_UPDATE, "render_segments", "(console)", _HERE, "overridden: the output is there already"),
    TextualMember(_WRITER, "_queue", "Queue", _HERE, "is emptied, or ended"),
)
"""Every such member. A test fails if Textual drops or renames one, or changes its parameters."""
