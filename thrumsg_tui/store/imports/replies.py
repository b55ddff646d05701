"""The import of recommended replies (`docs/rules.md 3.15`)."""

from __future__ import annotations

from pathlib import Path

from thrumsg_tui.domain.blank_text import is_blank
from thrumsg_tui.domain.campaigns import CampaignId
from thrumsg_tui.domain.enums import ImportKind
from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.change import change
from thrumsg_tui.store.changes.launch_check import judged
from thrumsg_tui.store.changes.replies import insert_reply
from thrumsg_tui.store.database import Database, Transaction
from thrumsg_tui.store.imports.columns import ImportField, choose, example, fitness
from thrumsg_tui.store.imports.import_run import (
    AS_IT_IS,
    ImportOptions,
    Tally,
    hold_campaign,
    journal_import,
    transaction,
)
from thrumsg_tui.store.imports.result import Imported
from thrumsg_tui.store.imports.table import Table, read_table
from thrumsg_tui.store.locks import content_locks
from thrumsg_tui.store.queries.field_codes import field_codes, script_warnings
from thrumsg_tui.store.queries.recommended_replies import replies_of

FIELDS = (
    ImportField("title", ("title", "name", "heading", "subject")),
    ImportField("body", ("body", "text", "reply", "message", "script")),
)


def import_replies(
    db: Database,
    who: Identity,
    path: Path,
    campaign: str | None = None,
    options: ImportOptions = AS_IT_IS,
) -> Imported:
    """Import recommended replies. A title that exists already gets the new body.

    Warns of text in a body that looks like a field and is none, and of a body that is too long (`docs/rules.md 7.1`,
    `7.2`). `campaign` is a name, or an id in
    digits; without it the replies are global.

    Raises:
        NotFound: If there is no such campaign.
        Refused: If the file as a whole cannot be used, or the campaign is archived.
        Unconfirmed: If it opens a point of compliance that is not confirmed by an owner (`docs/rules.md 10.10`).
    """
    who.require(Permission.IMPORT)
    table = read_table(path, fitness(FIELDS, options.mapping), example(FIELDS))
    return _imported(db, who, path, table, campaign, options)


@change
def _imported(
    db: Database, who: Identity, path: Path, table: Table, campaign: str | None, options: ImportOptions
) -> Imported:
    """Import a file that was read, from standard input perhaps, which is read once."""
    columns = choose(table.header, FIELDS, options.mapping)
    tally = Tally(rejected=list(table.rejected))
    lines: dict[str, int] = {}
    with transaction(db, dry_run=options.dry_run) as tx:
        campaign_id = None if campaign is None else hold_campaign(tx, campaign).id
        tx.hold(*content_locks(campaign_id))
        codes = field_codes(tx.conn, campaign_id)
        with judged(tx, who, campaign_id, options.confirmed, tally.notes.append, dry_run=options.dry_run):
            for row in tally.each(table.rows):
                said = row.values(columns)
                title, body = said["title"], said["body"]
                if not title or is_blank(body):
                    tally.reject(row, "no body" if title else "no title")
                elif title in lines:
                    tally.repeat(row, "title", lines[title])
                else:
                    lines[title] = row.line
                    _store(tx, campaign_id, title, body, tally)
                    for sentence in script_warnings(body, codes):
                        tally.warn(row, sentence)
        event = journal_import(tx, who, ImportKind.REPLIES, path, tally, campaign_id)
    return tally.result(table, columns, None if options.dry_run else event)


def _store(tx: Transaction, campaign_id: CampaignId | None, title: str, body: str, tally: Tally) -> None:
    known = tx.conn.execute(
        f"SELECT id, body FROM recommended_reply WHERE {replies_of(campaign_id)} AND title = :title",
        {"campaign_id": campaign_id, "title": title},
    ).fetchone()
    if known:
        tx.conn.execute("UPDATE recommended_reply SET body = ? WHERE id = ?", (body, known["id"]))
        tally.count_known(changed=known["body"] != body)
        return
    insert_reply(tx, campaign_id, title, body)
    tally.count_new()
