"""How the journal stores facts: what files have stays readable (docs/rules.md 8.3)."""

from __future__ import annotations

import json

import pytest

from tests.domain.event_examples import EXAMPLES
from thrumsg_tui.domain.campaign_facts import CampaignCreated
from thrumsg_tui.domain.event_facts import OldSentences
from thrumsg_tui.domain.events import EventKind
from thrumsg_tui.store.event_details import _forms, facts_of, stored_details


def test_facts_are_stored_as_they_always_were() -> None:
    for example in EXAMPLES:
        stored = json.loads(stored_details(example.kind, example.facts, {"removed": None}))
        assert stored == {"removed": None, "facts": example.stored}


def test_facts_are_read_as_they_were_stored() -> None:
    for example in EXAMPLES:
        read = facts_of(example.kind, "", json.dumps({"facts": example.stored}))
        assert read == example.facts
        assert repr(read) == repr(example.facts)  # so the types are the same, which texts compare without


def test_there_is_an_example_of_every_form_of_every_kind() -> None:
    forms = {(kind, form) for kind in EventKind for form in _forms(kind)}
    shown = {(example.kind, example.stored["form"]) for example in EXAMPLES}
    assert forms == shown


def test_facts_of_another_kind_are_not_stored() -> None:
    with pytest.raises(LookupError, match="send has no CampaignCreated"):
        stored_details(EventKind.SEND, CampaignCreated("Spring"), {})


def test_an_old_entry_has_its_sentences() -> None:
    details = json.dumps({"phone": "+14155550142", "thread": "opted out by Kim Alvarez"})
    old = facts_of(EventKind.OPT_OUT, "opted +14155550142 out (manual)", details)
    assert old == OldSentences("opted +14155550142 out (manual)", "opted out by Kim Alvarez")
    assert facts_of(EventKind.SEND, "sent reply to Ann", "{}") == OldSentences("sent reply to Ann", "send")


def test_what_a_newer_thrumsg_has_stored_is_called_by_its_kind() -> None:
    details = json.dumps({"facts": {"form": "merged", "names": ["Spring", "Summer"]}})
    assert facts_of(EventKind.CHANGE_CAMPAIGN, "", details) == OldSentences("change campaign", "change campaign")
    more = json.dumps({"facts": {"form": "created", "name": "Spring", "colour": "red"}})
    assert facts_of(EventKind.CREATE_CAMPAIGN, "", more) == CampaignCreated("Spring")
