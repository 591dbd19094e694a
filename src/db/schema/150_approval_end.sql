-- Who ended an approval that was not used: the checker who refused it after its release, or the maker who withdrew it.
-- Who had released it stands in checker.
ALTER TABLE approval ADD COLUMN ended_by {id} NOT NULL DEFAULT '';
ALTER TABLE approval ADD COLUMN ended_at {int} NOT NULL DEFAULT 0;
-- The list of what waits, or is released and not used.
CREATE INDEX approval_by_state ON approval (state, id);
