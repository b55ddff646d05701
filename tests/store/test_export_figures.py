"""What was exported, read back, gives the figures of the overview (docs/rules.md 2.1, 2.2, 9.3)."""

from __future__ import annotations

import csv
from collections import Counter
from io import StringIO

from hypothesis import settings

from tests.examples import examples
from tests.store.anything import AnythingInAnyOrder
from tests.store.world import World
from thrumsg_tui.domain.campaigns import Campaign
from thrumsg_tui.domain.enums import ExportKind
from thrumsg_tui.store.export import export
from thrumsg_tui.store.queries.assignments import assignments
from thrumsg_tui.store.queries.campaigns import totals

Exported = dict[str, str]


def exported(world: World, what: ExportKind, campaign: Campaign | None) -> list[Exported]:
    """Export to memory, and read back what a script would; the rows that were foretold are all there."""
    out = StringIO(newline="")
    told: list[tuple[int, int]] = []

    def note(done: int, total: int) -> None:
        told.append((done, total))

    count = export(world.db, world.who["ana"], what, out, campaign.id if campaign else None, on_progress=note)
    rows = list(csv.DictReader(StringIO(out.getvalue(), newline="")))
    assert told[-1] == (count, count) == (len(rows), told[0][1])
    return rows


def check_conversations(world: World, campaign: Campaign) -> None:
    """Compare with the counters and the senders table."""
    rows = exported(world, ExportKind.CONVERSATIONS, campaign)
    with world.db.reading() as conn:
        counted = totals(conn, campaign.id)
        senders = assignments(conn, campaign.id, world.clock.now)
    by_status = Counter(row["status"] for row in rows if row["opted_out"] == "false")
    assert len(rows) == counted.total
    assert sum(row["opted_out"] == "true" for row in rows) == counted.opted_out
    for status in ("not_started", "sent", "needs_reply", "answered"):
        assert by_status[status] == getattr(counted, status)
    assert Counter(row["assignee"] for row in rows) == Counter(
        {each.name if each.user else "": each.assigned for each in senders if each.assigned}
    )


def check_messages(world: World, campaign: Campaign) -> None:
    """Compare what was written with each conversation's count, and with the reply rate's two numbers."""
    rows = exported(world, ExportKind.MESSAGES, campaign)
    written = [row for row in rows if row["status"] != "cancelled"]
    by_conversation = Counter(row["conversation_id"] for row in written)
    for row in exported(world, ExportKind.CONVERSATIONS, campaign):
        assert by_conversation[row["conversation_id"]] == int(row["message_count"])
    by_us, by_them = (
        {row["conversation_id"] for row in written if row["message_direction"] == direction}
        for direction in ("outgoing", "incoming")
    )
    with world.db.reading() as conn:
        counted = totals(conn, campaign.id)
    assert (len(by_us), len(by_us & by_them)) == (counted.texted, counted.replied)


def check_answers(world: World, campaign: Campaign) -> None:
    """Compare the answers with the columns of the conversations."""
    answers = {row["conversation_id"]: row["response"] for row in exported(world, ExportKind.SURVEYS, campaign)}
    columns = {row["conversation_id"]: row["Vote?"] for row in exported(world, ExportKind.CONVERSATIONS, campaign)}
    assert {key: answer for key, answer in columns.items() if answer} == answers


def check_opt_outs(world: World, campaign: Campaign) -> None:
    """Compare with the counter, and with the mark on each conversation."""
    rows = exported(world, ExportKind.OPT_OUTS, campaign)
    marked = {
        row["contact_phone"]
        for row in exported(world, ExportKind.CONVERSATIONS, campaign)
        if row["opted_out"] == "true"
    }
    assert {row["contact_phone"] for row in rows} == marked
    assert len(rows) == len(marked)


def check_all_campaigns(world: World) -> None:
    """The export of all campaigns has what those of each have; an opt-out is there once."""
    for what in (ExportKind.MESSAGES, ExportKind.SURVEYS, ExportKind.CONVERSATIONS):
        parts = [row for of in (world.spring, world.fall) for row in exported(world, what, of)]
        whole = exported(world, what, None)
        assert sorted(map(_cells, whole)) == sorted(map(_cells, parts))
    numbers = [row["contact_phone"] for row in exported(world, ExportKind.OPT_OUTS, None)]
    assert numbers == sorted(row["phone"] for row in world.rows("SELECT phone FROM opt_out"))


def _cells(row: Exported) -> list[tuple[str, str]]:
    return sorted(row.items())


class WhateverHappened(AnythingInAnyOrder):
    """Anything is done in any order, and then exported."""

    def teardown(self) -> None:
        for campaign in (self.world.spring, self.world.fall):
            check_conversations(self.world, campaign)
            check_messages(self.world, campaign)
            check_answers(self.world, campaign)
            check_opt_outs(self.world, campaign)
        check_all_campaigns(self.world)
        super().teardown()


TestWhateverHappened = WhateverHappened.TestCase
TestWhateverHappened.settings = settings(max_examples=examples(40), stateful_step_count=40)
