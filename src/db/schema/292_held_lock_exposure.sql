-- What is left of a lock that the desk holds, from each instant on at which that changed: for the exposure, now and at
-- a past instant. One row a change, of the lock's fixed side and as it was promised then; none while nothing is promised
-- yet. Of what stood before this table, as it stood then.
CREATE TABLE fx_held_lock_left (
  lock_id {id} NOT NULL,
  booked_at {int} NOT NULL,
  left_minor {int} NOT NULL DEFAULT 0,        -- of the lock's fixed side; zero: used up or over
  rate_e10 {int} NOT NULL DEFAULT 0,
  rate_text {id} NOT NULL DEFAULT '',
  rate_unit {int} NOT NULL DEFAULT 1,
  value_date {int} NOT NULL DEFAULT 0,
  PRIMARY KEY (lock_id, booked_at)
) {table_end};

INSERT INTO fx_held_lock_left (lock_id, booked_at, left_minor, rate_e10, rate_text, rate_unit, value_date)
SELECT l.id, l.requested_at, CASE WHEN l.amount_minor > h.drawn_minor THEN l.amount_minor - h.drawn_minor ELSE 0 END,
  l.rate_e10, l.rate_text, l.rate_unit, l.value_date
FROM fx_lock l JOIN fx_held_lock h ON h.id = l.id
WHERE l.state = 'locked' AND NOT EXISTS (SELECT 1 FROM fx_held_lock_left e WHERE e.lock_id = l.id);

-- Since when nothing may be drawn on it any more.
ALTER TABLE fx_held_lock ADD COLUMN over_at {int} NULL;
UPDATE fx_held_lock SET over_at = 0
WHERE over_at IS NULL AND id IN (SELECT id FROM fx_lock WHERE state NOT IN ('requested', 'unknown', 'locked'));
CREATE INDEX fx_held_lock_by_over ON fx_held_lock (over_at);
