CREATE TABLE opt_out_word (  -- when each number's newest opt-out word was written; kept after it opts in
    phone      TEXT PRIMARY KEY,
    written_at INTEGER NOT NULL  -- by the carrier's clock, which may run ahead of ours
) STRICT;

ALTER TABLE unmatched ADD COLUMN reason TEXT NOT NULL DEFAULT 'unknown'
    CHECK (reason IN ('unknown', 'archived', 'no_number'));
UPDATE unmatched SET reason = 'archived'
WHERE EXISTS (SELECT 1 FROM contact WHERE contact.phone = unmatched.phone AND contact.created_at <= unmatched.at);
