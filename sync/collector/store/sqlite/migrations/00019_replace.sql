-- +goose Up
-- A terminal that drains asks nobody any more and sends what it has; drain_config is the configuration it had before.
ALTER TABLE terminals ADD COLUMN draining INTEGER NOT NULL DEFAULT 0;
ALTER TABLE terminals ADD COLUMN drain_config INTEGER NOT NULL DEFAULT 0;
-- What a terminal took the place of.
ALTER TABLE terminals ADD COLUMN replaces BLOB;
ALTER TABLE enrolments ADD COLUMN replaces BLOB;
