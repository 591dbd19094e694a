-- What stands behind the end of a lock until its bank's line has come: CNY that is held for it, and that the line is
-- awaited, so that a gain is no money before it is paid and a missing line is told.
ALTER TABLE fx_lock_end ADD COLUMN held_minor {int} NOT NULL DEFAULT 0;
ALTER TABLE fx_lock_end ADD COLUMN hold_id {id} NOT NULL DEFAULT '';
ALTER TABLE fx_lock_end ADD COLUMN line_awaited {int} NOT NULL DEFAULT 0;
UPDATE fx_lock_end SET line_awaited = 1, due_at = over_at + 172800000000
  WHERE state = 'done' AND settled_by = '' AND (charged_pay_minor > 0 OR charged_get_minor > 0);
CREATE INDEX fx_lock_end_by_line ON fx_lock_end (line_awaited);
