"""The kinds of file: their fields, and the import of each."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import assert_never

from thrumsg_tui.domain.enums import ImportKind
from thrumsg_tui.domain.errors import Nothing, Refused
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.imports import contacts, opt_outs, replies, survey, users
from thrumsg_tui.store.imports.columns import ImportField
from thrumsg_tui.store.imports.import_run import ImportOptions
from thrumsg_tui.store.imports.result import Imported


@dataclass(frozen=True, slots=True)
class Kind:
    """The fields of one kind of file; with `custom` every other column becomes a custom field of the contact."""

    fields: tuple[ImportField, ...]
    custom: bool = False


def import_file(
    db: Database, who: Identity, kind: ImportKind, path: Path, campaign: str | None, options: ImportOptions
) -> Imported:
    """Import a file; in a dry run, return what the import would do.

    Args:
        db: The database.
        who: Who imports, and as whom.
        kind: The kind of file.
        path: The CSV file; `-` is standard input.
        campaign: The campaign's name, or its id in digits. Replies without a campaign become global.
        options: Mapping, region, dry run and progress.

    Raises:
        NotPermitted: If the role may not import (`docs/rules.md 8.1`).
        NotFound: If there is no such campaign.
        Refused: If the file as a whole cannot be used, the campaign is archived, or the kind needs a campaign and none
            is given, or the reverse.
    """
    if not kind.takes_campaign and campaign is not None:
        raise Refused(f"{kind.capitalize()} belong to no campaign.", Nothing.CHANGED)
    match kind:
        case ImportKind.CONTACTS:
            return contacts.import_contacts(db, who, path, _needed(campaign, kind), options)
        case ImportKind.SURVEY:
            return survey.import_survey(db, who, path, _needed(campaign, kind), options)
        case ImportKind.REPLIES:
            return replies.import_replies(db, who, path, campaign, options)
        case ImportKind.USERS:
            return users.import_users(db, who, path, options)
        case ImportKind.OPT_OUTS:
            return opt_outs.import_opt_outs(db, who, path, options)
        case _:
            assert_never(kind)


def _needed(campaign: str | None, kind: ImportKind) -> str:
    if campaign is None:
        raise Refused(f"Say for which campaign the {kind} are.", Nothing.CHANGED)
    return campaign


KINDS: Mapping[ImportKind, Kind] = {
    ImportKind.CONTACTS: Kind(contacts.FIELDS, custom=True),
    ImportKind.USERS: Kind(users.FIELDS),
    ImportKind.REPLIES: Kind(replies.FIELDS),
    ImportKind.SURVEY: Kind(survey.FIELDS),
    ImportKind.OPT_OUTS: Kind(opt_outs.FIELDS),
}
