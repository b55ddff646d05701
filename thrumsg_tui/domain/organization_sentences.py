"""Sentences for the journal's facts about users, our numbers, settings, imports and the database."""

from __future__ import annotations

from typing import assert_never

from thrumsg_tui.domain.ages import utc_moment
from thrumsg_tui.domain.enums import ImportKind
from thrumsg_tui.domain.organization_facts import (
    BackupRestored,
    CampaignNumbersChanged,
    ConversationRenumbered,
    DatabaseFacts,
    DatabaseMoved,
    DatabaseTakenBack,
    FileImported,
    KeyAdded,
    KeyRemoved,
    NumberAdded,
    NumberFacts,
    NumberReplaced,
    NumberStateChanged,
    OwnerAdded,
    Repaired,
    RoleChanged,
    SettingsChanged,
    TeamFacts,
    UserAdded,
    UserChanged,
)
from thrumsg_tui.domain.our_numbers import NumberKind
from thrumsg_tui.domain.redaction import Ours
from thrumsg_tui.domain.wording import inflect, pluralize

_MOST_MENDED = 500
"""How many characters a line of the history shows of the list of repairs, which may be long."""


def team_summary(facts: TeamFacts) -> str:
    """Return the history's sentence for a change to a user."""
    match facts:
        case OwnerAdded():
            return f"{facts.login} made this database and is its owner"
        case UserAdded():
            return f"added {facts.name} ({facts.login}) as {facts.role}"
        case UserChanged():
            changes = {"first name": facts.first_name, "last name": facts.last_name, "email": facts.email}
            said = [f"{name} {change.now!r}, was {change.was!r}" for name, change in changes.items() if change]
            return f"changed {facts.login}: {', '.join(said)}"
        case RoleChanged():
            return f"made {facts.login} {facts.role}, was {facts.was}"
        case KeyAdded():
            return f"let {facts.login} in by the SSH key {facts.comment!r} ({facts.fingerprint})"
        case KeyRemoved():
            return f"shut out the SSH key {facts.comment!r} of {facts.login} ({facts.fingerprint})"
    assert_never(facts)


def number_summary(facts: NumberFacts) -> str:
    """Return the history's sentence for a change to our own numbers."""
    match facts:
        case NumberAdded():
            pace = f"{facts.mps:g} {inflect(facts.mps, 'segment')} a second"
            return f"our number {facts.number} is {_kind(facts.kind)}, {pace}"
        case NumberStateChanged():
            why = f": {facts.why}" if facts.why else ""
            return f"our number {facts.number} is {facts.state}, was {facts.was}{why}"
        case CampaignNumbersChanged():
            return f"{facts.campaign!r} texts from {', '.join(facts.numbers) or 'all our numbers'}"
        case ConversationRenumbered():
            return f"{facts.contact} is texted from {_from(facts.now)}, was {facts.was}"
        case NumberReplaced():
            moved = pluralize(facts.conversations, "conversation")
            return f"gave {moved} of our number {facts.was} {facts.now or 'others of our numbers'}"
    assert_never(facts)


def renumbered_in_thread(facts: ConversationRenumbered | NumberReplaced, by: str | None) -> str:
    """Return the thread's sentence for another number of ours; `by` is the name of the person who gave it."""
    return f"texted from {_from(facts.now)} from now on, was {facts.was}, by {by}"


def _from(number: Ours | None) -> str:
    return "another of our numbers" if number is None else number


def _kind(kind: NumberKind) -> str:
    match kind:
        case NumberKind.LONG:
            return "a long code"
        case NumberKind.TOLL_FREE:
            return "toll-free"
        case NumberKind.SHORT:
            return "a short code"
        case NumberKind.ALPHA:
            return "a name"
        case NumberKind.SERVICE:
            return "a service of the carrier"
    assert_never(kind)


def database_summary(facts: DatabaseFacts) -> str:
    """Return the history's sentence for a change to settings, an import, a repair or a restore."""
    match facts:
        case SettingsChanged():
            return ", ".join(f"set {setting.key} to {setting.value!r}" for setting in facts.settings)
        case FileImported():
            return _imported(facts)
        case Repaired():
            return f"repaired: {'; '.join(facts.mended)[:_MOST_MENDED]}"
        case BackupRestored():
            dated = "from before the first change" if facts.as_of is None else f"as of {utc_moment(facts.as_of)}"
            by = f" (by {facts.stranger})" if facts.stranger is not None else ""
            return f"went back to the backup {facts.file}, {dated}{by}"
        case DatabaseMoved():
            return f"moved the database here from {facts.source}, {pluralize(facts.rows, 'row')}"
        case DatabaseTakenBack():
            return f"took the database back from {facts.target}, as it was when it was moved"
    assert_never(facts)


def _imported(facts: FileImported) -> str:
    counts = {
        "imported": facts.imported,
        "updated": facts.updated,
        "unchanged": facts.unchanged,
        "duplicates": facts.duplicates,
        "rejected": facts.rejected,
    }
    said = ", ".join(f"{number} {word}" for word, number in counts.items() if number)
    what = "survey questions" if facts.what is ImportKind.SURVEY else facts.what
    return f"took in {what} from {facts.file}: {said}"
