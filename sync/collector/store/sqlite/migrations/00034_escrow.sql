-- +goose Up
-- The first bytes of the escrow key that a terminal says it seals for; all zero for none.
ALTER TABLE terminals ADD COLUMN escrow BLOB NOT NULL DEFAULT x'';
