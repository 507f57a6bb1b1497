-- +goose Up
-- When a terminal's centre is open, as surveys.ParseOpenings reads it; '' for always.
ALTER TABLE terminals ADD COLUMN hours TEXT NOT NULL DEFAULT '';
