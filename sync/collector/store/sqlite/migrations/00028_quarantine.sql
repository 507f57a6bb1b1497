-- +goose Up
-- A record that was read later stays here as released, so that no id is given out twice and none goes unseen: chain links
-- each row to the one before; the next migration fills it in. A stray one says nothing of what is here of its outbox:
-- another terminal sent it, or no outbox numbers so.
ALTER TABLE quarantine RENAME TO quarantine_before;
CREATE TABLE quarantine (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    origin    BLOB    NOT NULL,
    seq       INTEGER NOT NULL,
    answer_id BLOB    NOT NULL,
    terminal  BLOB    NOT NULL,
    received  INTEGER NOT NULL,
    reason    TEXT    NOT NULL,
    hash      BLOB    NOT NULL,
    raw       BLOB    NOT NULL,
    stray     INTEGER NOT NULL DEFAULT 0,
    released  INTEGER NOT NULL DEFAULT 0,
    chain     BLOB    NOT NULL DEFAULT x'',
    UNIQUE (origin, seq, answer_id, hash, stray)
);
INSERT INTO quarantine (id, origin, seq, answer_id, terminal, received, reason, hash, raw, stray)
SELECT id, origin, seq, answer_id, terminal, received, reason, hash, raw, seq < 1 OR seq > 281474976710656
FROM quarantine_before ORDER BY id;
UPDATE origins AS o SET kept = kept - n FROM (
	SELECT q.origin, count(DISTINCT q.seq) AS n FROM quarantine AS q
	WHERE q.stray AND NOT EXISTS (SELECT 1 FROM responses AS r WHERE r.origin = q.origin AND r.seq = q.seq) GROUP BY q.origin
) AS strays WHERE strays.origin = o.origin;
DROP TABLE quarantine_before;
CREATE INDEX quarantine_waits ON quarantine (id) WHERE released = 0;
