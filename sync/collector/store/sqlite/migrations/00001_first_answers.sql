-- +goose Up
-- Times are Unix milliseconds in UTC, 0 for never. Identifiers are their bytes.

CREATE TABLE collector (
    one            INTEGER PRIMARY KEY CHECK (one = 1),
    epoch          BLOB    NOT NULL,
    config_version INTEGER NOT NULL
);
INSERT INTO collector VALUES (1, randomblob(16), 1);

CREATE TABLE responses (
    id            INTEGER PRIMARY KEY,
    origin        BLOB    NOT NULL,
    seq           INTEGER NOT NULL,
    answer_id     BLOB    NOT NULL,
    terminal      BLOB    NOT NULL,
    survey        TEXT    NOT NULL,
    version       TEXT    NOT NULL,
    number        INTEGER NOT NULL,
    language      TEXT    NOT NULL,
    audience      TEXT    NOT NULL,
    started       INTEGER NOT NULL,
    submitted     INTEGER NOT NULL,
    clock_trusted INTEGER NOT NULL,
    received      INTEGER NOT NULL,
    seconds       INTEGER NOT NULL,
    hash          BLOB    NOT NULL,
    body          BLOB    NOT NULL
);
CREATE UNIQUE INDEX responses_key ON responses (origin, seq, answer_id);
CREATE INDEX responses_survey ON responses (survey);

-- What the key of records is derived from, for records that arrive without it. Sealed for the collector.
CREATE TABLE seals (
    origin  BLOB NOT NULL,
    session BLOB NOT NULL,
    seal    BLOB NOT NULL,
    PRIMARY KEY (origin, session)
);

-- A record that came again under its old name with other content: kept, not counted.
CREATE TABLE conflicts (
    id        INTEGER PRIMARY KEY,
    origin    BLOB    NOT NULL,
    seq       INTEGER NOT NULL,
    answer_id BLOB    NOT NULL,
    terminal  BLOB    NOT NULL,
    received  INTEGER NOT NULL,
    hash      BLOB    NOT NULL,
    body      BLOB    NOT NULL,
    UNIQUE (origin, seq, answer_id, hash)
);

-- A record that could not be read, as it came.
CREATE TABLE quarantine (
    id        INTEGER PRIMARY KEY,
    origin    BLOB    NOT NULL,
    seq       INTEGER NOT NULL,
    answer_id BLOB    NOT NULL,
    terminal  BLOB    NOT NULL,
    received  INTEGER NOT NULL,
    reason    TEXT    NOT NULL,
    hash      BLOB    NOT NULL,
    raw       BLOB    NOT NULL,
    UNIQUE (origin, seq, answer_id, hash)
);

CREATE TABLE alarms (
    id        INTEGER PRIMARY KEY,
    at        INTEGER NOT NULL,
    kind      TEXT    NOT NULL,
    terminal  BLOB    NOT NULL,
    origin    BLOB    NOT NULL,
    seq       INTEGER NOT NULL,
    answer_id BLOB    NOT NULL
);

CREATE TABLE terminals (
    id         BLOB    PRIMARY KEY,
    site       TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    public_key BLOB    NOT NULL UNIQUE,
    surveys    TEXT    NOT NULL, -- their ids in the order of the menu, by spaces; '' for all
    enrolled   INTEGER NOT NULL,
    revoked    INTEGER NOT NULL DEFAULT 0,
    last_seen  INTEGER NOT NULL DEFAULT 0,
    version    TEXT    NOT NULL DEFAULT '',
    queued     INTEGER NOT NULL DEFAULT 0,
    oldest     INTEGER NOT NULL DEFAULT 0,
    disk_free  INTEGER NOT NULL DEFAULT 0,
    config     INTEGER NOT NULL DEFAULT 0,
    problem    TEXT    NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX terminals_name ON terminals (site, name) WHERE revoked = 0;

-- One outbox. A terminal gets another one when its old file was set aside.
-- kept counts different seq in responses and quarantine; first_seq, last_seq and queued are from the last heartbeat.
CREATE TABLE origins (
    origin    BLOB    PRIMARY KEY,
    terminal  BLOB    NOT NULL REFERENCES terminals (id),
    kept      INTEGER NOT NULL DEFAULT 0,
    beat      INTEGER NOT NULL DEFAULT 0,
    first_seq INTEGER NOT NULL DEFAULT 0,
    last_seq  INTEGER NOT NULL DEFAULT 0,
    queued    INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX origins_terminal ON origins (terminal);

CREATE TABLE enrolments (
    code_hash BLOB    PRIMARY KEY,
    site      TEXT    NOT NULL,
    name      TEXT    NOT NULL,
    surveys   TEXT    NOT NULL, -- as in terminals
    issued    INTEGER NOT NULL,
    expires   INTEGER NOT NULL,
    terminal  BLOB    REFERENCES terminals (id)
);

CREATE TABLE surveys (
    rowid     INTEGER PRIMARY KEY,
    id        TEXT    NOT NULL,
    number    INTEGER NOT NULL,
    version   TEXT    NOT NULL,
    source    BLOB    NOT NULL,
    published INTEGER NOT NULL,
    UNIQUE (id, number),
    UNIQUE (id, version)
);

CREATE TABLE users (
    folded TEXT    PRIMARY KEY,
    name   TEXT    NOT NULL,
    hash   TEXT    NOT NULL,
    added  INTEGER NOT NULL
);

-- The table alexedwards/scs/sqlite3store expects.
CREATE TABLE sessions (
    token  TEXT PRIMARY KEY,
    data   BLOB NOT NULL,
    expiry REAL NOT NULL
);
CREATE INDEX sessions_expiry ON sessions (expiry);
