-- Prices that platforms were shown for an amount (fx/platform_quote.h). What was shown never changes; state and order do.
CREATE TABLE platform_quote (
  id {id} NOT NULL PRIMARY KEY,
  platform_id {id} NOT NULL DEFAULT '',
  merchant_id {id} NOT NULL DEFAULT '',
  currency {id} NOT NULL DEFAULT '',          -- bought against CNY
  fixed_side {id} NOT NULL DEFAULT '',
  cny_minor {int} NOT NULL DEFAULT 0,         -- the order's total, our fee included
  fee_minor {int} NOT NULL DEFAULT 0,
  foreign_minor {int} NOT NULL DEFAULT 0,
  bank_quote_id {id} NOT NULL DEFAULT '',     -- the bank's price behind it: fx_quote
  bank_rate_e10 {int} NOT NULL DEFAULT 0,     -- per 1 unit
  client_rate_e10 {int} NOT NULL DEFAULT 0,   -- the same: no markup
  mid_e10 {int} NOT NULL DEFAULT 0,
  value_date {int} NOT NULL DEFAULT 0,        -- 0: none could be told
  on_expiry {id} NOT NULL DEFAULT '',
  created_at {int} NOT NULL DEFAULT 0,
  expires_at {int} NOT NULL DEFAULT 0,
  replaces {id} NOT NULL DEFAULT '',          -- the quote of the same order that was over
  state {id} NOT NULL DEFAULT '',
  order_id {id} NOT NULL DEFAULT ''
) {table_end};
CREATE INDEX platform_quote_by_order ON platform_quote (order_id);
CREATE INDEX platform_quote_by_bank_quote ON platform_quote (bank_quote_id);
ALTER TABLE orders ADD COLUMN quote_id {id} NOT NULL DEFAULT '';
ALTER TABLE orders ADD COLUMN quote_open {int} NOT NULL DEFAULT 0;   -- 1: it is looked at before anything is bought
ALTER TABLE merchant ADD COLUMN quote_expiry {id} NOT NULL DEFAULT 're_quote';
