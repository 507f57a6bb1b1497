-- +goose Up
-- The responses that are in no figure because of their tickets: few, and counted for every list of surveys.
CREATE INDEX responses_aside ON responses (survey) WHERE ticket_state NOT IN ('', 'good');
