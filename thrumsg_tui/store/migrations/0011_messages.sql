-- A message rewrites each index that has a column which it changes, also one in its condition, and each page that was
-- rewritten is forced to the disk. So an index has no column that no order needs; and whoever is in Responses, which is
-- whoever has replied and is not opted out, is found by just that: a change of the status leaves the index by name alone.
DROP INDEX conversation_of_contact;
CREATE INDEX conversation_of_contact ON conversation (contact_id);
DROP INDEX conversation_waiting;
DROP INDEX conversation_responses_by_urgency;
DROP INDEX conversation_responses_by_recency;
DROP INDEX conversation_responses_by_name;
CREATE INDEX conversation_responses_by_urgency
    ON conversation (assignment_id, urgency) WHERE replied = 1 AND opted_out = 0;
CREATE INDEX conversation_responses_by_recency
    ON conversation (assignment_id, last_message_at DESC) WHERE replied = 1 AND opted_out = 0;
CREATE INDEX conversation_responses_by_name
    ON conversation (assignment_id, first_key, last_key) WHERE replied = 1 AND opted_out = 0;
DROP INDEX event_of_user;
DROP INDEX event_undoable;
DROP INDEX event_notable_of_user;
CREATE INDEX event_of_user ON event (user_id, id) WHERE user_id IS NOT NULL;
-- After that one: of several indexes with a condition that would do, SQLite takes the one that was made last.
CREATE INDEX event_undoable ON event (user_id, id) WHERE undoable = 1 AND undone_by IS NULL;
CREATE INDEX event_notable_of_user ON event (user_id, id) WHERE action NOT IN ('send', 'receive');

-- One statement for what a conversation was and what it is: its assignment changes only in a move, which counts by itself.
DROP TRIGGER conversation_recounted;
CREATE TRIGGER conversation_recounted AFTER UPDATE OF status, opted_out, texted, replied, follow_up_id ON conversation
WHEN OLD.status <> NEW.status OR OLD.opted_out <> NEW.opted_out OR OLD.texted <> NEW.texted
    OR OLD.replied <> NEW.replied OR OLD.follow_up_id IS NOT NEW.follow_up_id
BEGIN
    UPDATE assignment SET
        not_started = not_started - (OLD.status = 'not_started' AND OLD.opted_out = 0) + (NEW.status = 'not_started' AND NEW.opted_out = 0),
        sent = sent - (OLD.status = 'sent' AND OLD.opted_out = 0) + (NEW.status = 'sent' AND NEW.opted_out = 0),
        needs_reply = needs_reply - (OLD.status = 'needs_reply' AND OLD.opted_out = 0) + (NEW.status = 'needs_reply' AND NEW.opted_out = 0),
        answered = answered - (OLD.status = 'answered' AND OLD.opted_out = 0) + (NEW.status = 'answered' AND NEW.opted_out = 0),
        opted_out = opted_out - (OLD.opted_out = 1) + (NEW.opted_out = 1),
        texted = texted - (OLD.texted = 1) + (NEW.texted = 1),
        replied = replied - (OLD.replied = 1 AND OLD.texted = 1) + (NEW.replied = 1 AND NEW.texted = 1),
        follow_ups = follow_ups - (OLD.in_follow_ups = 1) + (NEW.in_follow_ups = 1),
        sent_only = sent_only - (OLD.tab = 'sent') + (NEW.tab = 'sent')
    WHERE id = NEW.assignment_id;
END;
