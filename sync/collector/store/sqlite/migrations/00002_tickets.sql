-- +goose Up
-- What the ticket of a response was worth when it arrived; both are '' for surveys that are not taken by ticket.
ALTER TABLE responses ADD COLUMN ticket TEXT NOT NULL DEFAULT '';
ALTER TABLE responses ADD COLUMN ticket_state TEXT NOT NULL DEFAULT '';

CREATE TABLE tickets (
    id        INTEGER PRIMARY KEY,
    survey    TEXT    NOT NULL,
    ticket    TEXT    NOT NULL,
    series    TEXT    NOT NULL,
    issued    INTEGER NOT NULL,
    issued_by TEXT    NOT NULL,
    revoked   INTEGER NOT NULL DEFAULT 0,
    used      INTEGER NOT NULL DEFAULT 0,
    origin    BLOB, -- with seq and answer_id the response that used it
    seq       INTEGER,
    answer_id BLOB,
    UNIQUE (survey, ticket)
);
CREATE INDEX tickets_open ON tickets (survey) WHERE used = 0 AND revoked = 0;

-- How often the open tickets of a survey changed; a survey that never had any has no row.
CREATE TABLE ticket_changes (
    survey  TEXT    PRIMARY KEY,
    changes INTEGER NOT NULL
);
