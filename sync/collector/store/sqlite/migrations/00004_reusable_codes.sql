-- +goose Up
-- A code makes uses terminals, used of which are made. One that makes more than one leaves enrolments.terminal empty and
-- stands with each of its terminals instead.
ALTER TABLE enrolments ADD COLUMN uses INTEGER NOT NULL DEFAULT 1;
ALTER TABLE enrolments ADD COLUMN used INTEGER NOT NULL DEFAULT 0;
ALTER TABLE terminals ADD COLUMN code_hash BLOB;
