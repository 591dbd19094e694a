-- Ends of what is left of a held lock before its time (fx/lock_end.h): the cost that its bank named, who asked, who
-- confirmed, what became of it. While one is ordered and not known, its lock names it, and nothing is drawn on it.
CREATE TABLE fx_lock_end (
  id {id} NOT NULL PRIMARY KEY,
  lock_id {id} NOT NULL DEFAULT '',
  bank {id} NOT NULL DEFAULT '',
  cny_account {id} NOT NULL DEFAULT '',
  way {id} NOT NULL DEFAULT '',
  is_look {int} NOT NULL DEFAULT 0,           -- only its cost was asked
  amount_currency {id} NOT NULL DEFAULT '',   -- of the lock's fixed side
  amount_minor {int} NOT NULL DEFAULT 0,      -- what was left when it was asked
  state {id} NOT NULL DEFAULT '',
  maker {id} NOT NULL DEFAULT '',
  checker {id} NOT NULL DEFAULT '',
  reference {id} NOT NULL DEFAULT '',
  offer_reference {key} NOT NULL DEFAULT '',
  bank_reference {key} NOT NULL DEFAULT '',
  pay_minor {int} NOT NULL DEFAULT 0,         -- CNY, as offered
  get_minor {int} NOT NULL DEFAULT 0,
  charged_pay_minor {int} NOT NULL DEFAULT 0, -- CNY, as the bank did it
  charged_get_minor {int} NOT NULL DEFAULT 0,
  why {text} NOT NULL DEFAULT '',
  settled_by {key} NOT NULL DEFAULT '',       -- line of a statement
  asked_at {int} NOT NULL DEFAULT 0,
  stands_until {int} NOT NULL DEFAULT 0,
  decided_at {int} NOT NULL DEFAULT 0,
  over_at {int} NOT NULL DEFAULT 0,
  due_at {int} NULL                           -- when to look at it again
) {table_end};
CREATE INDEX fx_lock_end_by_lock ON fx_lock_end (lock_id, id);
CREATE INDEX fx_lock_end_by_due ON fx_lock_end (due_at);
CREATE UNIQUE INDEX fx_lock_end_by_reference ON fx_lock_end (reference);
ALTER TABLE fx_held_lock ADD COLUMN end_id {id} NOT NULL DEFAULT '';
