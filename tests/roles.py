"""Who may do what, in one table: each thing that can be done, and the weakest role that may (docs/rules.md 8.1).

Each row is a command line, to be tried in the database that `arrange` makes. In it there are a user of each role,
named for the role, the sender Lee, and the campaign Spring, whose conversations are described by `PEOPLE`.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.public_keys import KIMS, LEES
from thrumsg_tui.domain.permissions import WEAKEST_ROLE, Permission, Role
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.location import Location

PEOPLE = ("Maria Lopez", "Dev Patel", "Ann Otieno", "Bo Lind", "Cy Ross")
"""By conversation, from 1 on: the sender's, not started; nobody's, not started; Lee's, who has replied; the sender's,
opted out; the sender's, texted, with a follow-up."""

NUMBERS = tuple(f"+1415555014{nth}" for nth in range(1, 6))
MARIA, DEV, ANN, BO, CY = NUMBERS

STOPPED, OAKLAND, SPARE = "+14155550100", "+15105550100", "+18445550100"
"""Numbers of ours: that of Ann's conversation, which is stopped; one that is ready; one that is not there yet."""

FILES = {
    "contacts.csv": "first,last,phone\nDi,Park,4155550190\n",
    "users.csv": "login,first_name,last_name,role\nnew,New,Person,sender\n",
    "moderators.csv": "login,first_name,last_name,role\nnew,New,Person,moderator\n",
    "replies.csv": "title,body\nWhen,Tuesday\n",
    "survey.csv": "question,choices\nWhen?,Now|Later\n",
    "opt-outs.csv": "phone,note\n4155550191,by mail\n",
    "key.pub": KIMS,
    "authorized_keys": f'restrict,pty,command="thrumsg --forced-login lee" {LEES}\n',
    "numbers.txt": "(415) 555-0192; 415.555.0193\n",
}
"""What is in the folder that `{folder}` stands for, besides the plan plan.json; `{out}` is where files are written."""


@dataclass(frozen=True, slots=True)
class Row:
    """Something that can be done: its command line, whether that only looks, and what the rules call it."""

    name: str
    line: str
    weakest: Role
    action: Permission | None = None
    looks: bool = False

    def words(self, folder: Path, out: Path) -> list[str]:
        """The command line, with the files that it names."""
        return [word.format(folder=folder, out=out) for word in shlex.split(self.line)]

    @property
    def names_files(self) -> bool:
        """Whether it reads or writes a file whose path is given."""
        return "{folder}" in self.line or "{out}" in self.line


def does(action: Permission, name: str, line: str) -> Row:
    """Describe something that needs an action."""
    return Row(name, line, WEAKEST_ROLE[action], action)


def looks(action: Permission, name: str, line: str) -> Row:
    """Describe something that needs an action and changes nothing."""
    return Row(name, line, WEAKEST_ROLE[action], action, looks=True)


def _beyond_own(name: str, line: str, *, only_looks: bool = False) -> Row:
    """Describe something that a sender does to their own conversations, and everybody above to all."""
    return Row(name, line, WEAKEST_ROLE[Permission.WORK_FOR_OTHERS], looks=only_looks)


