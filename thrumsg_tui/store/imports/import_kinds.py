"""The kinds of file: their fields, and the import of each, whose modules are loaded once a file is of that kind."""

from __future__ import annotations

from pathlib import Path
from typing import assert_never

from thrumsg_tui.domain.enums import ImportKind
from thrumsg_tui.domain.errors import Nothing, Refused
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.database import Database
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
            from thrumsg_tui.store.imports.contacts import import_contacts

            return import_contacts(db, who, path, _needed(campaign, kind), options)
        case ImportKind.SURVEY:
            from thrumsg_tui.store.imports.survey import import_survey

            return import_survey(db, who, path, _needed(campaign, kind), options)
        case ImportKind.REPLIES:
            from thrumsg_tui.store.imports.replies import import_replies

            return import_replies(db, who, path, campaign, options)
        case ImportKind.USERS:
            from thrumsg_tui.store.imports.users import import_users

            return import_users(db, who, path, options)
        case ImportKind.OPT_OUTS:
            from thrumsg_tui.store.imports.opt_outs import import_opt_outs

            return import_opt_outs(db, who, path, options)
        case _:
            assert_never(kind)


def _needed(campaign: str | None, kind: ImportKind) -> str:
    if campaign is None:
        raise Refused(f"Say for which campaign the {kind} are.", Nothing.CHANGED)
    return campaign


def kind_of(kind: ImportKind) -> Kind:
    """Return the fields of a kind of file."""
    match kind:
        case ImportKind.CONTACTS:
            from thrumsg_tui.store.imports.contacts import FIELDS as OF_CONTACTS

            return Kind(OF_CONTACTS, custom=True)
        case ImportKind.SURVEY:
            from thrumsg_tui.store.imports.survey import FIELDS as OF_SURVEY

            return Kind(OF_SURVEY)
        case ImportKind.REPLIES:
            from thrumsg_tui.store.imports.replies import FIELDS as OF_REPLIES

            return Kind(OF_REPLIES)
        case ImportKind.USERS:
            from thrumsg_tui.store.imports.users import FIELDS as OF_USERS

            return Kind(OF_USERS)
        case ImportKind.OPT_OUTS:
            from thrumsg_tui.store.imports.opt_outs import FIELDS as OF_OPT_OUTS

            return Kind(OF_OPT_OUTS)
        case _:
            assert_never(kind)
