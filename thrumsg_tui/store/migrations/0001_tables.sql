CREATE TABLE setting (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

CREATE TABLE users (  -- plural, since USER is reserved in PostgreSQL
    id         INTEGER PRIMARY KEY,
    login      TEXT NOT NULL UNIQUE,
    first_name TEXT NOT NULL,
    last_name  TEXT NOT NULL,
    email      TEXT NOT NULL DEFAULT '',
    role       TEXT NOT NULL CHECK (role IN ('sender', 'moderator', 'admin', 'owner')),
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE preference (
    user_id INTEGER NOT NULL REFERENCES users (id),
    key     TEXT NOT NULL,
    value   TEXT NOT NULL,
    PRIMARY KEY (user_id, key)
) STRICT;

CREATE TABLE contact (
    id             INTEGER PRIMARY KEY,
    phone          TEXT NOT NULL UNIQUE,
    phone_national TEXT NOT NULL,
    first_name     TEXT NOT NULL,
    last_name      TEXT NOT NULL,
    fields         TEXT NOT NULL DEFAULT '{}',
    created_at     INTEGER NOT NULL
) STRICT;

CREATE TABLE campaign (
    id             INTEGER PRIMARY KEY,
    name           TEXT NOT NULL UNIQUE,
    description    TEXT NOT NULL DEFAULT '',
    initial_script TEXT NOT NULL,
    state          TEXT NOT NULL CHECK (state IN ('draft', 'active', 'paused', 'archived')),
    timezone       TEXT NOT NULL,
    opens          INTEGER NOT NULL,
    closes         INTEGER NOT NULL,
    hours_in       TEXT NOT NULL DEFAULT 'campaign' CHECK (hours_in IN ('campaign', 'contact')),
    starts         TEXT,
    ends           TEXT,
    quicksend      INTEGER NOT NULL DEFAULT 0,
    created_by     INTEGER NOT NULL REFERENCES users (id),
    created_at     INTEGER NOT NULL,
    launched_at    INTEGER
) STRICT;

CREATE TABLE assignment (  -- one row per sender and campaign, and one with user_id NULL: Unassigned
    id          INTEGER PRIMARY KEY,
    campaign_id INTEGER NOT NULL REFERENCES campaign (id),
    user_id     INTEGER REFERENCES users (id),
    active      INTEGER NOT NULL DEFAULT 1,
    assigned    INTEGER NOT NULL DEFAULT 0,
    not_started INTEGER NOT NULL DEFAULT 0,
    sent        INTEGER NOT NULL DEFAULT 0,
    needs_reply INTEGER NOT NULL DEFAULT 0,
    answered    INTEGER NOT NULL DEFAULT 0,
    opted_out   INTEGER NOT NULL DEFAULT 0,
    texted      INTEGER NOT NULL DEFAULT 0,
    replied     INTEGER NOT NULL DEFAULT 0,
    follow_ups  INTEGER NOT NULL DEFAULT 0,
    sent_only   INTEGER NOT NULL DEFAULT 0,
    UNIQUE (campaign_id, user_id)
) STRICT;
CREATE INDEX assignment_of_user ON assignment (user_id) WHERE user_id IS NOT NULL;
CREATE UNIQUE INDEX assignment_unassigned ON assignment (campaign_id) WHERE user_id IS NULL;

CREATE TABLE follow_up (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    campaign_id INTEGER NOT NULL REFERENCES campaign (id),
    title       TEXT NOT NULL,
    text        TEXT NOT NULL,
    expires_at  INTEGER,
    active      INTEGER NOT NULL DEFAULT 1,
    created_by  INTEGER NOT NULL REFERENCES users (id),
    created_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX follow_up_of_campaign ON follow_up (campaign_id, id);
CREATE INDEX follow_up_expiring ON follow_up (expires_at) WHERE active = 1;

CREATE TABLE conversation (
    id              INTEGER PRIMARY KEY,
    campaign_id     INTEGER NOT NULL REFERENCES campaign (id),
    contact_id      INTEGER NOT NULL REFERENCES contact (id),
    assignment_id   INTEGER NOT NULL REFERENCES assignment (id),
    first_key       TEXT NOT NULL,
    last_key        TEXT NOT NULL,
    status          TEXT NOT NULL DEFAULT 'not_started'
                    CHECK (status IN ('not_started', 'sent', 'needs_reply', 'answered')),
    opted_out       INTEGER NOT NULL DEFAULT 0,
    flagged         INTEGER NOT NULL DEFAULT 0,
    texted          INTEGER NOT NULL DEFAULT 0,
    replied         INTEGER NOT NULL DEFAULT 0,
    follow_up_id    INTEGER REFERENCES follow_up (id),
    waiting_since   INTEGER,
    last_message_id INTEGER,
    last_message_at INTEGER NOT NULL DEFAULT 0,  -- 0: no message yet
    last_texted_at  INTEGER,
    message_count   INTEGER NOT NULL DEFAULT 0,
    tab             TEXT GENERATED ALWAYS AS (CASE
                        WHEN opted_out = 1 THEN 'opt-outs'
                        WHEN status = 'not_started' THEN 'initial'
                        WHEN status IN ('needs_reply', 'answered') THEN 'responses'
                        WHEN follow_up_id IS NULL THEN 'sent'
                        ELSE 'follow-ups' END) STORED,
    in_follow_ups   INTEGER GENERATED ALWAYS AS (CASE
                        WHEN opted_out = 0 AND follow_up_id IS NOT NULL AND status <> 'not_started'
                        THEN 1 ELSE 0 END) STORED,
    urgency         INTEGER GENERATED ALWAYS AS (CASE
                        WHEN status = 'needs_reply' AND opted_out = 0 THEN waiting_since
                        ELSE 4000000000000000 - last_message_at END) STORED,
    UNIQUE (campaign_id, contact_id)
) STRICT;
CREATE INDEX conversation_of_assignment ON conversation (assignment_id, id);
CREATE INDEX conversation_by_name ON conversation (assignment_id, tab, first_key, last_key, id);
CREATE INDEX conversation_by_urgency ON conversation (assignment_id, tab, urgency, id);
CREATE INDEX conversation_by_recency ON conversation (assignment_id, tab, last_message_at DESC, id);
CREATE INDEX conversation_in_follow_ups
    ON conversation (assignment_id, first_key, last_key, id) WHERE in_follow_ups = 1;
CREATE INDEX conversation_waiting
    ON conversation (campaign_id, urgency, id) WHERE status = 'needs_reply' AND opted_out = 0;
CREATE INDEX conversation_of_contact ON conversation (contact_id, last_texted_at);
CREATE INDEX conversation_of_follow_up ON conversation (follow_up_id) WHERE follow_up_id IS NOT NULL;

CREATE TABLE follow_up_target (
    follow_up_id    INTEGER NOT NULL REFERENCES follow_up (id),
    conversation_id INTEGER NOT NULL REFERENCES conversation (id),
    state           TEXT NOT NULL CHECK (state IN ('pending', 'sent', 'skipped')),
    PRIMARY KEY (follow_up_id, conversation_id)
) STRICT;
CREATE INDEX follow_up_target_of_conversation ON follow_up_target (conversation_id, follow_up_id);

CREATE TABLE message (
    id              INTEGER PRIMARY KEY,
    conversation_id INTEGER NOT NULL REFERENCES conversation (id),
    at              INTEGER NOT NULL,
    direction       TEXT NOT NULL CHECK (direction IN ('incoming', 'outgoing')),
    kind            TEXT CHECK (kind IN ('initial', 'reply', 'follow_up', 'opt_out_confirmation')),
    body            TEXT NOT NULL,
    author_id       INTEGER REFERENCES users (id),
    follow_up_id    INTEGER REFERENCES follow_up (id),
    state           TEXT NOT NULL CHECK (state IN ('received', 'unsent', 'queued', 'sending', 'sent',
                                                   'delivered', 'failed', 'in_doubt', 'cancelled')),
    state_at        INTEGER NOT NULL,
    segments        INTEGER NOT NULL,
    leaves_at       INTEGER,
    provider_id     TEXT,
    error_code      TEXT,
    error_text      TEXT
) STRICT;
CREATE INDEX message_in_thread ON message (conversation_id, at, id);
CREATE INDEX message_of_provider ON message (provider_id) WHERE provider_id IS NOT NULL;
CREATE INDEX message_unsent ON message (state, leaves_at) WHERE state = 'unsent';
CREATE INDEX message_queued ON message (state, id) WHERE state = 'queued';

CREATE TABLE reply_hour (  -- kept by trigger: incoming messages per campaign and hour, hours since 1970 UTC
    campaign_id INTEGER NOT NULL REFERENCES campaign (id),
    hour        INTEGER NOT NULL,
    replies     INTEGER NOT NULL,
    PRIMARY KEY (campaign_id, hour)
) STRICT;

CREATE TABLE unmatched (  -- incoming messages of numbers that nobody knows
    id          INTEGER PRIMARY KEY,
    at          INTEGER NOT NULL,
    phone       TEXT NOT NULL,
    body        TEXT NOT NULL,
    provider_id TEXT
) STRICT;
CREATE INDEX unmatched_of_phone ON unmatched (phone, at);

CREATE TABLE opt_out (
    phone    TEXT PRIMARY KEY,
    kind     TEXT NOT NULL CHECK (kind IN ('manual', 'automatic', 'imported')),
    note     TEXT NOT NULL DEFAULT '',
    note_key TEXT NOT NULL DEFAULT '',  -- the note as it is searched
    at       INTEGER NOT NULL,
    user_id  INTEGER REFERENCES users (id)
) STRICT;
CREATE INDEX opt_out_newest ON opt_out (at DESC, phone, note_key);

CREATE TABLE question (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    campaign_id INTEGER NOT NULL REFERENCES campaign (id),
    position    INTEGER NOT NULL,
    text        TEXT NOT NULL,
    retired     INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX question_of_campaign ON question (campaign_id, position, id);

CREATE TABLE choice (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    question_id INTEGER NOT NULL REFERENCES question (id),
    position    INTEGER NOT NULL,
    text        TEXT NOT NULL
) STRICT;
CREATE INDEX choice_of_question ON choice (question_id, position, id);

CREATE TABLE answer (
    conversation_id INTEGER NOT NULL REFERENCES conversation (id),
    question_id     INTEGER NOT NULL REFERENCES question (id),
    choice_id       INTEGER NOT NULL REFERENCES choice (id),
    user_id         INTEGER NOT NULL REFERENCES users (id),
    at              INTEGER NOT NULL,
    PRIMARY KEY (conversation_id, question_id)
) STRICT;
CREATE INDEX answer_of_question ON answer (question_id, choice_id, conversation_id);

CREATE TABLE recommended_reply (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    campaign_id INTEGER REFERENCES campaign (id),
    position    INTEGER NOT NULL,
    title       TEXT NOT NULL,
    body        TEXT NOT NULL
) STRICT;
CREATE INDEX recommended_reply_of_campaign ON recommended_reply (campaign_id, position, id);

CREATE TABLE draft (
    user_id         INTEGER NOT NULL REFERENCES users (id),
    conversation_id INTEGER NOT NULL REFERENCES conversation (id),
    body            TEXT NOT NULL,
    at              INTEGER NOT NULL,
    PRIMARY KEY (user_id, conversation_id)
) STRICT;

CREATE TABLE presence (  -- who has a messenger open; seen_at is renewed while it is
    id              TEXT PRIMARY KEY,
    user_id         INTEGER NOT NULL REFERENCES users (id),
    campaign_id     INTEGER REFERENCES campaign (id),
    conversation_id INTEGER REFERENCES conversation (id),
    seen_at         INTEGER NOT NULL
) STRICT;
CREATE INDEX presence_of_campaign ON presence (campaign_id, user_id, seen_at);
CREATE INDEX presence_on_conversation ON presence (conversation_id, seen_at) WHERE conversation_id IS NOT NULL;

CREATE TABLE event (  -- the journal
    id              INTEGER PRIMARY KEY,
    at              INTEGER NOT NULL,
    user_id         INTEGER REFERENCES users (id),
    actor_id        INTEGER REFERENCES users (id),
    action          TEXT NOT NULL,
    campaign_id     INTEGER REFERENCES campaign (id),
    conversation_id INTEGER REFERENCES conversation (id),
    summary         TEXT NOT NULL,
    details         TEXT NOT NULL DEFAULT '{}',
    undoable        INTEGER NOT NULL DEFAULT 0,
    undone_by       INTEGER REFERENCES event (id),
    undoes          INTEGER REFERENCES event (id)
) STRICT;
CREATE INDEX event_of_campaign ON event (campaign_id, id);
CREATE INDEX event_of_conversation ON event (conversation_id, id);
CREATE INDEX event_notable ON event (campaign_id, id) WHERE action NOT IN ('send', 'receive');
CREATE INDEX event_of_user ON event (user_id, id);
CREATE INDEX event_undoable ON event (user_id, id) WHERE undoable = 1 AND undone_by IS NULL;

CREATE TABLE job (  -- a bulk move made in steps (docs/rules.md 4.8); seen_at is renewed by each
    event_id    INTEGER PRIMARY KEY REFERENCES event (id),
    campaign_id INTEGER NOT NULL REFERENCES campaign (id),
    as_of       INTEGER NOT NULL,
    total       INTEGER NOT NULL,
    done        INTEGER NOT NULL DEFAULT 0,
    skipped     INTEGER NOT NULL DEFAULT 0,
    seen_at     INTEGER NOT NULL,
    finished_at INTEGER
) STRICT;
CREATE UNIQUE INDEX job_open ON job (campaign_id) WHERE finished_at IS NULL;

CREATE TABLE job_conversation (  -- what a job has still to move, and what it skipped; the rest is in event_conversation
    event_id           INTEGER NOT NULL REFERENCES job (event_id),
    skipped            INTEGER NOT NULL,
    conversation_id    INTEGER NOT NULL,  -- no REFERENCES: to look up so many at once takes longest; a step checks it
    from_assignment_id INTEGER REFERENCES assignment (id),
    to_assignment_id   INTEGER REFERENCES assignment (id),
    PRIMARY KEY (event_id, skipped, conversation_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE event_conversation (  -- what an event did to each of its conversations
    event_id           INTEGER NOT NULL REFERENCES event (id),
    conversation_id    INTEGER NOT NULL REFERENCES conversation (id),
    from_assignment_id INTEGER REFERENCES assignment (id),
    to_assignment_id   INTEGER REFERENCES assignment (id),
    PRIMARY KEY (event_id, conversation_id)
) STRICT;
CREATE INDEX event_conversation_of_conversation
    ON event_conversation (conversation_id, event_id, from_assignment_id, to_assignment_id);

CREATE TABLE event_number (  -- the numbers that a list opted out, or its undo in, with their opt-outs
    event_id INTEGER NOT NULL REFERENCES event (id),
    phone    TEXT NOT NULL,
    kind     TEXT NOT NULL,
    note     TEXT NOT NULL,
    at       INTEGER NOT NULL,
    user_id  INTEGER REFERENCES users (id),
    PRIMARY KEY (event_id, phone)
) STRICT;
