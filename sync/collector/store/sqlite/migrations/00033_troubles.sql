-- +goose Up
-- What does not work on a terminal, by stable words with a number each: "disk-soon:5 refused:0".
ALTER TABLE terminals ADD COLUMN troubles TEXT NOT NULL DEFAULT '';
