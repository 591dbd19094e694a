-- Declarations of payments to customs. due_at: when it is to be sent (state due) or looked after (receipts awaited).
CREATE TABLE declaration (
  id {id} NOT NULL PRIMARY KEY,
  order_id {id} NOT NULL DEFAULT '',
  sub_order_no {key} NOT NULL DEFAULT '',
  customs_port {id} NOT NULL DEFAULT '',
  pay_code {id} NOT NULL DEFAULT '',
  serial {key} NOT NULL DEFAULT '',            -- payTransactionId, apart from the clearing number
  amount_minor {int} NOT NULL DEFAULT 0,       -- CNY
  paid_at {int} NOT NULL DEFAULT 0,
  state {id} NOT NULL DEFAULT '',
  app_type {id} NOT NULL DEFAULT '',
  part_no {int} NOT NULL DEFAULT 0,
  app_time {int} NOT NULL DEFAULT 0,
  stands {int} NOT NULL DEFAULT 0,             -- customs has taken in a version of it
  return_code {id} NOT NULL DEFAULT '',
  decided_at {int} NOT NULL DEFAULT 0,         -- customs' time
  tries {int} NOT NULL DEFAULT 0,
  created_at {int} NOT NULL DEFAULT 0,
  due_at {int} NULL
) {table_end};
CREATE INDEX declaration_by_order ON declaration (order_id);
CREATE INDEX declaration_by_due ON declaration (due_at);

-- "place|<order>|<sub order>|<port>" and "serial|<pay code>|<serial>": each stands for one declaration for ever.
CREATE TABLE declaration_key (
  declaration_key {key} NOT NULL PRIMARY KEY,
  declaration_id {id} NOT NULL DEFAULT ''
) {table_end};
{append_only declaration_key}

-- Each sending of a declaration.
CREATE TABLE declaration_part (
  guid {id} NOT NULL PRIMARY KEY,
  declaration_id {id} NOT NULL DEFAULT '',
  part_no {int} NOT NULL DEFAULT 0,
  message_id {id} NOT NULL DEFAULT '',
  app_type {id} NOT NULL DEFAULT '',
  app_time {int} NOT NULL DEFAULT 0,
  content_hash {id} NOT NULL DEFAULT ''
) {table_end};
CREATE INDEX declaration_part_by_declaration ON declaration_part (declaration_id, part_no);
CREATE INDEX declaration_part_by_message ON declaration_part (message_id);
{append_only declaration_part}

CREATE TABLE customs_message (
  id {id} NOT NULL PRIMARY KEY,                -- CopMsgId
  dxp_id {id} NOT NULL DEFAULT '',
  call_id {id} NOT NULL DEFAULT '',
  payments {int} NOT NULL DEFAULT 0,
  created_at {int} NOT NULL DEFAULT 0
) {table_end};
{append_only customs_message}

-- Every receipt once, whatever came of it; texts of customs may name persons and are sealed.
CREATE TABLE customs_receipt (
  id {id} NOT NULL PRIMARY KEY,                -- hash over code, serial, status, time and text
  arrival {key} NOT NULL DEFAULT '',           -- question, mail and place in it
  declaration_id {id} NOT NULL DEFAULT '',     -- empty: not ours
  part_no {int} NOT NULL DEFAULT 0,
  return_status {int} NOT NULL DEFAULT 0,
  returned_at {int} NOT NULL DEFAULT 0,
  sealed_text {long} NOT NULL DEFAULT ''
) {table_end};
CREATE INDEX customs_receipt_by_declaration ON customs_receipt (declaration_id, returned_at);
{append_only customs_receipt}

-- Our mailbox at the single window, by DXP number.
CREATE TABLE customs_mailbox (
  id {id} NOT NULL PRIMARY KEY,
  asking {id} NOT NULL DEFAULT '',             -- reference of the question under way
  asked_at {int} NOT NULL DEFAULT 0,
  last_number {int} NOT NULL DEFAULT 0
) {table_end};
