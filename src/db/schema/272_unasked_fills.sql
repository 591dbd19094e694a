-- Fills that a bank reported and nobody awaited (src/flow/unasked_fill.h), once each, however often they are reported.
CREATE TABLE unasked_fill (
  fill_key {key} NOT NULL PRIMARY KEY,     -- reference, deal and sum: what makes two reports one fact
  reference {text} NOT NULL DEFAULT '',    -- ours of the purchase, as the bank repeats it; or anything, made printable
  deal_reference {text} NOT NULL DEFAULT '',
  currency {id} NOT NULL DEFAULT '',       -- empty: the sum could not be read
  dealt_minor {int} NOT NULL DEFAULT 0,    -- in all, by this deal
  state {id} NOT NULL DEFAULT '',          -- waiting, told, over
  is_open {int} NOT NULL DEFAULT 0,        -- waiting or told
  received_at {int} NOT NULL DEFAULT 0
) {table_end};
CREATE INDEX unasked_fill_open ON unasked_fill (is_open, fill_key);
CREATE INDEX unasked_fill_by_reference ON unasked_fill (reference);