ROWS: tuple[Row, ...] = (
    does(Permission.WORK, "send an initial", "send 1"),
    does(Permission.WORK, "send a reply", "send 5 --body Thanks"),
    _beyond_own("send in somebody else's", "send 3 --body Thanks"),
    _beyond_own("send in nobody's", "send 2"),
    does(Permission.WORK, "send all one's own", "send-all Spring --sender sender"),
    _beyond_own("send all of nobody's", "send-all Spring --unassigned"),
    does(Permission.WORK, "record an answer", "answer 1 'Will you vote?' Yes"),
    _beyond_own("record an answer in somebody else's", "answer 3 'Will you vote?' Yes"),
    does(Permission.WORK, "skip a follow-up", "follow-up skip 5"),
    does(Permission.WORK, "opt out one's own contact", f"opt-out {MARIA}"),
    _beyond_own("opt out somebody else's contact", f"opt-out {DEV}"),
    does(Permission.WORK, "opt out several", f"opt-out {MARIA} {CY}"),
    _beyond_own("opt out several, one of them somebody else's", f"opt-out {MARIA} {ANN}"),
    does(Permission.OPT_IN, "opt in", f"opt-in {BO}"),
    does(Permission.CHANGE_OPT_OUTS, "opt out a list", "opt-out-list {folder}/numbers.txt"),
    does(Permission.CHANGE_OPT_OUTS, "change a note", f"opt-out-note {BO} 'by phone'"),
    looks(Permission.VIEW_ALL, "list opt-outs", "opt-outs"),
    does(Permission.WORK, "undo one's own change", "undo"),
    does(Permission.REASSIGN, "undo somebody's reassignment", "undo 1"),
    looks(Permission.WORK, "preview one's own undo", "undo --preview"),
    does(Permission.REASSIGN, "reassign one", "reassign Spring --conversation 1 --to lee"),
    does(Permission.REASSIGN, "reassign in bulk", "reassign Spring --from lee --to-unassigned"),
    looks(Permission.REASSIGN, "preview a reassignment", "reassign Spring --from lee --to-unassigned --preview"),
    does(Permission.REASSIGN, "do what was previewed", "reassign --plan {folder}/plan.json"),
    does(Permission.RECEIVE, "receive", f"receive --from {MARIA} --body Hello"),
    looks(Permission.WORK, "list campaigns", "campaign list"),
    looks(Permission.WORK, "show a campaign one is on", "campaign show Spring"),
    _beyond_own("show a campaign one is not on", "campaign show Fall", only_looks=True),
    looks(Permission.WORK, "list one's own conversations", "conversations Spring --sender sender"),
    _beyond_own("list somebody else's conversations", "conversations Spring --sender lee", only_looks=True),
    looks(Permission.WORK, "find one's own contacts", "find o"),
    looks(Permission.WORK, "list who waits for a reply of one's own", "triage Spring --sender sender --json"),
    _beyond_own("list who waits for somebody else's", "triage Spring --sender lee --json", only_looks=True),
    looks(Permission.WORK, "look at one's own conversation", "thread 1"),
    _beyond_own("look at somebody else's conversation", "thread 3", only_looks=True),
    looks(Permission.WORK, "look at what happened to one's own", "history --conversation 1"),
    looks(Permission.VIEW_ALL, "look at the history", "history"),
    looks(Permission.VIEW_ALL, "look at the overview", "overview Spring"),
    looks(Permission.VIEW_ALL, "list who has not started", "campaign idle Spring"),
    looks(Permission.VIEW_ALL, "list unmatched messages", "unmatched"),
    looks(Permission.VIEW_ALL, "look how delivery stands", "status"),
    looks(Permission.VIEW_ALL, "list messages in doubt", "doubts"),
    looks(Permission.VIEW_ALL, "list failed messages", "failures"),
    does(Permission.SETTLE_DOUBTS, "decide about a message in doubt", "doubts 2 --drop"),
    looks(Permission.VIEW_ALL, "look a number up", f"lookup {MARIA}"),
    looks(Permission.VIEW_ALL, "list users", "user list"),
    does(
        Permission.CHANGE_KEYS, "let a key in", "ssh add lee {folder}/key.pub --authorized-keys {out}/authorized_keys"
    ),
    does(Permission.CHANGE_KEYS, "shut a key out", "ssh remove lee --authorized-keys {folder}/authorized_keys"),
    looks(Permission.MANAGE_PEOPLE, "list keys", "ssh list --authorized-keys {folder}/authorized_keys"),
    looks(Permission.VIEW_ALL, "look at survey results", "survey results Spring"),
    does(Permission.RUN_CAMPAIGN, "create a campaign", "campaign create Winter --initial Hi"),
    does(Permission.RUN_CAMPAIGN, "change a campaign", "campaign edit Spring --description More"),
    does(Permission.RUN_CAMPAIGN, "launch", "campaign launch Fall"),
    Row("launch and confirm", "campaign launch Loose --confirm", WEAKEST_ROLE[Permission.CONFIRM_COMPLIANCE]),
    looks(Permission.VIEW_ALL, "check a campaign before its launch", "compliance Fall"),
    does(Permission.RUN_CAMPAIGN, "pause", "campaign pause Spring"),
    does(Permission.RUN_CAMPAIGN, "resume", "campaign resume Held"),
    does(Permission.RUN_CAMPAIGN, "archive", "campaign archive Spring --yes"),
    Row("purge", "purge Old --yes", WEAKEST_ROLE[Permission.PURGE], Permission.PURGE),
    does(Permission.MANAGE_PEOPLE, "put a user on a campaign", "campaign add-sender Spring admin"),
    does(Permission.MANAGE_PEOPLE, "take a sender off a campaign", "campaign remove-sender Spring lee"),
    does(Permission.MANAGE_PEOPLE, "add a sender", "user add new --first-name New --last-name Person"),
    does(Permission.MANAGE_PEOPLE, "change a sender", "user edit lee --email lee@example.org"),
    does(Permission.MANAGE_PEOPLE, "change an admin", "user edit admin --last-name Other"),
    Row("change an owner", "user edit owner --last-name Other", Role.OWNER),
    does(Permission.CHANGE_ROLES, "add a moderator", "user add new --first-name N --last-name P --role moderator"),
    does(Permission.CHANGE_ROLES, "add an owner", "user add new --first-name N --last-name P --role owner"),
    does(Permission.CHANGE_ROLES, "change a role", "user role lee moderator"),
    does(Permission.EDIT_CONTENT, "add a question", "survey add Spring --question 'When?' --choice Now"),
    does(Permission.EDIT_CONTENT, "change a question", "survey edit Spring 'Will you vote?' --rename No=Never"),
    does(Permission.EDIT_CONTENT, "move a question", "survey move Spring 'Will you vote?' 2"),
    does(Permission.EDIT_CONTENT, "retire a question", "survey retire Spring 'Will you vote?'"),
    does(Permission.EDIT_CONTENT, "restore a question", "survey restore Spring 'Old?'"),
    looks(Permission.WORK, "list replies", "reply list --campaign Spring"),
    _beyond_own("list replies of a campaign one is not on", "reply list --campaign Fall", only_looks=True),
    does(Permission.EDIT_CONTENT, "add a reply", "reply add When --body Tuesday"),
    does(Permission.EDIT_CONTENT, "change a reply", "reply edit Where --campaign Spring --body There"),
    does(Permission.EDIT_CONTENT, "move a reply", "reply move Where 2 --campaign Spring"),
    does(Permission.EDIT_CONTENT, "remove a reply", "reply remove Where --campaign Spring"),
    does(Permission.EDIT_CONTENT, "make a follow-up", "follow-up create Spring --title Last --text 'Vote!'"),
    does(Permission.EDIT_CONTENT, "change a follow-up", "follow-up edit Spring Reminder --text Today"),
    does(Permission.EDIT_CONTENT, "end a follow-up", "follow-up end Spring Reminder"),
    looks(Permission.VIEW_ALL, "list follow-ups", "follow-up list Spring"),
    looks(Permission.VIEW_ALL, "check a script", "campaign check Spring"),
    looks(Permission.WORK, "look at the settings", "settings"),
    does(Permission.CHANGE_SETTINGS, "change a setting", "settings organization 'Harbor Votes'"),
    looks(Permission.VIEW_ALL, "list our numbers", "gateway numbers list"),
    does(Permission.CHANGE_NUMBERS, "add a number", f"gateway numbers add {SPARE} --kind toll_free"),
    does(Permission.CHANGE_NUMBERS, "stop a number", f"gateway numbers stop {OAKLAND} --why unpaid"),
    does(Permission.CHANGE_NUMBERS, "make a number ready", f"gateway numbers ready {STOPPED}"),
    does(Permission.RENUMBER, "replace a number", f"gateway numbers replace {STOPPED}"),
    does(Permission.RENUMBER, "renumber a conversation", "renumber 3"),
    looks(Permission.VIEW_ALL, "show a campaign's numbers", "campaign numbers Spring"),
    does(Permission.RUN_CAMPAIGN, "set a campaign's numbers", f"campaign numbers Spring {OAKLAND}"),
    does(Permission.IMPORT, "import contacts", "import contacts {folder}/contacts.csv --campaign Spring"),
    looks(Permission.IMPORT, "try an import", "import contacts {folder}/contacts.csv --campaign Spring --dry-run"),
    does(Permission.IMPORT, "import users", "import users {folder}/users.csv"),
    does(Permission.IMPORT, "import replies", "import replies {folder}/replies.csv"),
    does(Permission.IMPORT, "import a survey", "import survey {folder}/survey.csv --campaign Spring"),
    does(Permission.IMPORT, "import opt-outs", "import opt-outs {folder}/opt-outs.csv"),
    looks(Permission.DELIVER, "see what would leave", "deliver --dry-run"),
    looks(Permission.EXPORT, "export messages", "export messages --out {out}/messages.out"),
    looks(Permission.EXPORT, "export surveys", "export surveys Spring --out {out}/surveys.out"),
    looks(Permission.EXPORT, "export conversations", "export conversations --out {out}/conversations.out"),
    looks(Permission.EXPORT, "report opt-outs", "report opt-outs --out {out}/report.out"),
    looks(Permission.EXPORT, "export opt-outs", "export opt-outs --out {folder}/opt-outs.out"),
    looks(Permission.MAINTAIN, "check the database", "doctor"),
    looks(Permission.MAINTAIN, "back up", "backup {out}/backup.out"),
    does(Permission.ACT_FOR_OTHERS, "act for another", "send 3 --body Thanks --as lee"),
)
"""The table."""

