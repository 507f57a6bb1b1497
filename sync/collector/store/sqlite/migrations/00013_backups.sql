-- +goose Up
-- Each backup as it ended; problem is '' for a good one.
CREATE TABLE backups (
    id        INTEGER PRIMARY KEY,
    began     INTEGER NOT NULL,
    ended     INTEGER NOT NULL,
    path      TEXT    NOT NULL,
    bytes     INTEGER NOT NULL,
    responses INTEGER NOT NULL,
    problem   TEXT    NOT NULL
);

-- The seqs of each origin that the last good backup has, as ranges with both ends included.
CREATE TABLE backup_ranges (
    origin BLOB    NOT NULL,
    first  INTEGER NOT NULL,
    last   INTEGER NOT NULL,
    PRIMARY KEY (origin, first)
) WITHOUT ROWID;

-- How often serve makes a backup, in milliseconds; 0 for never.
ALTER TABLE collector ADD COLUMN backup_every INTEGER NOT NULL DEFAULT 0;

-- Each time the store was brought back from a backup. taken is when that backup was.
CREATE TABLE restores (
    id    INTEGER PRIMARY KEY,
    at    INTEGER NOT NULL,
    taken INTEGER NOT NULL
);

-- From the last heartbeat: the epoch for which the outbox offered all it keeps, and how much of that waits again.
ALTER TABLE origins ADD COLUMN filled BLOB NOT NULL DEFAULT x'';
ALTER TABLE origins ADD COLUMN again INTEGER NOT NULL DEFAULT 0;
