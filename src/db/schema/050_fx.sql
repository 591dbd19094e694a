-- When a bank was last asked for its board ("<bank>"), and what it last showed of a currency ("<bank>|USD").
CREATE TABLE fx_board (
  id {key} NOT NULL PRIMARY KEY,
  asked_at {int} NOT NULL DEFAULT 0,
  answered_at {int} NOT NULL DEFAULT 0,
  quote_id {id} NOT NULL DEFAULT '',          -- the latest quote, usable or refused
  good_mid_e10 {int} NOT NULL DEFAULT 0,      -- of the last quote that passed the sanity checks; 0: none yet
  good_mid_text {id} NOT NULL DEFAULT '',
  good_mid_unit {int} NOT NULL DEFAULT 1
) {table_end};

-- Prices as banks sent them; evidence, never deleted.
CREATE TABLE fx_quote (
  id {id} NOT NULL PRIMARY KEY,
  bank {id} NOT NULL DEFAULT '',
  currency {id} NOT NULL DEFAULT '',          -- base; the quote currency is CNY
  bank_rate_e10 {int} NOT NULL DEFAULT 0,     -- per 1 unit
  bank_rate_text {id} NOT NULL DEFAULT '',    -- as received, per bank_rate_unit
  bank_rate_unit {int} NOT NULL DEFAULT 1,
  client_rate_e10 {int} NOT NULL DEFAULT 0,
  client_rate_text {id} NOT NULL DEFAULT '',
  client_rate_unit {int} NOT NULL DEFAULT 1,
  mid_e10 {int} NOT NULL DEFAULT 0,
  mid_text {id} NOT NULL DEFAULT '',
  mid_unit {int} NOT NULL DEFAULT 1,
  markup_bp {int} NOT NULL DEFAULT 0,
  bank_reference {key} NOT NULL DEFAULT '',
  received_at {int} NOT NULL DEFAULT 0,
  valid_until {int} NOT NULL DEFAULT 0,
  state {id} NOT NULL DEFAULT '',
  refused_why {text} NOT NULL DEFAULT ''
) {table_end};

CREATE TABLE fx_lock (
  id {id} NOT NULL PRIMARY KEY,
  quote_id {id} NOT NULL DEFAULT '',
  purchase_id {id} NOT NULL DEFAULT '',
  bank {id} NOT NULL DEFAULT '',
  reference {id} NOT NULL DEFAULT '',
  bank_reference {key} NOT NULL DEFAULT '',
  currency {id} NOT NULL DEFAULT '',
  rate_e10 {int} NOT NULL DEFAULT 0,
  rate_text {id} NOT NULL DEFAULT '',
  rate_unit {int} NOT NULL DEFAULT 1,
  fixed_side {id} NOT NULL DEFAULT '',
  amount_minor {int} NOT NULL DEFAULT 0,      -- of the fixed side
  value_date {int} NOT NULL DEFAULT 0,
  requested_at {int} NOT NULL DEFAULT 0,
  expires_at {int} NOT NULL DEFAULT 0,
  state {id} NOT NULL DEFAULT '',
  due_at {int} NULL                           -- when it lapses, while its outcome is awaited
) {table_end};
CREATE INDEX fx_lock_by_due ON fx_lock (due_at);

CREATE TABLE purchase (
  id {id} NOT NULL PRIMARY KEY,
  bank {id} NOT NULL DEFAULT '',
  lock_id {id} NOT NULL DEFAULT '',
  reference {id} NOT NULL DEFAULT '',
  currency {id} NOT NULL DEFAULT '',
  fixed_side {id} NOT NULL DEFAULT '',
  cny_minor {int} NOT NULL DEFAULT 0,
  foreign_minor {int} NOT NULL DEFAULT 0,
  state {id} NOT NULL DEFAULT '',
  cny_account {id} NOT NULL DEFAULT '',
  foreign_account {id} NOT NULL DEFAULT '',
  deal_reference {key} NOT NULL DEFAULT '',   -- the bank's deal number; empty: not dealt
  dealt_cny_minor {int} NOT NULL DEFAULT 0,
  dealt_foreign_minor {int} NOT NULL DEFAULT 0,
  deal_rate_e10 {int} NOT NULL DEFAULT 0,
  deal_rate_text {id} NOT NULL DEFAULT '',
  deal_rate_unit {int} NOT NULL DEFAULT 1,
  value_date {int} NOT NULL DEFAULT 0,
  provision_hold {id} NOT NULL DEFAULT '',
  created_at {int} NOT NULL DEFAULT 0,
  dealt_at {int} NOT NULL DEFAULT 0
) {table_end};

-- The two sides of a purchase as its bank's statements show them. Written with the purchase, amounts once dealt.
CREATE TABLE purchase_leg (
  id {key} NOT NULL PRIMARY KEY,              -- "<our reference>|<provision account>"
  purchase_id {id} NOT NULL DEFAULT '',
  bank {id} NOT NULL DEFAULT '',
  reference {id} NOT NULL DEFAULT '',
  account {id} NOT NULL DEFAULT '',
  credit {int} NOT NULL DEFAULT 0,            -- 1: foreign currency comes in
  currency {id} NOT NULL DEFAULT '',
  amount_minor {int} NOT NULL DEFAULT 0,      -- 0: not dealt yet
  value_date {int} NOT NULL DEFAULT 0,
  settled_by {key} NOT NULL DEFAULT '',       -- statement line
  settled_at {int} NOT NULL DEFAULT 0
) {table_end};

-- What each order put into a purchase and what it got of it; purchases reach orders only through these rows.
CREATE TABLE purchase_allocation (
  id {key} NOT NULL PRIMARY KEY,              -- "<purchase>|<order>"
  purchase_id {id} NOT NULL DEFAULT '',
  order_id {id} NOT NULL DEFAULT '',
  merchant_id {id} NOT NULL DEFAULT '',
  line_no {int} NOT NULL DEFAULT 0,
  currency {id} NOT NULL DEFAULT '',
  put_in_minor {int} NOT NULL DEFAULT 0,      -- CNY
  carried_minor {int} NOT NULL DEFAULT 0,     -- of put_in: rests of the merchant's earlier purchases
  cny_minor {int} NOT NULL DEFAULT 0,
  foreign_minor {int} NOT NULL DEFAULT 0,
  rest_minor {int} NOT NULL DEFAULT 0,
  back_minor {int} NOT NULL DEFAULT 0,
  borne_minor {int} NOT NULL DEFAULT 0,
  hold_id {id} NOT NULL DEFAULT ''
) {table_end};
CREATE INDEX purchase_allocation_by_purchase ON purchase_allocation (purchase_id, line_no);
CREATE INDEX purchase_allocation_by_order ON purchase_allocation (order_id);

-- CNY left over by whole fills, waiting for the merchant's next purchase of any currency: "<merchant>".
CREATE TABLE merchant_rest (
  id {id} NOT NULL PRIMARY KEY,
  opened_by {id} NOT NULL DEFAULT '',
  amount_minor {int} NOT NULL DEFAULT 0
) {table_end};
