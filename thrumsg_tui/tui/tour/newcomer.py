"""The newcomer's tour: from the first screen to a reassignment that is undone, in three minutes."""

from __future__ import annotations

from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.tui.tour.steps import Place, Step, Tour, at, heeded, made, marked, viewing

_ASKS = "This contact asks to be left alone"

_NO_REPLY = {
    (Place.BOX, True): f"{_ASKS}: {{box.leave}} goes to the list, to write to another one.",
    (Place.LIST, True): f"{_ASKS}: {{list.down}} and {{list.up}} go to another one.",
}
"""For steps that write: a reply is not for who asks to be left alone."""

NEWCOMER = Tour(
    "newcomer",
    (
        Step(
            "The overview",
            {
                Place.OVERVIEW: "Each row is a sender of this campaign, with how far they are and how many wait for a "
                "reply. {list.choose} opens the conversations of the row under the cursor."
            },
            at(Place.LIST),
        ),
        Step(
            "Viewing as",
            {
                Place.LIST: "The bar “Viewing as” says whose conversations you see. {messenger.viewing_as} shows whose "
                "you can see; the tour goes on with Maya's.",
                Place.PICKER: "Type maya; {picker.choose} then chooses Maya Lindqvist.",
            },
            viewing("maya"),
        ),
        Step(
            "Reading",
            {
                Place.LIST: "Who waits longest for an answer comes first. {messenger.open} opens the conversation "
                "under the cursor, to read it and to write."
            },
            at(Place.BOX),
        ),
        Step(
            "A reply",
            {
                Place.BOX: "Write an answer. {box.send} sends it, and the next who waits comes up.",
                Place.LIST: "{messenger.open} opens the conversation under the cursor.",
            },
            made(EventKind.SEND),
            by_wish=_NO_REPLY,
        ),
        Step(
            "A recommended reply",
            {
                Place.BOX: "Contacts answer within seconds here. {triage.replies} shows replies that are written "
                "already.",
                Place.LIST: "{messenger.replies} shows replies that are written already.",
            },
            at(Place.REPLIES),
            by_wish=_NO_REPLY,
        ),
        Step(
            "Choosing and sending",
            {
                Place.REPLIES: "{replies.pick} puts the first one into the box, with the contact's name "
                "and fields filled in.",
                Place.BOX: "Change it if you like. {box.send} sends it.",
                Place.LIST: "{messenger.replies} shows the replies that are written already.",
            },
            made(EventKind.SEND),
            by_wish=_NO_REPLY | {(Place.REPLIES, True): f"{_ASKS}: {{pane.leave}} goes back to where you were."},
        ),
        Step(
            "An opt-out",
            {
                Place.BOX: "Some ask to be left alone, and the line above the box says so. {triage.opt_out} opts them "
                "out.",
                Place.LIST: "A flag marks who asks to be left alone. {messenger.opt_out} opts the contact under the "
                "cursor out.",
                Place.QUESTION: "A question says what will happen before it happens. {answer.yes} is yes.",
            },
            heeded,
            by_wish={
                (Place.BOX, False): "Some ask to be left alone; this contact does not. {box.leave} goes to the list.",
                (Place.LIST, False): "A flag marks who asks to be left alone. {list.down} and {list.up} go to one; if "
                "there is none, {tour.skip} goes on.",
                (Place.QUESTION, False): "The contact under the cursor does not ask to be left alone. {question.leave} "
                "leaves everything as it is.",
            },
        ),
        Step(
            "A survey answer",
            {
                Place.BOX: "{triage.survey} opens the survey of this contact.",
                Place.LIST: "{messenger.survey} opens the survey of this contact.",
                Place.SURVEY: "{survey.answer} records the first answer to the question.",
            },
            made(EventKind.ANSWER),
        ),
        Step(
            "Marking",
            {Place.LIST: "Now some of these go to Lee. {messenger.mark} marks a conversation: mark two."},
            marked(2),
            by_view={
                (Place.LIST, "lee"): "Now some of these go to Maya. {messenger.mark} marks a conversation: mark two."
            },
        ),
        Step(
            "Reassigning",
            {
                Place.LIST: "{messenger.reassign} moves the marked conversations to somebody else.",
                Place.PICKER: "Type lee; {picker.choose} then chooses Lee Okafor.",
                Place.QUESTION: "This is the preview: what would move, whose it is and whose it would be. {answer.yes} "
                "moves them.",
            },
            made(EventKind.REASSIGN),
            by_view={(Place.PICKER, "lee"): "Type maya; {picker.choose} then chooses Maya Lindqvist."},
        ),
        Step(
            "Undo",
            {
                Place.LIST: "Changes can be taken back: {app.undo} takes back the last one, whatever it was.",
                Place.QUESTION: "{answer.yes} takes it back.",
            },
            made(EventKind.UNDO),
        ),
        Step(
            "You know your way",
            dict.fromkeys(
                Place,
                "That was the tour. {app.help} shows all keys, {app.palette} finds a command by its name. "
                "{tour.leave} ends the tour; the campaign stays for you to practise.",
            )
            | {
                Place.QUESTION: "This question still waits. {answer.yes} is yes, {question.leave} leaves everything as "
                "it is."
            },
            None,
        ),
    ),
)
