"""Columns of the exports (`docs/rules.md 9.3`) and of the report of opt-outs, by which an import recognises them."""

from __future__ import annotations

from collections.abc import Collection

CONTACT = ("contact_id", "contact_first_name", "contact_last_name", "contact_phone")
MESSAGES = (
    *("timestamp", "message_id", "message_direction", "message_body", "sender_first_name", "sender_last_name"),
    *("sender_phone", "sender_email", "campaign_id", "campaign_name", "conversation_id", "conversation_phone"),
    *(*CONTACT, "media_content", "message_segment_count", "status", "error_code"),
)
AT_CARRIER = ("error_text", "carrier_message_id")
"""The last columns of the messages, after the custom fields: the carrier's words of a failure, and its own id."""
SURVEYS = (
    *("campaign_id", "campaign_name", "conversation_id", "survey_id", "survey_question", "survey_type"),
    *("response", *CONTACT, "updated_at"),
)
OPT_OUTS = ("timestamp", *CONTACT, "conversation_id", "note", "opt_out_type")
CONVERSATIONS = (
    *("conversation_id", "campaign_name", *CONTACT),
    *("assignee", "status", "opted_out", "last_message_at", "message_count"),
)
OPT_OUT_REPORT = (
    *("timestamp", "contact_phone", "contact_first_name", "contact_last_name", "opt_out_type", "by", "words"),
    *("message_id", "conversation_id", "campaign_name"),
    *("confirmation", "confirmation_seconds", "honored_within_seconds", "opted_in_at"),
)
"""The report for auditors (`docs/rules.md 10.11`)."""
_OF_THE_REPORT_ALONE = frozenset({"confirmation_seconds", "honored_within_seconds"})
_KINDS = (MESSAGES, SURVEYS, OPT_OUTS, CONVERSATIONS)
_IDS = frozenset({"contact_id", "conversation_id", "message_id", "survey_id", "campaign_id"})
_PREFIX = "custom_"


def is_export(header: Collection[str]) -> bool:
    """Whether a header is that of one of our exports, possibly with columns removed."""
    names_contact = {"contact_first_name", "contact_phone"} <= set(header)
    return names_contact and not _IDS.isdisjoint(header)


def has_answers(header: Collection[str]) -> bool:
    """Whether it is an export of conversations, whose other columns are survey questions."""
    return is_export(header) and {"assignee", "message_count"} <= set(header)


def ours_in(header: Collection[str]) -> frozenset[str]:
    """Return our columns in an export; if some were removed, all columns of any export but the note."""
    if not is_export(header):
        return frozenset()
    if not _OF_THE_REPORT_ALONE.isdisjoint(header):
        return frozenset(OPT_OUT_REPORT)
    whole = next((columns for columns in _KINDS if set(columns) <= set(header)), None)
    ours = set(whole or {*MESSAGES, *SURVEYS, *OPT_OUTS, *CONVERSATIONS} - {"note"})
    return frozenset(ours | set(AT_CARRIER) if ours >= set(MESSAGES) else ours)


def title_of(own: str, fixed: Collection[str]) -> str:
    """Return the title of a column of the campaign, prefixed if it would equal one of ours."""
    return f"{_PREFIX}{own}" if own in fixed else own


def code_of(title: str, fixed: Collection[str]) -> str:
    """Return the field code from which `title_of` made a title."""
    own = title.removeprefix(_PREFIX)
    return own if own in fixed else title
