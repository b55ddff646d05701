"""The kinds of file there are: what each can tell, and how it is taken in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from thrumsg_tui.domain.enums import ImportKind
from thrumsg_tui.domain.errors import Nothing, Refused
from thrumsg_tui.domain.people import Identity
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.importing import contacts, opt_outs, people, replies, survey
from thrumsg_tui.store.importing.columns import ImportField
from thrumsg_tui.store.importing.result import Imported
from thrumsg_tui.store.progress import OnProgress


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How a file is to be taken in; what its kind has no use for is left aside.

    `mapping` names the column of a field, `region` says whose numbers are written without a country code.
    """

    campaign: str | None = None
    mapping: Mapping[str, str] = field(default_factory=dict)
    region: str = "US"
    dry_run: bool = False
    on_progress: OnProgress | None = None


@dataclass(frozen=True, slots=True)
class Kind:
    """What files of a kind can tell; with `custom` every other column becomes a field of the contact."""

    fields: tuple[ImportField, ...]
    run: Callable[[Database, Identity, Path, ImportOptions], Imported]
    custom: bool = False


def import_file(db: Database, who: Identity, kind: ImportKind, path: Path, order: ImportOptions) -> Imported:
    """Import a file, or in a dry run say what that would do.

    Raises `Refused` where the file as a whole cannot be used, and for a campaign too many or too few.
    """
    if kind.needs_campaign and order.campaign is None:
        raise Refused(f"Say for which campaign the {kind} are.", Nothing.CHANGED)
    if not kind.takes_campaign and order.campaign is not None:
        raise Refused(f"{kind.capitalize()} belong to no campaign.", Nothing.CHANGED)
    return KINDS[kind].run(db, who, path, order)


def _contacts(db: Database, who: Identity, path: Path, order: ImportOptions) -> Imported:
    return contacts.import_contacts(
        db,
        who,
        path,
        order.campaign or "",
        mapping=order.mapping,
        region=order.region,
        dry_run=order.dry_run,
        on_progress=order.on_progress,
    )


def _users(db: Database, who: Identity, path: Path, order: ImportOptions) -> Imported:
    return people.import_users(
        db, who, path, mapping=order.mapping, dry_run=order.dry_run, on_progress=order.on_progress
    )


def _replies(db: Database, who: Identity, path: Path, order: ImportOptions) -> Imported:
    return replies.import_replies(db, who, path, order.campaign, mapping=order.mapping, dry_run=order.dry_run)


def _survey(db: Database, who: Identity, path: Path, order: ImportOptions) -> Imported:
    return survey.import_survey(db, who, path, order.campaign or "", mapping=order.mapping, dry_run=order.dry_run)


def _opt_outs(db: Database, who: Identity, path: Path, order: ImportOptions) -> Imported:
    return opt_outs.import_opt_outs(
        db,
        who,
        path,
        mapping=order.mapping,
        region=order.region,
        dry_run=order.dry_run,
        on_progress=order.on_progress,
    )


KINDS: Mapping[ImportKind, Kind] = {
    ImportKind.CONTACTS: Kind(contacts.FIELDS, _contacts, custom=True),
    ImportKind.USERS: Kind(people.FIELDS, _users),
    ImportKind.REPLIES: Kind(replies.FIELDS, _replies),
    ImportKind.SURVEY: Kind(survey.FIELDS, _survey),
    ImportKind.OPT_OUTS: Kind(opt_outs.FIELDS, _opt_outs),
}
