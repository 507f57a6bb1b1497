-- +goose Up
-- When a terminal that drains first said that it asks nobody, and how long a visit that began before may last from then on.
ALTER TABLE terminals ADD COLUMN drain_noted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE terminals ADD COLUMN drain_visit INTEGER NOT NULL DEFAULT 0;
UPDATE terminals SET drain_visit = 1800000 WHERE draining > 0;
