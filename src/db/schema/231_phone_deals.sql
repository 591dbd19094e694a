-- Deals made on the telephone (fx/phone_deal.h), as the dealer told them and as the bank's slip says. What was told
-- never changes; state, slip and checker do, under the lock of the purchase.
CREATE TABLE phone_deal (
  id {id} NOT NULL PRIMARY KEY,
  purchase_id {id} NOT NULL DEFAULT '',
  bank {id} NOT NULL DEFAULT '',
  currency {id} NOT NULL DEFAULT '',          -- bought against CNY
  state {id} NOT NULL DEFAULT '',
  maker {id} NOT NULL DEFAULT '',
  checker {id} NOT NULL DEFAULT '',
  dealer {long} NOT NULL DEFAULT '',          -- name at the bank, sealed
  called_at {int} NOT NULL DEFAULT 0,
  price_e10 {int} NOT NULL DEFAULT 0,         -- per 1 unit
  price_text {id} NOT NULL DEFAULT '',        -- as it was said, per price_unit
  price_unit {int} NOT NULL DEFAULT 1,
  fixed_side {id} NOT NULL DEFAULT '',
  cny_minor {int} NOT NULL DEFAULT 0,
  foreign_minor {int} NOT NULL DEFAULT 0,
  value_date {int} NOT NULL DEFAULT 0,
  expires_at {int} NOT NULL DEFAULT 0,
  recording {key} NOT NULL DEFAULT '',
  recorded_at {int} NOT NULL DEFAULT 0,
  slip_key {key} NULL,                        -- bank|its deal number
  slip_number {key} NOT NULL DEFAULT '',
  slip_price_e10 {int} NOT NULL DEFAULT 0,
  slip_price_text {id} NOT NULL DEFAULT '',
  slip_price_unit {int} NOT NULL DEFAULT 1,
  slip_cny_minor {int} NOT NULL DEFAULT 0,
  slip_foreign_minor {int} NOT NULL DEFAULT 0,
  slip_value_date {int} NOT NULL DEFAULT 0,
  decided_at {int} NOT NULL DEFAULT 0         -- slip entered, overdue or settled
) {table_end};
CREATE INDEX phone_deal_by_call ON phone_deal (bank, called_at);
CREATE INDEX phone_deal_by_purchase ON phone_deal (purchase_id);
CREATE UNIQUE INDEX phone_deal_by_slip ON phone_deal (slip_key);
