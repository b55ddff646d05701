CREATE TABLE listener (  -- a row for each gateway whose carrier calls us: answers come in by `thrumsg listen`
    gateway  TEXT PRIMARY KEY,
    seen_at  INTEGER,  -- renewed while a listener runs; none if none ever ran
    ended_at INTEGER  -- when it was stopped; none while it runs, or if it was killed
) STRICT;
