-- A change whose COMMIT got no answer from a server is looked up by the key that it wrote with its first event.
ALTER TABLE event ADD COLUMN change_key TEXT;
CREATE UNIQUE INDEX event_by_change_key ON event (change_key) WHERE change_key IS NOT NULL;

-- Several hosts may deliver and listen, one at a time: the one that was seen last.
ALTER TABLE gateway ADD COLUMN host TEXT NOT NULL DEFAULT '';
ALTER TABLE listener ADD COLUMN host TEXT NOT NULL DEFAULT '';
