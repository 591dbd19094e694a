-- What orders of a payout currency come to in all, and what was dealt for them: running totals, one series a writer
-- slot (whose row is locked first by every group, so that writers never wait for each other here), one row an instant
-- at which a group of that slot changed them. The present is the sum of the series' last rows, the past of those that
-- were last then. CNY up to dealt_cny_minor, the payout currency behind it.
CREATE TABLE fx_exposure (
  currency {id} NOT NULL,
  series {id} NOT NULL,                       -- slot; "orders" and "deals": what stood before this table
  booked_at {int} NOT NULL,
  ordered_minor {int} NOT NULL DEFAULT 0,
  collected_minor {int} NOT NULL DEFAULT 0,
  fees_minor {int} NOT NULL DEFAULT 0,
  refunding_minor {int} NOT NULL DEFAULT 0,
  refunded_minor {int} NOT NULL DEFAULT 0,
  converting_minor {int} NOT NULL DEFAULT 0,
  converted_minor {int} NOT NULL DEFAULT 0,
  rest_minor {int} NOT NULL DEFAULT 0,
  dealt_cny_minor {int} NOT NULL DEFAULT 0,
  dealt_minor {int} NOT NULL DEFAULT 0,
  allocated_minor {int} NOT NULL DEFAULT 0,
  remitting_minor {int} NOT NULL DEFAULT 0,
  remitted_minor {int} NOT NULL DEFAULT 0,
  PRIMARY KEY (currency, series, booked_at)
) {table_end};

INSERT INTO fx_exposure (currency, series, booked_at, ordered_minor, collected_minor, fees_minor, refunding_minor,
  refunded_minor, converting_minor, converted_minor, rest_minor, allocated_minor, remitting_minor, remitted_minor)
SELECT payout_currency, 'orders', 0,
  SUM(CASE WHEN state IN ('expired', 'cancelled') THEN 0 ELSE due_minor END), SUM(paid_minor), SUM(fee_minor),
  SUM(refunding_minor), SUM(refunded_minor), SUM(converting_minor), SUM(converted_minor), SUM(rest_minor),
  SUM(bought_minor), SUM(remitting_minor), SUM(remitted_minor)
FROM orders WHERE payout = 'fx' AND NOT EXISTS (SELECT 1 FROM fx_exposure e WHERE e.series = 'orders')
GROUP BY payout_currency;

INSERT INTO fx_exposure (currency, series, booked_at, dealt_cny_minor, dealt_minor)
SELECT currency, 'deals', 0, SUM(dealt_cny_minor), SUM(dealt_foreign_minor)
FROM purchase WHERE deal_reference <> '' AND NOT EXISTS (SELECT 1 FROM fx_exposure e WHERE e.series = 'deals')
GROUP BY currency;

-- Since when nothing of a purchase is open any more: refused, never sent, or both its legs settled.
ALTER TABLE purchase ADD COLUMN over_at {int} NULL;
UPDATE purchase SET over_at = CASE WHEN dealt_at > 0 THEN dealt_at ELSE created_at END
WHERE over_at IS NULL AND state IN ('settled', 'rejected', 'withdrawn');
CREATE INDEX purchase_by_over ON purchase (over_at);
