"""How somebody is called in campaigns, threads, opt-outs and plans (docs/rules.md 8.1)."""

from __future__ import annotations

from tests.store.arranging import give, known_as, look_at, number, sentence_of, take_in
from thrumsg_tui.domain.campaigns import Setup
from thrumsg_tui.domain.hours import DailyHours
from thrumsg_tui.store.changes.campaign_senders import add_senders
from thrumsg_tui.store.changes.campaigns import create_campaign
from thrumsg_tui.store.changes.opt_outs import opt_out_number
from thrumsg_tui.store.changes.users import make_first_owner
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.queries.opt_outs import opt_out_rows


def test_somebody_without_a_name_is_called_by_login(db: Database) -> None:
    make_first_owner(db, "root", "", "")
    root = known_as(db, "root")
    spring = create_campaign(db, root, Setup("Spring", "Hi", hours=DailyHours("UTC", 0, 1440)))
    assert spring.created_by == "root"
    (ann,) = take_in(db, root, "Spring", ["Ann Otieno"])
    add_senders(db, root, "Spring", ["root"])
    give(db, root, spring, "root", [ann])
    opt_out_number(db, root, number(0))
    shown = look_at(db, ann)
    assert "reassigned from Unassigned to root by root" in [sentence_of(event) for event in shown.events]
    assert shown.opt_out is not None
    assert shown.opt_out.by == "root"
    with db.reading() as conn:
        assert [row.opt_out.by for row in opt_out_rows(conn)] == ["root"]


def test_a_name_has_no_space_around_it(db: Database) -> None:
    make_first_owner(db, "root", "", "Okafor")
    root = known_as(db, "root")
    assert create_campaign(db, root, Setup("Spring", "Hi", hours=DailyHours("UTC", 0, 1440))).created_by == "Okafor"
