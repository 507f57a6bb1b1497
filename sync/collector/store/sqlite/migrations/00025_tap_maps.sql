-- +goose Up
-- How often each cell of a glass was touched, as terminals tell it; cells are 240 numbers of four bytes, little-endian.
CREATE TABLE tap_maps (
    terminal BLOB    NOT NULL,
    id       BLOB    NOT NULL,
    survey   TEXT    NOT NULL,
    version  TEXT    NOT NULL,
    columns  INTEGER NOT NULL,
    cells    BLOB    NOT NULL,
    changed  INTEGER NOT NULL,
    PRIMARY KEY (terminal, id)
) WITHOUT ROWID;
