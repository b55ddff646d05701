-- What a message needs on its way to the carrier and back. Our number, not "sender": a sender is a user.
ALTER TABLE message ADD COLUMN campaign_id INTEGER;  -- its conversation's: a long queue of a paused campaign is skipped
UPDATE message SET campaign_id = (SELECT campaign_id FROM conversation WHERE conversation.id = message.conversation_id)
WHERE state IN ('unsent', 'queued', 'sending', 'in_doubt');
ALTER TABLE message ADD COLUMN gateway TEXT;
ALTER TABLE message ADD COLUMN our_number TEXT;
ALTER TABLE message ADD COLUMN send_key TEXT;  -- our own name for it at the carrier, made at the first claim
ALTER TABLE message ADD COLUMN tries INTEGER NOT NULL DEFAULT 0;
ALTER TABLE message ADD COLUMN doubts INTEGER NOT NULL DEFAULT 0;  -- how often it was in doubt
ALTER TABLE message ADD COLUMN first_tried_at INTEGER;
ALTER TABLE message ADD COLUMN tried_at INTEGER;
ALTER TABLE message ADD COLUMN next_try_at INTEGER;
ALTER TABLE message ADD COLUMN expires_at INTEGER;  -- after this it is cancelled, not sent
ALTER TABLE message ADD COLUMN checked_at INTEGER;  -- when a message in doubt was first absent from the carrier's list
ALTER TABLE message ADD COLUMN media TEXT;  -- JSON: [{"url", "type", "size"}]
ALTER TABLE message ADD COLUMN priority INTEGER GENERATED ALWAYS AS (CASE kind
    WHEN 'opt_out_confirmation' THEN 0 WHEN 'reply' THEN 1 WHEN 'follow_up' THEN 2 ELSE 3 END) VIRTUAL;

DROP INDEX message_queued;
CREATE INDEX message_queued ON message (campaign_id, priority, id) WHERE state = 'queued';
CREATE INDEX message_held ON message (leaves_at) WHERE state = 'queued' AND leaves_at IS NOT NULL;
CREATE INDEX message_put_off ON message (next_try_at) WHERE state = 'queued' AND next_try_at IS NOT NULL;
CREATE INDEX message_open ON message (state, tried_at) WHERE state IN ('sending', 'in_doubt');
CREATE INDEX message_failed ON message (state_at) WHERE state = 'failed';
CREATE UNIQUE INDEX message_key ON message (send_key) WHERE send_key IS NOT NULL;
CREATE UNIQUE INDEX message_at_gateway ON message (gateway, provider_id, direction)  -- some carriers count each way
    WHERE gateway IS NOT NULL AND provider_id IS NOT NULL;

-- A confirmation that waited for a gateway that never was is too late (docs/rules.md 10.9).
UPDATE message SET expires_at = at + 300000 WHERE kind = 'opt_out_confirmation' AND state = 'queued';

ALTER TABLE unmatched ADD COLUMN gateway TEXT;
ALTER TABLE unmatched ADD COLUMN our_number TEXT;
ALTER TABLE unmatched ADD COLUMN media TEXT;
CREATE UNIQUE INDEX unmatched_at_gateway ON unmatched (gateway, provider_id)
    WHERE gateway IS NOT NULL AND provider_id IS NOT NULL;

ALTER TABLE conversation ADD COLUMN our_number TEXT;  -- kept from the first message on (docs/rules.md 10.8)
CREATE INDEX conversation_of_our_number ON conversation (our_number) WHERE our_number IS NOT NULL;

-- Both clocks must be open: the campaign's hours, and 08:00 to 21:00 at the contact (docs/rules.md 10.10).
ALTER TABLE campaign ADD COLUMN quiet_hours INTEGER NOT NULL DEFAULT 0;

ALTER TABLE campaign ADD COLUMN purged_at INTEGER;  -- when what people wrote was removed (docs/rules.md 10.11)

CREATE TABLE gateway (  -- what each gateway's deliverer says of itself
    name       TEXT PRIMARY KEY,
    state      TEXT NOT NULL DEFAULT 'ready' CHECK (state IN ('ready', 'stopped')),
    reason     TEXT NOT NULL DEFAULT '',
    changed_at INTEGER NOT NULL,
    seen_at    INTEGER,  -- renewed while a deliverer runs
    pace       REAL,  -- segments a second, measured
    inbound_at INTEGER  -- up to when missed incoming messages were fetched
) STRICT;

