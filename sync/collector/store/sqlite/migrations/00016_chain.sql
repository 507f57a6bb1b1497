-- +goose Up
-- What links each response to the one of its outbox that arrived before it, so that tampering shows; the next migration
-- fills it in for those that are there.
ALTER TABLE responses ADD COLUMN chain BLOB NOT NULL DEFAULT x'';

-- Where the chain of an outbox stands after so many links.
CREATE TABLE chains (
    origin BLOB    PRIMARY KEY,
    links  INTEGER NOT NULL,
    head   BLOB    NOT NULL
);
