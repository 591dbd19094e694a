-- Amounts that left suspense or suspense_debit: the entry that had put one there, and the approval that took it out.
-- An amount leaves once.
CREATE TABLE settled_suspense (
  entry_id {id} NOT NULL PRIMARY KEY,
  approval_id {id} NOT NULL DEFAULT '',
  settled_at {int} NOT NULL DEFAULT 0
) {table_end};
{append_only settled_suspense}

-- Orders on hold, with the matter that holds them; a row goes when its order is released.
CREATE TABLE held_order (
  order_id {id} NOT NULL PRIMARY KEY,
  reason {id} NOT NULL DEFAULT '',
  subject_id {id} NOT NULL DEFAULT '',     -- the remittance or payee
  held_at {int} NOT NULL DEFAULT 0
) {table_end};
CREATE INDEX held_order_by_subject ON held_order (subject_id, order_id);

-- Transfers between customers' money and ours, by their remittances; open_key while one is under way.
CREATE TABLE own_transfer (
  remittance_id {id} NOT NULL PRIMARY KEY,
  currency {id} NOT NULL DEFAULT '',
  amount_minor {int} NOT NULL DEFAULT 0,
  open_key {id} NULL                       -- own_top_up|CNY, own_sweep|CNY
) {table_end};
CREATE INDEX own_transfer_open ON own_transfer (open_key);
