-- A list may name a number that is out already, and an opt-out may be redone: when that was, by our clock.
ALTER TABLE opt_out_word ADD COLUMN came_at INTEGER NOT NULL DEFAULT 0;
