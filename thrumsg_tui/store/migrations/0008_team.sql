CREATE TABLE listener (  -- a row for each gateway whose carrier calls us: answers come in by `thrumsg listen`
    gateway  TEXT PRIMARY KEY,
    seen_at  INTEGER,  -- renewed while a listener runs; none if none ever ran
    ended_at INTEGER  -- when it was stopped; none while it runs, or if it was killed
) STRICT;

CREATE TABLE shared_file (  -- what was written by name under a forced command, into the folder beside the database
    name        TEXT PRIMARY KEY,
    user_id     INTEGER NOT NULL REFERENCES users (id),
    size        INTEGER NOT NULL,
    modified_ns INTEGER NOT NULL  -- with another size or time it is no longer the file that was written
) STRICT;
