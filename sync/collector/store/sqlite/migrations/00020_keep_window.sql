-- +goose Up
-- How long, and how much of it, terminals keep what was acknowledged; 0 for their own defaults.
ALTER TABLE collector ADD COLUMN keep_days INTEGER NOT NULL DEFAULT 0;
ALTER TABLE collector ADD COLUMN keep_bytes INTEGER NOT NULL DEFAULT 0;
