"""The import of survey questions (`docs/rules.md 3.14`)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from thrumsg_tui.domain.campaigns import CampaignId, Question
from thrumsg_tui.domain.enums import ImportKind
from thrumsg_tui.domain.errors import Refused
from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.change import change
from thrumsg_tui.store.changes.questions import MOST_CHOICES, insert_question, recorded_choices
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
from thrumsg_tui.store.queries.questions import questions

FIELDS = (
    ImportField("question", ("question", "surveyquestion", "text")),
    ImportField("choices", ("choices", "choice", "answers", "options", "responses")),
)


def import_survey(
    db: Database,
    who: Identity,
    path: Path,
    campaign: str,
    options: ImportOptions = AS_IT_IS,
) -> Imported:
    """Import survey questions, with choices separated by `|`. A question that exists already gets the new choices.

    A choice that was ever recorded stays, or its answers and their undo would be lost. A retired question is asked
    again. `campaign` is a name, or an id in digits.

    Raises:
        NotFound: If there is no such campaign.
        Refused: If the file as a whole cannot be used, or the campaign is archived.
    """
    who.require(Permission.IMPORT)
    table = read_table(path, fitness(FIELDS, options.mapping), example(FIELDS))
    return _imported(db, who, path, table, campaign, options)


@change
def _imported(db: Database, who: Identity, path: Path, table: Table, campaign: str, options: ImportOptions) -> Imported:
    """Import a file that was read, from standard input perhaps, which is read once."""
    columns = choose(table.header, FIELDS, options.mapping)
    tally = Tally(rejected=list(table.rejected))
    lines: dict[str, int] = {}
    with transaction(db, dry_run=options.dry_run) as tx:
        into = hold_campaign(tx, campaign)
        for row in tally.each(table.rows):
            said = row.values(columns)
            text = said["question"]
            if text in lines:
                tally.repeat(row, "question", lines[text])
                continue
            try:
                _store(tx, into.id, text, _choices(said["choices"]), tally)
            except Refused as reason:
                tally.reject(row, reason)
            else:
                lines[text] = row.line
        event = journal_import(tx, who, ImportKind.SURVEY, path, tally, into.id)
    return tally.result(table, columns, None if options.dry_run else event)


def _choices(cell: str) -> list[str]:
    return list(dict.fromkeys(choice.strip() for choice in cell.split("|") if choice.strip()))


def _store(tx: Transaction, campaign_id: CampaignId, text: str, choices: list[str], tally: Tally) -> None:
    if not text or not choices:
        raise Refused("no choices" if text else "no question")
    known = next((each for each in questions(tx.conn, campaign_id, retired=True) if each.text == text), None)
    kept = _kept(tx, campaign_id, known, choices) if known else []
    added = [choice for choice in choices if choice not in kept]
    if len(kept) + len(added) > MOST_CHOICES:
        with_kept = " with those that have answers" if len(kept) + len(added) > len(choices) else ""
        raise Refused(f"{len(kept) + len(added)} choices{with_kept}; {MOST_CHOICES} is the most")
    if known is None:
        question_id = insert_question(tx, campaign_id, text)
        tally.count_new()
    else:
        question_id = known.id
        dropped = [choice for choice in known.choices if choice.text not in kept]
        tx.conn.executemany("DELETE FROM choice WHERE id = ?", ((choice.id,) for choice in dropped))
        tx.conn.execute("UPDATE question SET retired = 0 WHERE id = ?", (known.id,))
        tally.count_known(changed=bool(added or dropped or known.retired))
    tx.conn.executemany(
        """
        INSERT INTO choice (question_id, position, text)
        SELECT :question_id, COALESCE(MAX(position), 0) + 1, :text FROM choice WHERE question_id = :question_id
        """,
        ({"question_id": question_id, "text": choice} for choice in added),
    )


def _kept(tx: Transaction, campaign_id: CampaignId, known: Question, choices: Sequence[str]) -> list[str]:
    """Return the stored choices that stay: those in the file, and those that were ever recorded."""
    recorded = recorded_choices(tx, campaign_id, known.id)
    return [each.text for each in known.choices if each.text in choices or each.id in recorded]
