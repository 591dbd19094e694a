-- Rolls of held locks that a bank did at other terms than those that were confirmed (fx_lock_end keeps these as to_*):
-- what it did, and who took or refused that where the lock was held back for it.
CREATE TABLE fx_roll_done (
  id {id} NOT NULL PRIMARY KEY,               -- the end's
  currency {id} NOT NULL DEFAULT '',
  rate_e10 {int} NOT NULL DEFAULT 0,
  rate_text {id} NOT NULL DEFAULT '',
  rate_unit {int} NOT NULL DEFAULT 1,
  expires_at {int} NOT NULL DEFAULT 0,
  value_date {int} NOT NULL DEFAULT 0,
  decided_by {id} NOT NULL DEFAULT '',
  decided_at {int} NOT NULL DEFAULT 0
) {table_end};
CREATE INDEX fx_lock_end_by_state ON fx_lock_end (state);
