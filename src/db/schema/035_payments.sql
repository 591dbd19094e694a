-- One attempt to collect an order's CNY at a channel (src/orders/payment.h). due_at: the next query of the schedule.
CREATE TABLE payment (
  id {id} NOT NULL PRIMARY KEY,
  order_id {id} NOT NULL DEFAULT '',
  merchant_id {id} NOT NULL DEFAULT '',
  channel {id} NOT NULL DEFAULT '',
  reference {id} NOT NULL DEFAULT '',
  channel_key {key} NULL,                -- channel|their number, once known
  channel_number {key} NOT NULL DEFAULT '',
  state {id} NOT NULL DEFAULT '',
  currency {id} NOT NULL DEFAULT '',
  amount_minor {int} NOT NULL DEFAULT 0,
  received_minor {int} NOT NULL DEFAULT 0,
  created_at {int} NOT NULL DEFAULT 0,
  expires_at {int} NOT NULL DEFAULT 0,
  paid_at {int} NOT NULL DEFAULT 0,
  pay_url {text} NOT NULL DEFAULT '',
  reason {text} NOT NULL DEFAULT '',
  polls {int} NOT NULL DEFAULT 0,
  due_at {int} NULL
) {table_end};
CREATE UNIQUE INDEX payment_by_reference ON payment (reference);
CREATE UNIQUE INDEX payment_by_channel_key ON payment (channel_key);
CREATE INDEX payment_by_order ON payment (order_id);
CREATE INDEX payment_by_due ON payment (due_at);

-- What confirmed payments paid for: many to many.
CREATE TABLE payment_allocation (
  id {key} NOT NULL PRIMARY KEY,         -- payment|order
  payment_id {id} NOT NULL DEFAULT '',
  order_id {id} NOT NULL DEFAULT '',
  currency {id} NOT NULL DEFAULT '',
  amount_minor {int} NOT NULL DEFAULT 0,
  allocated_at {int} NOT NULL DEFAULT 0
) {table_end};
CREATE INDEX payment_allocation_by_payment ON payment_allocation (payment_id);
{append_only payment_allocation}

-- A notice of a channel is one content: copies of it meet at the key.
CREATE TABLE notice_key (
  content_key {key} NOT NULL PRIMARY KEY,  -- channel|SHA-256 of the body
  notice_id {id} NOT NULL DEFAULT ''
) {table_end};

-- The inbox: raw, sealed, stored before it is acknowledged (src/flow/collect.h). due_at: to be processed.
CREATE TABLE notice (
  id {id} NOT NULL PRIMARY KEY,
  channel {id} NOT NULL DEFAULT '',
  state {id} NOT NULL DEFAULT '',
  event_id {key} NOT NULL DEFAULT '',
  payment_id {id} NOT NULL DEFAULT '',
  tries {int} NOT NULL DEFAULT 0,
  received_at {int} NOT NULL DEFAULT 0,
  raw {long} NOT NULL DEFAULT '',
  due_at {int} NULL
) {table_end};
CREATE INDEX notice_by_due ON notice (due_at);
