-- +goose Up
-- What a survey is tried on before it is published: the glass of each terminal, as pixels and inches.
ALTER TABLE terminals ADD COLUMN display TEXT NOT NULL DEFAULT '';