IN_OTHER_WORDS = {
    Permission.WORK_FOR_OTHERS: "who may not is told whose the conversation is: the rows of `_beyond_own`",
    Permission.SEND_WHILE_CLOSED: "who may not is told why it is closed: tests/domain/test_send_rules.py",
    Permission.CONFIRM_COMPLIANCE: "who may not is told what an owner has to confirm: tests/store/test_launch_check.py",
    Permission.MOVE_DATABASE: "names its databases itself, and closes the one: tests/cli/test_move.py",
}
"""Permissions that no row has as its action, most since they are refused with a sentence of their own."""


INITIAL = "Hi, this is Harbor. Reply STOP to end."
"""An initial with what carriers require, so that an admin can launch its campaign."""


def arrange(run: Callable[..., object], folder: Path) -> None:
    """Make the database, by command lines that the owner gives to `run`, and the files."""
    for name, content in FILES.items():
        (folder / name).write_text(content)
    for each in Role:
        run("user", "add", each, "--first-name", each.capitalize(), "--last-name", "One", "--role", each)
    run("user", "add", "lee", "--first-name", "Lee", "--last-name", "Ng")
    run("campaign", "create", "Loose", "--initial", "Hi", "--draft")
    run("campaign", "create", "Old", "--initial", "Hi", "--draft")
    run("campaign", "archive", "Old", "--yes")
    run("settings", "organization", "Harbor")
    for name in ("Spring", "Fall", "Held"):
        always = ("--timezone", "UTC", "--open", "00:00", "--close", "24:00", "--no-quiet-hours", "--quicksend")
        draft = ("--draft", "--quiet-hours") if name == "Fall" else ()
        run("campaign", "create", name, "--initial", INITIAL if draft else "Hi", *always, *draft)
    run("campaign", "pause", "Held")
    run("campaign", "add-sender", "Spring", "sender", "lee")
    _fill_spring(run, folder)
    run("reassign", "Spring", "--from", "lee", "--to-unassigned", "--preview", "--save-plan", folder / "plan.json")


