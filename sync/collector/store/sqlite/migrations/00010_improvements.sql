-- +goose Up
-- What the centre changed because of visitors; text is a JSON object from language to words.
CREATE TABLE improvements (
    id    INTEGER PRIMARY KEY,
    text  TEXT    NOT NULL,
    until INTEGER NOT NULL, -- 0 for no end
    added INTEGER NOT NULL,
    by    TEXT    NOT NULL
);
