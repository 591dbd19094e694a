-- Rolls of held locks: until when each is wanted, and what the lock promised before it and promises after it.
ALTER TABLE fx_lock_end ADD COLUMN wanted_until {int} NOT NULL DEFAULT 0;
ALTER TABLE fx_lock_end ADD COLUMN currency {id} NOT NULL DEFAULT '';
ALTER TABLE fx_lock_end ADD COLUMN from_rate_e10 {int} NOT NULL DEFAULT 0;
ALTER TABLE fx_lock_end ADD COLUMN from_rate_text {id} NOT NULL DEFAULT '';
ALTER TABLE fx_lock_end ADD COLUMN from_rate_unit {int} NOT NULL DEFAULT 1;
ALTER TABLE fx_lock_end ADD COLUMN from_expires_at {int} NOT NULL DEFAULT 0;
ALTER TABLE fx_lock_end ADD COLUMN from_value_date {int} NOT NULL DEFAULT 0;
ALTER TABLE fx_lock_end ADD COLUMN to_rate_e10 {int} NOT NULL DEFAULT 0;
ALTER TABLE fx_lock_end ADD COLUMN to_rate_text {id} NOT NULL DEFAULT '';
ALTER TABLE fx_lock_end ADD COLUMN to_rate_unit {int} NOT NULL DEFAULT 1;
ALTER TABLE fx_lock_end ADD COLUMN to_expires_at {int} NOT NULL DEFAULT 0;
ALTER TABLE fx_lock_end ADD COLUMN to_value_date {int} NOT NULL DEFAULT 0;
