-- +goose Up
-- From which machine and address an outbox was heard of, one row for each change: two that take turns are a copied disk.
CREATE TABLE sightings (
    id      INTEGER PRIMARY KEY,
    origin  BLOB    NOT NULL,
    at      INTEGER NOT NULL,
    boot    TEXT    NOT NULL,
    address TEXT    NOT NULL
);
CREATE INDEX sightings_origin ON sightings (origin);
