-- +goose Up
-- The hash of the PIN that the service corner of the terminal will have; pin_made of one that nobody chose, which gives way to
-- one that was chosen at the terminal.
ALTER TABLE enrolments ADD COLUMN pin TEXT NOT NULL DEFAULT '';
ALTER TABLE enrolments ADD COLUMN pin_made INTEGER NOT NULL DEFAULT 0;
