-- +goose Up
-- The outbox that a terminal had when it was enrolled; x'' for those of before, until their next heartbeat.
ALTER TABLE terminals ADD COLUMN origin BLOB NOT NULL DEFAULT x'';
-- Since when a revoked terminal may send what waits on it, and nothing else.
ALTER TABLE terminals ADD COLUMN sending INTEGER NOT NULL DEFAULT 0;

-- Since when another outbox is in use in its place: what waited in it comes only if its disk is brought.
ALTER TABLE origins ADD COLUMN left_at INTEGER NOT NULL DEFAULT 0;
-- Heartbeats in a row that were older than one before.
ALTER TABLE origins ADD COLUMN ignored INTEGER NOT NULL DEFAULT 0;
-- Heartbeats are counted from the clock, so the highest count is the outbox that is in use.
UPDATE origins AS o SET left_at = (SELECT t.last_seen FROM terminals AS t WHERE t.id = o.terminal)
WHERE EXISTS (SELECT 1 FROM origins AS n WHERE n.terminal = o.terminal AND n.beat > o.beat);
UPDATE origins AS o SET left_at = (SELECT t.revoked FROM terminals AS t WHERE t.id = o.terminal)
WHERE left_at = 0 AND EXISTS (SELECT 1 FROM terminals AS t JOIN terminals AS n ON n.site = t.site AND n.name = t.name
	AND n.revoked = 0 WHERE t.id = o.terminal AND t.revoked > 0);

-- Who may speak for an outbox: origins.terminal now, the others before it or for it.
CREATE TABLE speakers (
    origin   BLOB NOT NULL,
    terminal BLOB NOT NULL,
    PRIMARY KEY (origin, terminal)
) WITHOUT ROWID;
INSERT INTO speakers SELECT origin, terminal FROM origins;

-- What was done to a terminal, and by whom.
CREATE TABLE events (
    id       INTEGER PRIMARY KEY,
    terminal BLOB    NOT NULL,
    at       INTEGER NOT NULL,
    what     TEXT    NOT NULL,
    by       TEXT    NOT NULL
);
CREATE INDEX events_terminal ON events (terminal);
INSERT INTO events (terminal, at, what, by) SELECT id, enrolled, 'enrolled', '' FROM terminals ORDER BY enrolled;
INSERT INTO events (terminal, at, what, by) SELECT id, revoked, 'revoked', '' FROM terminals WHERE revoked > 0 ORDER BY revoked;
