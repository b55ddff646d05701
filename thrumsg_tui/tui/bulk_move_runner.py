"""Runs moves in steps while the app is open: its own, and those that other processes left (`docs/rules.md 4.8`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from thrumsg_tui.domain.errors import ThrumsgError
from thrumsg_tui.domain.safe_text import safe_text
from thrumsg_tui.domain.wording import capitalized
from thrumsg_tui.store.queries.bulk_move_jobs import Job, job_of, open_jobs
from thrumsg_tui.tui.widgets.progress_bar import progress_bar

if TYPE_CHECKING:
    from thrumsg_tui.domain.reassignment import Outcome
    from thrumsg_tui.tui.glyphs import Glyphs
    from thrumsg_tui.tui.store_client import StoreClient
    from thrumsg_tui.tui.widgets.key_line import KeyLine


class BulkMoveRunner:
    """Runs the steps one by one, so that the person's own changes come between."""

    def __init__(self, store: StoreClient, glyphs: Glyphs) -> None:
        self._store = store
        self._glyphs = glyphs
        self._seen: list[Job] = []

    async def finish(self, begun: Outcome, line: KeyLine | None = None) -> str:
        """Finish a move and return a sentence about its outcome.

        Show the progress in `line` until another notice appears there.
        """
        job = await self._store.query(job_of, begun.event) if begun.event is not None else None
        total, said = job.total if job else 0, line.notice if line else ""

        def tell(now: Outcome) -> None:
            nonlocal said
            if line and now.under_way and line.notice == said:
                bar = progress_bar(now.moved, total, 20, self._glyphs)
                said = f"Moving {bar} {now.moved:,} of {total:,}; you can go on working."
                line.say(said)

        try:
            outcome = await self._store.run_job(begun, tell)
        except ThrumsgError as error:
            return f"{error} The next thrumsg that anybody starts finishes the move."
        sentence = safe_text(capitalized(outcome.sentence))
        return f"{sentence}; change {outcome.event} in the history undoes it." if outcome.event else f"{sentence}."

    async def left_by_others(self) -> list[Outcome]:
        """Return the moves that others left: the last step is too long ago, or nothing moved since the last call."""
        seen, self._seen = self._seen, await self._store.query(open_jobs)
        if not self._seen:
            return []
        from thrumsg_tui.store.changes.bulk_move_job import outcome_of, stands_still  # few sessions see one

        db = self._store.db
        still = [job for job in self._seen if stands_still(job, db.clock(), db.pacing) or job in seen]
        return [
            await self._store.query(outcome_of, job.event_id) for job in still if job.event_id not in self._store.moving
        ]

    @property
    def farewell(self) -> str | None:
        """The sentence printed on exit while a move runs here; None otherwise."""
        return "The move goes on with the next thrumsg that anybody starts." if self._store.moving else None
