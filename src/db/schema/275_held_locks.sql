-- Locks that the desk took before there was a purchase for them: what purchases drew on each, and the CNY that is held
-- for the rest. Its lock (fx_lock of the same id) names no purchase; purchases name it.
CREATE TABLE fx_held_lock (
  id {id} NOT NULL PRIMARY KEY,               -- of the lock
  taken_by {id} NOT NULL DEFAULT '',          -- operator
  cny_account {id} NOT NULL DEFAULT '',       -- provision account that pays
  foreign_account {id} NOT NULL DEFAULT '',   -- provision account that is credited
  drawn_minor {int} NOT NULL DEFAULT 0,       -- of the lock's fixed side: dealt, or ordered and not known yet
  cny_minor {int} NOT NULL DEFAULT 0,         -- held for what is left
  hold_id {id} NOT NULL DEFAULT ''            -- empty: nothing is held
) {table_end};
CREATE INDEX purchase_by_lock ON purchase (lock_id);