CREATE TABLE gateway_number (  -- our own numbers
    number     TEXT PRIMARY KEY,
    gateway    TEXT NOT NULL,
    kind       TEXT NOT NULL CHECK (kind IN ('long', 'toll_free', 'short', 'alpha', 'service')),
    mps        REAL NOT NULL,  -- segments a second
    state      TEXT NOT NULL DEFAULT 'ready' CHECK (state IN ('ready', 'stopped', 'withdrawn')),
    reason     TEXT NOT NULL DEFAULT '',
    changed_at INTEGER NOT NULL,
    conversations INTEGER NOT NULL DEFAULT 0  -- kept by trigger: how many keep it
) STRICT;

CREATE TRIGGER our_number_added AFTER INSERT ON gateway_number
BEGIN
    UPDATE gateway_number SET conversations = (SELECT COUNT(*) FROM conversation WHERE our_number = NEW.number)
        WHERE number = NEW.number;
END;

CREATE TRIGGER our_number_changed AFTER UPDATE OF our_number ON conversation WHEN OLD.our_number IS NOT NEW.our_number
BEGIN
    UPDATE gateway_number SET conversations = conversations - 1 WHERE number = OLD.our_number;
    UPDATE gateway_number SET conversations = conversations + 1 WHERE number = NEW.our_number;
END;

CREATE TABLE campaign_number (  -- none for a campaign: all ready numbers of the gateway
    campaign_id INTEGER NOT NULL REFERENCES campaign (id),
    number      TEXT NOT NULL REFERENCES gateway_number (number),
    PRIMARY KEY (campaign_id, number)
) STRICT;

CREATE INDEX message_tried ON message (tried_at) WHERE tried_at IS NOT NULL;  -- how many left in the last minute

CREATE TABLE outbox (  -- kept by trigger: the messages of each campaign that are queued or sending
    campaign_id INTEGER PRIMARY KEY REFERENCES campaign (id),
    messages    INTEGER NOT NULL,
    segments    INTEGER NOT NULL
) STRICT;

INSERT INTO outbox (campaign_id, messages, segments)
    SELECT conversation.campaign_id, COUNT(*), SUM(message.segments)
    FROM message JOIN conversation ON conversation.id = message.conversation_id
    WHERE message.state IN ('queued', 'sending') GROUP BY conversation.campaign_id;

CREATE TRIGGER outbox_after_message_insert AFTER INSERT ON message WHEN NEW.state IN ('queued', 'sending')
BEGIN
    INSERT INTO outbox (campaign_id, messages, segments)
        SELECT campaign_id, 1, NEW.segments FROM conversation WHERE id = NEW.conversation_id
        ON CONFLICT (campaign_id) DO UPDATE SET messages = messages + 1, segments = segments + excluded.segments;
END;

CREATE TRIGGER outbox_after_message_update AFTER UPDATE OF state, segments ON message
WHEN (OLD.state IN ('queued', 'sending')) <> (NEW.state IN ('queued', 'sending')) OR OLD.segments <> NEW.segments
BEGIN
    UPDATE outbox SET messages = messages - 1, segments = segments - OLD.segments
        WHERE OLD.state IN ('queued', 'sending')
          AND campaign_id = (SELECT campaign_id FROM conversation WHERE id = OLD.conversation_id);
    INSERT INTO outbox (campaign_id, messages, segments)
        SELECT campaign_id, 1, NEW.segments FROM conversation
        WHERE id = NEW.conversation_id AND NEW.state IN ('queued', 'sending')
        ON CONFLICT (campaign_id) DO UPDATE SET messages = messages + 1, segments = segments + excluded.segments;
END;

CREATE TRIGGER outbox_after_message_delete AFTER DELETE ON message WHEN OLD.state IN ('queued', 'sending')
BEGIN
    UPDATE outbox SET messages = messages - 1, segments = segments - OLD.segments
        WHERE campaign_id = (SELECT campaign_id FROM conversation WHERE id = OLD.conversation_id);
END;

CREATE TABLE spooled (  -- requests of carriers that a backup took along from the spool (docs/rules.md 11.4)
    id      INTEGER PRIMARY KEY,
    gateway TEXT NOT NULL,
    key     TEXT NOT NULL,
    path    TEXT NOT NULL,
    query   TEXT NOT NULL,
    body    BLOB NOT NULL,
    at      INTEGER NOT NULL,
    UNIQUE (gateway, key)
) STRICT;
