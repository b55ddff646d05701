-- A move rewrites every index that begins with the assignment, so each tab has its own, of its own orders only: half as
-- many pages. The rowid is the last column of every index already.
DROP INDEX conversation_of_assignment;
DROP INDEX conversation_by_name;
DROP INDEX conversation_by_urgency;
DROP INDEX conversation_by_recency;
CREATE INDEX conversation_of_assignment ON conversation (assignment_id);
CREATE INDEX conversation_initial_by_name ON conversation (assignment_id, first_key, last_key) WHERE tab = 'initial';
CREATE INDEX conversation_responses_by_urgency ON conversation (assignment_id, urgency) WHERE tab = 'responses';
CREATE INDEX conversation_responses_by_recency
    ON conversation (assignment_id, last_message_at DESC) WHERE tab = 'responses';
CREATE INDEX conversation_responses_by_name ON conversation (assignment_id, first_key, last_key) WHERE tab = 'responses';
CREATE INDEX conversation_opt_outs_by_recency
    ON conversation (assignment_id, last_message_at DESC) WHERE tab = 'opt-outs';
CREATE INDEX conversation_opt_outs_by_name ON conversation (assignment_id, first_key, last_key) WHERE tab = 'opt-outs';
CREATE INDEX conversation_sent_by_recency ON conversation (assignment_id, last_message_at DESC) WHERE tab = 'sent';
CREATE INDEX conversation_sent_by_name ON conversation (assignment_id, first_key, last_key) WHERE tab = 'sent';

-- The history without messages, of all campaigns and of a person: a search among millions of messages otherwise.
CREATE INDEX event_notable_newest ON event (id) WHERE action NOT IN ('send', 'receive');
CREATE INDEX event_notable_of_user ON event (user_id, id) WHERE action NOT IN ('send', 'receive');