def put_in_doubt(database: Location) -> None:
    """Put the message to Cy in doubt, which no command line does."""
    db = Database(database)
    with db.writing() as tx:
        tx.conn.execute("UPDATE message SET state = 'in_doubt', tried_at = state_at WHERE id = 2")
    db.close()


def _fill_spring(run: Callable[..., object], folder: Path) -> None:
    contacts = folder / "people.csv"
    rows = (f"{name.replace(' ', ',')},{number}" for name, number in zip(PEOPLE, NUMBERS, strict=True))
    contacts.write_text("\n".join(["first,last,phone", *rows]))
    run("import", "contacts", contacts, "--campaign", "Spring")
    run("reassign", "Spring", *(word for nth in (1, 4, 5) for word in ("--conversation", nth)), "--to", "sender")
    run("reassign", "Spring", "--conversation", 3, "--to", "lee")
    run("survey", "add", "Spring", "--question", "Will you vote?", "--choice", "Yes", "--choice", "No")
    run("survey", "add", "Spring", "--question", "Old?", "--choice", "Yes", "--choice", "No")
    run("survey", "add", "Spring", "--question", "Done?", "--choice", "Yes")
    run("answer", 3, "Old?", "Yes")
    run("survey", "retire", "Spring", "Old?")
    for title in ("Where", "How"):
        run("reply", "add", title, "--campaign", "Spring", "--body", "At the school")
    run("send", 3)
    run("send", 5)
    for each in (STOPPED, OAKLAND):
        run("gateway", "numbers", "add", each, "--gateway", "twilio")
    run("receive", "--from", ANN, "--body", "Hello?", "--to", STOPPED)
    run("gateway", "numbers", "stop", STOPPED)
    run("opt-out", BO)
    run("follow-up", "create", "Spring", "--title", "Reminder", "--text", "Vote!")
    for nth, each in enumerate(Role, start=1):
        run("answer", 5 if each is Role.SENDER else nth, "Done?", "Yes", "--as", each)
