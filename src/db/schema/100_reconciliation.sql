-- Where the reading of an account's statements stands: the day that is read, the lines of it that are here, the bank's
-- balance after them, and the last day that is closed.
CREATE TABLE statement_account (
  account {id} NOT NULL PRIMARY KEY,
  opened_by {id} NOT NULL DEFAULT '',
  currency {id} NOT NULL DEFAULT '',
  reading_day {int} NOT NULL DEFAULT 0,
  seen_sequence {int} NOT NULL DEFAULT 0,
  balance_minor {int} NOT NULL DEFAULT 0,
  balance_at {int} NOT NULL DEFAULT 0,
  closed_day {int} NOT NULL DEFAULT 0,
  closed_number {int} NOT NULL DEFAULT 0,
  closed_minor {int} NOT NULL DEFAULT 0,
  due_at {int} NULL
) {table_end};

-- Days that the bank has closed.
CREATE TABLE statement (
  id {id} NOT NULL PRIMARY KEY,            -- "<account>|<yyyymmdd>"
  call_id {id} NOT NULL DEFAULT '',        -- that brought it
  account {id} NOT NULL DEFAULT '',
  day {int} NOT NULL DEFAULT 0,
  statement_number {int} NOT NULL DEFAULT 0,
  currency {id} NOT NULL DEFAULT '',
  opening_minor {int} NOT NULL DEFAULT 0,
  closing_minor {int} NOT NULL DEFAULT 0,
  line_count {int} NOT NULL DEFAULT 0
) {table_end};

-- Lines, each once for ever: id is "<account>|<bank reference>".
CREATE TABLE statement_line (
  id {key} NOT NULL PRIMARY KEY,
  call_id {id} NOT NULL DEFAULT '',        -- that brought it first
  account {id} NOT NULL DEFAULT '',
  bank_reference {key} NOT NULL DEFAULT '',
  day_sequence {int} NOT NULL DEFAULT 0,
  booked_on {int} NOT NULL DEFAULT 0,
  value_date {int} NOT NULL DEFAULT 0,
  currency {id} NOT NULL DEFAULT '',
  amount_minor {int} NOT NULL DEFAULT 0,
  is_credit {int} NOT NULL DEFAULT 0,
  is_reversal {int} NOT NULL DEFAULT 0,
  code {key} NOT NULL DEFAULT '',
  end_to_end {key} NOT NULL DEFAULT '',
  narrative {text} NOT NULL DEFAULT '',    -- known words only: the free text may name persons
  return_reason {key} NOT NULL DEFAULT '',
  instructed_minor {int} NOT NULL DEFAULT 0,
  state {id} NOT NULL DEFAULT '',          -- new, waiting, booked
  subject_kind {id} NOT NULL DEFAULT '',
  subject_id {key} NOT NULL DEFAULT '',
  entry_id {id} NOT NULL DEFAULT '',
  due_at {int} NULL                        -- null: nothing left to do
) {table_end};
CREATE INDEX statement_line_due ON statement_line (due_at);
CREATE INDEX statement_line_by_day ON statement_line (account, booked_on, day_sequence);

-- Differences. id says what differs, so that finding it again opens no second one: "<kind>|<account>|<what>".
CREATE TABLE reconciliation_break (
  id {key} NOT NULL PRIMARY KEY,
  opened_by {id} NOT NULL DEFAULT '',
  kind {id} NOT NULL DEFAULT '',
  account {id} NOT NULL DEFAULT '',
  currency {id} NOT NULL DEFAULT '',
  difference_minor {int} NOT NULL DEFAULT 0,
  state {id} NOT NULL DEFAULT '',          -- open, closed
  owner {id} NOT NULL DEFAULT '',
  text_en {text} NOT NULL DEFAULT '',
  text_zh {text} NOT NULL DEFAULT '',
  opened_at {int} NOT NULL DEFAULT 0,
  closed_at {int} NOT NULL DEFAULT 0
) {table_end};
CREATE INDEX reconciliation_break_by_state ON reconciliation_break (state, opened_at);

-- Days of a channel whose settlement file is wanted; due_at null: it is here.
CREATE TABLE settlement_day (
  id {id} NOT NULL PRIMARY KEY,            -- "<channel>|<yyyymmdd>"
  opened_by {id} NOT NULL DEFAULT '',
  channel {id} NOT NULL DEFAULT '',
  day {int} NOT NULL DEFAULT 0,
  asked_count {int} NOT NULL DEFAULT 0,
  due_at {int} NULL
) {table_end};
CREATE INDEX settlement_day_due ON settlement_day (due_at);

-- A channel's batch: what one deposit at the bank settles. id is "<channel>|<deposit reference>".
CREATE TABLE settlement_batch (
  id {key} NOT NULL PRIMARY KEY,
  call_id {id} NOT NULL DEFAULT '',
  channel {id} NOT NULL DEFAULT '',
  day {int} NOT NULL DEFAULT 0,
  currency {id} NOT NULL DEFAULT '',
  gross_minor {int} NOT NULL DEFAULT 0,
  cost_minor {int} NOT NULL DEFAULT 0,
  line_count {int} NOT NULL DEFAULT 0,
  line_key {key} NOT NULL DEFAULT ''       -- statement line that brought the money; empty: not yet
) {table_end};

-- Its payments; id is "<channel>|<our reference>": a payment is settled once. due_at is set when the money has come.
CREATE TABLE settlement_line (
  id {key} NOT NULL PRIMARY KEY,
  batch_id {key} NOT NULL DEFAULT '',
  reference {id} NOT NULL DEFAULT '',
  channel_number {key} NOT NULL DEFAULT '',
  currency {id} NOT NULL DEFAULT '',
  gross_minor {int} NOT NULL DEFAULT 0,
  cost_minor {int} NOT NULL DEFAULT 0,
  due_at {int} NULL
) {table_end};
CREATE INDEX settlement_line_by_batch ON settlement_line (batch_id);
CREATE INDEX settlement_line_due ON settlement_line (due_at);
