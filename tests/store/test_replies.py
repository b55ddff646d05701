"""Changing recommended replies, a campaign's and those of all (docs/rules.md 3.15)."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.store.arranging import journal, sentence_of
from thrumsg_tui.domain.campaigns import Campaign
from thrumsg_tui.domain.enums import CampaignState
from thrumsg_tui.domain.errors import NotFound, NotPermitted, Refused
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.domain.users import Identity
from thrumsg_tui.store.changes.campaigns import change_state
from thrumsg_tui.store.changes.replies import add_reply, edit_reply, move_reply, remove_reply
from thrumsg_tui.store.database import Database
from thrumsg_tui.store.imports.replies import import_replies
from thrumsg_tui.store.queries.recommended_replies import global_replies, recommended_replies

HOSTILE = [
    "[red]x[/red]",
    "\x1b[2J",
    "\u202etxet",
    "👩‍👩‍👧‍👦 %first_name%",
    "'; DROP TABLE recommended_reply; --",
    "y" * 9000,
]


def titles(db: Database, campaign: Campaign | None) -> list[str]:
    """Those of a campaign alone, or the global ones."""
    with db.reading() as conn:
        if campaign is None:
            return [each.title for each in global_replies(conn)]
        return [each.title for each in recommended_replies(conn, campaign.id) if not each.is_global]


def test_the_campaigns_come_first_and_the_global_ones_after_them(
    db: Database, owner: Identity, spring: Campaign
) -> None:
    for campaign_id, title in ((None, "Who"), (spring.id, "Where"), (None, "Stop"), (spring.id, "When")):
        add_reply(db, owner, campaign_id, title, f"{title}!")
    with db.reading() as conn:
        shown = [(each.title, each.body, each.is_global) for each in recommended_replies(conn, spring.id)]
    assert shown == [
        ("Where", "Where!", False),
        ("When", "When!", False),
        ("Who", "Who!", True),
        ("Stop", "Stop!", True),
    ]
    entry = journal(db)[0]
    assert (entry.kind, entry.campaign) == (EventKind.EDIT_REPLIES, "Spring")
    assert sentence_of(entry) == "added the reply 'When'"


@pytest.mark.parametrize(
    ("title", "body", "reason"),
    [
        ("", "At the school", "needs a title and a body"),
        (" ", "At the school", "needs a title and a body"),
        ("Hours", "", "needs a title and a body"),
        ("Hours", " \n", "needs a title and a body"),
        ("Where", "Elsewhere", "a reply 'Where' already"),
        (" Where ", "Elsewhere", "a reply 'Where' already"),
    ],
)
def test_what_is_no_reply_is_refused(
    db: Database, owner: Identity, spring: Campaign, title: str, body: str, reason: str
) -> None:
    add_reply(db, owner, spring.id, "Where", "At the school")
    other = add_reply(db, owner, spring.id, "Other", "Other")
    before = len(journal(db))
    with pytest.raises(Refused, match=reason):
        add_reply(db, owner, spring.id, title, body)
    with pytest.raises(Refused, match=reason):
        edit_reply(db, owner, other, title=title, body=body)
    assert titles(db, spring) == ["Where", "Other"]
    assert len(journal(db)) == before


def test_a_campaign_and_all_campaigns_may_have_one_of_the_same_title(
    db: Database, owner: Identity, spring: Campaign
) -> None:
    for campaign_id in (spring.id, None):
        add_reply(db, owner, campaign_id, "Where", "At the school")
        with pytest.raises(Refused, match="already"):
            add_reply(db, owner, campaign_id, "Where", "At the school")
    assert titles(db, spring) == titles(db, None) == ["Where"]


def test_words_are_stored_as_they_were_written(db: Database, owner: Identity, spring: Campaign) -> None:
    for each in HOSTILE:
        add_reply(db, owner, spring.id, each, f"  {each}\n")
    with db.reading() as conn:
        assert [(each.title, each.body) for each in recommended_replies(conn, spring.id)] == [
            (each, f"  {each}\n") for each in HOSTILE
        ]


def test_a_reply_is_changed_where_it_stands(db: Database, owner: Identity, spring: Campaign) -> None:
    first = add_reply(db, owner, spring.id, "Where", "At the school")
    add_reply(db, owner, spring.id, "When", "Until eight")
    assert edit_reply(db, owner, first, title="Place", body="At the church")
    assert not edit_reply(db, owner, first, title="Place", body="At the church")
    assert titles(db, spring) == ["Place", "When"]
    assert [sentence_of(each) for each in journal(db)[:2]] == ["changed the reply 'Where'", "added the reply 'When'"]


@pytest.mark.parametrize("is_global", [True, False])
def test_a_reply_is_moved_among_its_own_kind(db: Database, owner: Identity, spring: Campaign, is_global: bool) -> None:
    made = {}
    for title in "ABC":
        for campaign_id in (None, spring.id):
            made[title, campaign_id is None] = add_reply(db, owner, campaign_id, title, "x")
    move_reply(db, owner, made["C", is_global], 1)
    before = len(journal(db))
    move_reply(db, owner, made["C", is_global], 0)
    assert len(journal(db)) == before
    assert titles(db, None if is_global else spring) == ["C", "A", "B"]
    assert titles(db, spring if is_global else None) == ["A", "B", "C"]


@settings(max_examples=examples(25), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(-2, 9)), max_size=12))
def test_whatever_is_moved_each_keeps_a_place_of_its_own(
    db: Database, owner: Identity, moves: list[tuple[int, int]]
) -> None:
    known = titles(db, None)
    for title in "ABCDEF":
        if title not in known:
            add_reply(db, owner, None, title, "x")
    with db.reading() as conn:
        made = sorted(each.id for each in global_replies(conn))
    for which, place in moves:
        move_reply(db, owner, made[which], place)
    with db.reading() as conn:
        rows = conn.execute("SELECT id, position FROM recommended_reply ORDER BY position").fetchall()
    assert sorted(row["id"] for row in rows) == made
    assert [row["position"] for row in rows] == list(range(1, 7))


def test_a_reply_is_removed_and_the_journal_keeps_its_words(db: Database, owner: Identity, spring: Campaign) -> None:
    made = add_reply(db, owner, spring.id, "Where", "At the school")
    remove_reply(db, owner, made)
    assert titles(db, spring) == []
    with db.reading() as conn:
        details = conn.execute("SELECT details FROM event ORDER BY id DESC LIMIT 1").fetchone()["details"]
    assert "At the school" in details
    for change in (
        lambda: remove_reply(db, owner, made),
        lambda: move_reply(db, owner, made, 1),
        lambda: edit_reply(db, owner, made, title="A", body="B"),
    ):
        with pytest.raises(NotFound, match="removed it meanwhile"):
            change()


def test_an_import_goes_on_after_what_was_added(
    db: Database, owner: Identity, spring: Campaign, tmp_path: Path
) -> None:
    add_reply(db, owner, spring.id, "Where", "At the school")
    path = tmp_path / "replies.csv"
    path.write_text("title,body\nWhen,Until eight\nWhere,At the church\n")
    import_replies(db, owner, path, "Spring")
    assert titles(db, spring) == ["Where", "When"]


def test_it_takes_an_admin(db: Database, owner: Identity, spring: Campaign, moderator: Identity) -> None:
    made = add_reply(db, owner, spring.id, "Where", "At the school")
    for change in (
        lambda: add_reply(db, moderator, None, "A", "B"),
        lambda: edit_reply(db, moderator, made, title="A", body="B"),
        lambda: move_reply(db, moderator, made, 1),
        lambda: remove_reply(db, moderator, made),
    ):
        with pytest.raises(NotPermitted):
            change()


def test_an_archived_campaign_keeps_its_replies_and_the_global_ones_change(
    db: Database, owner: Identity, spring: Campaign
) -> None:
    own, shared = (add_reply(db, owner, campaign_id, "Where", "x") for campaign_id in (spring.id, None))
    change_state(db, owner, "Spring", CampaignState.ARCHIVED)
    for change in (
        lambda: add_reply(db, owner, spring.id, "A", "B"),
        lambda: edit_reply(db, owner, own, title="A", body="B"),
        lambda: move_reply(db, owner, own, 1),
        lambda: remove_reply(db, owner, own),
    ):
        with pytest.raises(Refused, match="archived"):
            change()
    remove_reply(db, owner, shared)
    assert (titles(db, spring), titles(db, None)) == (["Where"], [])
