-- What the desk had to choose from when a purchase was opened, in the order of its choice: the evidence of best
-- execution. Written once with the purchase.
CREATE TABLE fx_offer (
  id {key} NOT NULL PRIMARY KEY,              -- <purchase>|<place>
  purchase_id {id} NOT NULL DEFAULT '',
  place {int} NOT NULL DEFAULT 0,             -- 1 was taken
  quote_id {id} NOT NULL DEFAULT '',
  cny_minor {int} NOT NULL DEFAULT 0,         -- the amount that was compared
  fee_minor {int} NOT NULL DEFAULT 0,         -- the bank's for such a deal, CNY
  foreign_minor {int} NOT NULL DEFAULT 0,     -- what the rest buys
  unfit {id} NOT NULL DEFAULT ''              -- why it could not be taken; empty: it could
) {table_end};
CREATE INDEX fx_offer_by_purchase ON fx_offer (purchase_id, place);
