"""The presenter's tour: what to show an audience, and what to say about it."""

from __future__ import annotations

from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.tui.tour.steps import Place, Step, Tour, at, heard, heeded, made, ran, viewing

PRESENTER = Tour(
    "presenter",
    (
        Step(
            "Twelve senders on one screen",
            {Place.OVERVIEW: "{senders.sort} goes to the next order: by progress, or by how many wait."},
            ran("senders.sort"),
            "One screen says who has started, who is behind, and where people wait.",
        ),
        Step(
            "Anybody's conversations",
            {Place.OVERVIEW: "{list.choose} opens the sender under the cursor."},
            at(Place.LIST),
            "No logging in as somebody else: one key opens what any sender sees.",
        ),
        Step(
            "Viewing as",
            {
                Place.LIST: "{messenger.viewing_as} shows all senders.",
                Place.PICKER: "Type tomas, then {picker.choose}.",
            },
            viewing("tomas"),
            "Tomás has gone home, and nine people still wait for an answer.",
        ),
        Step(
            "First messages",
            {
                Place.LIST: "{messenger.tab_1} goes to the initial messages, and {messenger.open} to the box.",
                Place.BOX: "It is written already, with the contact's name and place. {box.send} sends it.",
            },
            made(EventKind.SEND),
            "Peer to peer: a person sees each message, and sends it by one key.",
        ),
        Step(
            "An answer",
            {
                Place.BOX: "{box.leave} goes back to the list.",
                Place.LIST: "{messenger.tab_2} goes to the responses. Wait some seconds: who answers appears there.",
            },
            heard,
            "A message with a gap, like the next, is not sent. Meanwhile a contact answers.",
        ),
        Step(
            "A reply",
            {
                Place.LIST: "{messenger.open} opens the conversation of whoever waits longest.",
                Place.BOX: "Write an answer, then {box.send}. What is in the box is sent as it stands.",
            },
            made(EventKind.SEND),
            "It is sent in the admin's name; the conversation stays its sender's.",
        ),
        Step(
            "What was learnt",
            {
                Place.BOX: "{triage.survey} opens the survey of this contact.",
                Place.LIST: "{messenger.survey} opens the survey of this contact.",
                Place.SURVEY: "{survey.answer} records the first answer to the question.",
            },
            made(EventKind.ANSWER),
            "What people say becomes data on the spot, while the words are in sight.",
        ),
        Step(
            "Leave me alone",
            {
                Place.LIST: "{list.down} goes down to a flag.",
                Place.QUESTION: "{answer.yes} is yes.",
            },
            heeded,
            "STOP works by itself. For all other words there is a flag, and this key.",
            by_wish={
                (Place.LIST, True): "{messenger.opt_out} opts the contact under the cursor out.",
                (Place.QUESTION, False): "The contact under the cursor does not ask to be left alone. {question.leave} "
                "leaves everything as it is.",
            },
        ),
        Step(
            "Moving work",
            {
                Place.LIST: "{messenger.reassign_sender} moves what the sender in the bar holds.",
                Place.QUESTION: "{answer.reassign_some}: some of it.",
                Place.BULK: "Type lee, {bulk.apply}, and a number. Read the preview aloud, then {bulk.apply}.",
            },
            made(EventKind.REASSIGN),
            "The preview is the plan: nobody loses a conversation, nobody gets one twice.",
            by_view={
                (Place.BULK, "lee"): "Type maya, {bulk.apply}, and a number. Read the preview aloud, then {bulk.apply}."
            },
        ),
        Step(
            "Who did what",
            {Place.LIST: "{app.history} shows every change."},
            at(Place.HISTORY),
            "Every change has a name and a time, and the audit can read it later.",
        ),
        Step(
            "Undo",
            {
                Place.HISTORY: "{history.undo} takes back the change under the cursor.",
                Place.QUESTION: "It says first what would go back and what would stay. {answer.yes} does it.",
            },
            made(EventKind.UNDO),
            "Any of them can be taken back, also when others have worked on meanwhile.",
        ),
        Step(
            "Questions from the audience",
            dict.fromkeys(
                Place,
                "{app.help} shows all keys. {tour.presenter} begins again with a new campaign, {tour.leave} ends the "
                "tour.",
            ),
            None,
            "The same is there as commands, with JSON for scripts: thrumsg --help.",
        ),
    ),
)
