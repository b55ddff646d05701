"""The grammar of the app's keys: what is written of it in `docs/keys.md`, and the one meaning of each character."""

from __future__ import annotations

from typing import NamedTuple


class Meaning(NamedTuple):
    """What a character means in all screens, and the commands that it is on."""

    words: str
    ids: tuple[str, ...]


def _means(words: str, *ids: str) -> Meaning:
    return Meaning(words, ids)


MEANINGS = {
    "j": _means("down", "list.down", "survey.down"),
    "k": _means("up", "list.up", "survey.up"),
    "g": _means("to the first row", "list.first"),
    "G": _means("to the last row", "list.last"),
    "J": _means("move the row down", "survey_editor.down", "reply_editor.down"),
    "K": _means("move the row up", "survey_editor.up", "reply_editor.up"),
    "/": _means(
        "search",
        *("senders.search", "messenger.search", "history.search"),
        *("reply_editor.search", "opt_outs.search", "users.search"),
    ),
    "?": _means("help", "app.help"),
    ":": _means("find a command", "app.palette"),
    "q": _means("back one screen, from the campaigns out", "app.back"),
    "z": _means("undo", "app.undo"),
    "Z": _means("redo", "app.redo"),
    "P": _means("find a person", "app.find"),
    "p": _means("look up a phone number", "app.lookup"),
    "H": _means("history", "app.history"),
    "a": _means("recommended replies", "manage.replies", "messenger.replies"),
    "A": _means("mark all", "messenger.mark_all"),
    "b": _means("the order backwards", "senders.reverse"),
    "c": _means(
        "create",
        *("campaigns.create", "survey_editor.add", "reply_editor.add"),
        *("follow_ups.add", "opt_outs.add", "users.add"),
    ),
    "C": _means("one campaign or all", "history.campaign"),
    "d": _means("done: it was sent", "doubts.was_sent"),
    "D": _means("messages in doubt", "organization.doubts"),
    "e": _means("the survey: questions, or a contact's answers", "manage.survey", "messenger.survey"),
    "E": _means("export to a file", "manage.export", "import.rejects"),
    "f": _means("follow-ups", "manage.follow_ups"),
    "F": _means("failed messages", "carrier.failures"),
    "h": _means("the history of one conversation", "history.conversation"),
    "i": _means("information and settings of what is open", "manage.edit", "messenger.info", "opt_outs.note"),
    "I": _means("import a file", "manage.import", "import.file"),
    "l": _means("launch, pause, resume or archive", "manage.state"),
    "m": _means("the menu of all that can be done", "manage.menu"),
    "M": _means("unmatched messages", "organization.unmatched"),
    "n": _means("next sender", "messenger.next_sender"),
    "N": _means("previous sender", "messenger.previous_sender"),
    "o": _means("opt out or in", "messenger.opt_out", "opt_outs.opt_in"),
    "O": _means("opt-outs", "organization.opt_outs"),
    "r": _means("reassign what is marked, else the row", "senders.reassign", "messenger.reassign"),
    "R": _means("reassign in bulk", "senders.reassign_bulk", "messenger.reassign_sender"),
    "s": _means("sort: the next order", "senders.sort", "messenger.sort"),
    "S": _means("send without writing: all, or again", "messenger.send_all", "doubts.send_again"),
    "t": _means("show or hide what was sent", "messenger.sent_tab", "history.traffic"),
    "u": _means("next who waits for a reply", "messenger.next_waiting"),
    "U": _means("users and roles", "organization.users"),
    "v": _means("view by sender", "messenger.viewing_as", "survey_editor.by_sender"),
    "V": _means("mark a range", "messenger.mark_range"),
    "w": _means("who has not started", "senders.remind"),
    "x": _means(
        "take out: skip, retire, remove, end, drop",
        *("messenger.skip", "survey_editor.retire", "reply_editor.remove", "follow_ups.end", "doubts.drop"),
    ),
    "y": _means("copy the number", "messenger.copy_phone"),
    "+": _means("add senders", "senders.add"),
    "-": _means("remove a sender", "senders.remove"),
    "=": _means("which column is which field", "import.columns"),
    ",": _means("settings of the organization", "organization.settings"),
    "[": _means("tab before", "messenger.tab_before"),
    "]": _means("next tab", "messenger.tab_after"),
}
"""What each character means in screens and panes; in dialogs, letters search or answer."""

GRAMMAR = """\
* **Enter** chooses: it opens the row, sends the message, goes to the next field, gives the answer under the cursor.
* **space** marks a row; on a choice it takes the next option.
* **Tab** goes to the next field or pane, **shift+Tab** to the one before. In a path it first completes what it can.
* **Esc** is one step back: it clears a search, then marks, then leaves the box, the pane or the dialog. It never leaves
  the campaigns, an overview or the messenger: `q` does.
* **← and →** change a value: an option, an answer, the order of senders in a picker.
* **Letters** search in pickers and answer in questions. In screens and panes a letter means one thing:
"""

ONE_REPLY = """\
A contact waits for a reply. Enter opens the conversation with the cursor in the message box, which one never has to
leave: with a survey answer and a recommended reply it takes four keys to the next contact.

| Keys | What happens |
| --- | --- |
| `ctrl+e` `2` | records the second choice; after the last question without an answer, back to the box |
| `alt+1` | puts the first recommended reply into the box; words can be typed, too |
| `Enter` | sends, and brings the next contact who waits, with the cursor in the box |

`ctrl+r` shows the recommended replies, of which a digit takes one; `ctrl+g` goes to the next contact who waits and
keeps what is written; `ctrl+o` opts the number out, after a question. The bottom line of the box names most of these
keys. Nothing is sent that was not on the screen before Enter was pressed: keys typed ahead of it answer and choose, but
do not send.

For comparison, an answer in mutt with its default settings takes eight keys or more besides the words: `r`, Enter for
recipient, subject and quotation each, what leaves the editor, `y` to send, and Tab to the next new message.
"""

TERMINALS = """\
Most terminals send Esc and the digit for Alt and a digit, so both mean the same if they come together.

| Where | What becomes of Alt and a digit | Instead |
| --- | --- | --- |
| tmux, screen, ssh, byobu | they pass it on | |
| Linux console | sends Esc and the digit | |
| GNOME Terminal, Xfce Terminal | go to a tab of their own, unless their settings turn that off | `ctrl+r` `1` |
| macOS Terminal, iTerm2 | type another character, unless Option is set as Meta key (Esc+) | `ctrl+r` `1` |
| window managers such as i3 | may go to another workspace | `ctrl+r` `1` |

tmux before 3.5 waits half a second to tell Esc from Alt: there, Esc and a digit that follows soon are Alt and the
digit. `set -s escape-time 10` in its configuration makes that rare. In tmux and screen, an Enter sends such a reply
only 0.6 seconds after the digit, since Esc, digit and Enter may have been meant for a tab. In the list, and where the
box holds an initial message or a follow-up, Alt and a digit are Esc and the digit, which is a tab.

`ctrl+e`, `ctrl+r`, `ctrl+g` and `ctrl+o` are taken by none of these: the key of screen is `ctrl+a`, that of tmux
`ctrl+b`. A terminal within an editor or a browser may keep them for itself. There, and anywhere else, Esc and then `e`,
`a`, `u` or `o` do the same from the list.
"""
