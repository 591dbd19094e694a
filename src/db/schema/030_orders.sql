-- Orders: one row an order, money in minor units (CNY, and the payout currency for the last three amounts).
-- What never changes stands first. due_at, waiting and declare_at are null where nothing waits.
CREATE TABLE orders (
  id {id} NOT NULL PRIMARY KEY,
  platform_id {id} NOT NULL DEFAULT '',
  merchant_id {id} NOT NULL DEFAULT '',
  platform_order_no {key} NOT NULL DEFAULT '',
  payout {id} NOT NULL DEFAULT '',
  trade {id} NOT NULL DEFAULT '',
  payout_currency {id} NOT NULL DEFAULT '',
  payee_id {id} NOT NULL DEFAULT '',
  buyer_id {id} NOT NULL DEFAULT '',
  payer_id {id} NOT NULL DEFAULT '',
  customs_port {id} NOT NULL DEFAULT '',
  created_at {int} NOT NULL DEFAULT 0,
  expires_at {int} NOT NULL DEFAULT 0,
  due_minor {int} NOT NULL DEFAULT 0,
  paid_minor {int} NOT NULL DEFAULT 0,
  funded_minor {int} NOT NULL DEFAULT 0,
  fee_minor {int} NOT NULL DEFAULT 0,
  refunding_minor {int} NOT NULL DEFAULT 0,
  refunded_minor {int} NOT NULL DEFAULT 0,
  converting_minor {int} NOT NULL DEFAULT 0,
  converted_minor {int} NOT NULL DEFAULT 0,
  rest_minor {int} NOT NULL DEFAULT 0,
  bought_minor {int} NOT NULL DEFAULT 0,
  remitting_minor {int} NOT NULL DEFAULT 0,
  remitted_minor {int} NOT NULL DEFAULT 0,
  state {id} NOT NULL DEFAULT '',
  payment_open {int} NOT NULL DEFAULT 0,
  expired {int} NOT NULL DEFAULT 0,
  cancelled {int} NOT NULL DEFAULT 0,
  hold_reason {text} NOT NULL DEFAULT '',
  declaration_state {id} NOT NULL DEFAULT '',
  event_sequence {int} NOT NULL DEFAULT 0,
  due_at {int} NULL,       -- expires, while it may
  waiting {id} NULL,       -- "convert:USD", "remit:USD": for the desk's and the remitter's candidates
  declare_at {int} NULL    -- while its declaration is due
) {table_end};
CREATE INDEX orders_by_platform ON orders (platform_id, id);
CREATE INDEX orders_to_expire ON orders (due_at);
CREATE INDEX orders_waiting ON orders (waiting, id);
CREATE INDEX orders_to_declare ON orders (declare_at);

-- A platform's own number stands for one order for ever, whatever becomes of the order.
CREATE TABLE order_number (
  order_key {key} NOT NULL PRIMARY KEY,    -- "<platform_id>|<platform_order_no>"
  order_id {id} NOT NULL DEFAULT '',
  fingerprint {id} NOT NULL DEFAULT '',    -- keyed hash of the whole request: a repeat must bring the same
  created_at {int} NOT NULL DEFAULT 0
) {table_end};

CREATE TABLE order_line (
  line_key {id} NOT NULL PRIMARY KEY,      -- "<order_id>|<line_no>"
  line_no {int} NOT NULL DEFAULT 0,
  name {text} NOT NULL DEFAULT '',
  quantity {int} NOT NULL DEFAULT 0,
  unit_price_minor {int} NOT NULL DEFAULT 0,
  total_minor {int} NOT NULL DEFAULT 0
) {table_end};

-- Of orders that another institution collected for (payout kind none).
CREATE TABLE payment_evidence (
  order_id {id} NOT NULL PRIMARY KEY,
  institution {id} NOT NULL DEFAULT '',
  transaction_no {key} NOT NULL DEFAULT '',
  paid_at {int} NOT NULL DEFAULT 0
) {table_end};
