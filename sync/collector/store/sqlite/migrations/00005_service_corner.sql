-- +goose Up
-- What a terminal's service corner asks and allows; settings counts the changes.
ALTER TABLE terminals ADD COLUMN pin TEXT NOT NULL DEFAULT '';
ALTER TABLE terminals ADD COLUMN may_leave INTEGER NOT NULL DEFAULT 0;
ALTER TABLE terminals ADD COLUMN settings INTEGER NOT NULL DEFAULT 0;
