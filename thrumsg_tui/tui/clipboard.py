"""Copies a text for other programs, and says what to do where the terminal does not take it.

The terminal copies by OSC 52, and never says whether it has. tmux takes that from no program, unless its user has asked
for it, so it gets the text as a buffer of its own. The console of Linux has no clipboard.
"""

from __future__ import annotations

import asyncio
import os
from asyncio.subprocess import DEVNULL, PIPE
from shutil import which

from thrumsg_tui.tui.app_context import AppContext

_WITHIN = 2.0
"""Seconds in which tmux takes a buffer."""


async def copy(app: AppContext, text: str, shown: str) -> str:
    """Copy a text; return what to tell the user.

    Args:
        app: The app.
        text: The text.
        shown: The text as the sentence is to have it, so that it can be marked there.
    """
    mark = "mark it here with Shift and the mouse" if app.preferences.mouse else "mark it here with the mouse"
    if os.environ.get("TERM") == "linux":
        return f"This console has no clipboard: note {shown}, or mark it with the mouse."
    app.copy_to_clipboard(text)
    if os.environ.get("TMUX") and not app.forced_command and await _give_to_tmux(text):
        return f"Copied {shown}, also into tmux's buffer: its prefix and ] pastes it."
    return f"Copied {shown}. If the terminal did not take it, {mark}."


async def _give_to_tmux(text: str) -> bool:
    """Make a text tmux's newest buffer, which it hands on to its own terminal; return whether it has."""
    if (program := which("tmux")) is None:
        return False
    process = await asyncio.create_subprocess_exec(
        program, "load-buffer", "-w", "-", stdin=PIPE, stdout=DEVNULL, stderr=DEVNULL
    )
    try:
        async with asyncio.timeout(_WITHIN):
            await process.communicate(text.encode())
    except TimeoutError:
        process.kill()
        await process.wait()
        return False
    return process.returncode == 0
