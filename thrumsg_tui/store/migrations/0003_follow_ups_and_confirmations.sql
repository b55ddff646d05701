-- Whom a follow-up is for; one that is settled is for those who were its targets when it was made.
ALTER TABLE follow_up ADD COLUMN settled INTEGER NOT NULL DEFAULT 1;
ALTER TABLE follow_up ADD COLUMN replied INTEGER;
ALTER TABLE follow_up ADD COLUMN question_id INTEGER REFERENCES question (id);
ALTER TABLE follow_up ADD COLUMN choice_id INTEGER REFERENCES choice (id);
ALTER TABLE follow_up ADD COLUMN answered INTEGER NOT NULL DEFAULT 1;
CREATE INDEX follow_up_live ON follow_up (campaign_id) WHERE active = 1 AND settled = 0;

-- The confirmation of an opt-out answers nothing, and is never the last word beside others.
UPDATE conversation SET
    waiting_since = (
        SELECT question.at FROM message AS question
        WHERE question.conversation_id = conversation.id AND question.direction = 'incoming'
          AND question.id > COALESCE((
                SELECT MAX(own.id) FROM message AS own
                WHERE own.conversation_id = conversation.id AND own.direction = 'outgoing'
                  AND own.kind <> 'opt_out_confirmation' AND own.state <> 'cancelled'), 0)
        ORDER BY question.id LIMIT 1),
    last_message_id = COALESCE((
        SELECT MAX(spoken.id) FROM message AS spoken
        WHERE spoken.conversation_id = conversation.id AND spoken.kind IS NOT 'opt_out_confirmation'
          AND spoken.state <> 'cancelled'), last_message_id)
WHERE id IN (SELECT conversation_id FROM message WHERE kind = 'opt_out_confirmation' AND state <> 'cancelled');

UPDATE conversation SET status = 'needs_reply' WHERE waiting_since IS NOT NULL AND status <> 'needs_reply';
