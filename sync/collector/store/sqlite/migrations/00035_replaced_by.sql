-- +goose Up
-- Which terminal took the place of another is asked about each one that is read.
CREATE INDEX terminals_replaces ON terminals (replaces) WHERE replaces IS NOT NULL;
