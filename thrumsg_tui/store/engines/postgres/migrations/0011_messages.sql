-- Fewer pages for a message: no index has a column that no order needs, and those of Responses do not depend on a status.
DROP INDEX conversation_of_contact;
CREATE INDEX conversation_of_contact ON conversation (contact_id);
DROP INDEX conversation_waiting;
DROP INDEX conversation_responses_by_urgency;
DROP INDEX conversation_responses_by_recency;
DROP INDEX conversation_responses_by_name;
CREATE INDEX conversation_responses_by_urgency
    ON conversation (assignment_id, urgency, id) WHERE replied = 1 AND opted_out = 0;
CREATE INDEX conversation_responses_by_recency
    ON conversation (assignment_id, last_message_at DESC, id) WHERE replied = 1 AND opted_out = 0;
CREATE INDEX conversation_responses_by_name
    ON conversation (assignment_id, first_key, last_key, id) WHERE replied = 1 AND opted_out = 0;
DROP INDEX event_of_user;
CREATE INDEX event_of_user ON event (user_id, id) WHERE user_id IS NOT NULL;
