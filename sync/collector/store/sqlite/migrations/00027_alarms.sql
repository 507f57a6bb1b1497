-- +goose Up
-- One row for all alarms of a kind about an outbox until somebody acknowledges them; seq and answer_id are of the last.
ALTER TABLE alarms RENAME TO alarms_before;
CREATE TABLE alarms (
    id           INTEGER PRIMARY KEY,
    kind         TEXT    NOT NULL,
    terminal     BLOB    NOT NULL,
    origin       BLOB    NOT NULL,
    first        INTEGER NOT NULL,
    at           INTEGER NOT NULL,
    times        INTEGER NOT NULL,
    seq          INTEGER NOT NULL,
    answer_id    BLOB    NOT NULL,
    acknowledged INTEGER NOT NULL DEFAULT 0,
    by           TEXT    NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX alarms_open ON alarms (kind, terminal, origin) WHERE acknowledged = 0;
INSERT INTO alarms (kind, terminal, origin, first, at, times, seq, answer_id)
SELECT g.kind, g.terminal, g.origin, g.first, g.at, g.times, b.seq, b.answer_id FROM (
	SELECT kind, terminal, origin, min(at) AS first, max(at) AS at, count(*) AS times, max(id) AS last
	FROM alarms_before GROUP BY kind, terminal, origin) AS g
JOIN alarms_before AS b ON b.id = g.last ORDER BY g.last;
DROP TABLE alarms_before;
