-- A balance row an account: what it stands at and what open holds keep back, in the account's normal sign.
CREATE TABLE account (
  id {id} NOT NULL PRIMARY KEY,             -- kind[:owner]:currency
  kind {id} NOT NULL DEFAULT '',
  owner {id} NOT NULL DEFAULT '',
  currency {id} NOT NULL DEFAULT '',
  side {id} NOT NULL DEFAULT '',
  normal {id} NOT NULL DEFAULT '',
  guarded {int} NOT NULL DEFAULT 0,
  balance_minor {int} NOT NULL DEFAULT 0,
  held_minor {int} NOT NULL DEFAULT 0
) {table_end};

-- Entries in their slots' chains. hash covers every column here and every posting of the entry.
CREATE TABLE journal_entry (
  id {id} NOT NULL PRIMARY KEY,
  slot {int} NOT NULL DEFAULT 0,
  seq {int} NOT NULL DEFAULT 0,
  prev_hash {id} NOT NULL DEFAULT '',
  hash {id} NOT NULL DEFAULT '',
  booked_at {int} NOT NULL DEFAULT 0,
  occurred_at {int} NOT NULL DEFAULT 0,
  business_date {int} NOT NULL DEFAULT 0,
  value_date {int} NOT NULL DEFAULT 0,
  source_type {id} NOT NULL DEFAULT '',
  source_id {key} NOT NULL DEFAULT '',
  kind {id} NOT NULL DEFAULT '',
  actor {key} NOT NULL DEFAULT '',
  request_id {key} NOT NULL DEFAULT '',
  reverses {id} NOT NULL DEFAULT '',        -- entry that this one corrects, or empty
  reason {key} NOT NULL DEFAULT ''
) {table_end};
CREATE UNIQUE INDEX journal_entry_by_slot ON journal_entry (slot, seq);
{append_only journal_entry}

CREATE TABLE posting (
  entry_id {id} NOT NULL,
  line_no {int} NOT NULL,
  account_id {id} NOT NULL DEFAULT '',
  direction {id} NOT NULL DEFAULT '',       -- debit, credit
  amount_minor {int} NOT NULL DEFAULT 0,    -- positive
  currency {id} NOT NULL DEFAULT '',
  PRIMARY KEY (entry_id, line_no)
) {table_end};
CREATE INDEX posting_by_account ON posting (account_id, entry_id);
{append_only posting}

-- Facts are booked once, for ever; apart from the journal so that it can be archived.
CREATE TABLE entry_fact (
  fact_key {key} NOT NULL PRIMARY KEY,      -- source_type|source_id|kind
  entry_id {id} NOT NULL DEFAULT ''
) {table_end};
{append_only entry_fact}

-- Money kept back for an intent: open, then used (by an entry) or released.
CREATE TABLE hold (
  id {id} NOT NULL PRIMARY KEY,
  account_id {id} NOT NULL DEFAULT '',
  amount_minor {int} NOT NULL DEFAULT 0,
  currency {id} NOT NULL DEFAULT '',
  subject_kind {id} NOT NULL DEFAULT '',
  subject_id {key} NOT NULL DEFAULT '',
  state {id} NOT NULL DEFAULT '',           -- open, used, released
  entry_id {id} NOT NULL DEFAULT '',        -- that used it
  opened_at {int} NOT NULL DEFAULT 0,
  closed_at {int} NOT NULL DEFAULT 0,
  open_account_id {id} NULL                 -- account_id while open: what is held is found by it
) {table_end};
CREATE INDEX hold_by_open_account ON hold (open_account_id);
CREATE INDEX hold_by_subject ON hold (subject_id);

-- Currencies whose payouts are stopped; a row goes when two persons resume them.
CREATE TABLE payout_stop (
  currency {id} NOT NULL PRIMARY KEY,
  reason {text} NOT NULL DEFAULT '',
  stopped_at {int} NOT NULL DEFAULT 0
) {table_end};

-- A currency's minor digits, as they were at its first use.
CREATE TABLE currency_digits (
  currency {id} NOT NULL PRIMARY KEY,
  digits {id} NOT NULL DEFAULT ''
) {table_end};
{append_only currency_digits}

-- Signed heads of the chains; line is what the file outside the database holds.
CREATE TABLE anchor (
  id {id} NOT NULL PRIMARY KEY,
  slot {int} NOT NULL DEFAULT 0,
  seq {int} NOT NULL DEFAULT 0,
  head {id} NOT NULL DEFAULT '',
  anchored_at {int} NOT NULL DEFAULT 0,
  reason {id} NOT NULL DEFAULT '',          -- hour, close
  line {long} NOT NULL
) {table_end};
CREATE INDEX anchor_by_slot ON anchor (slot, seq);
{append_only anchor}

-- Balances at the close of a date, of accounts that moved on it.
CREATE TABLE day_balance (
  account_id {id} NOT NULL,
  business_date {int} NOT NULL,
  debits_minor {int} NOT NULL DEFAULT 0,
  credits_minor {int} NOT NULL DEFAULT 0,
  balance_minor {int} NOT NULL DEFAULT 0,   -- at the close, in the account's normal sign
  PRIMARY KEY (account_id, business_date)
) {table_end};
CREATE INDEX day_balance_by_date ON day_balance (business_date, account_id);
{append_only day_balance}

CREATE TABLE day_seal (
  business_date {int} NOT NULL PRIMARY KEY,
  closed_at {int} NOT NULL DEFAULT 0,
  complete_at {int} NOT NULL DEFAULT 0,     -- no entry of the date was booked later
  entries {int} NOT NULL DEFAULT 0,
  manifest_hash {id} NOT NULL DEFAULT '',
  line {long} NOT NULL
) {table_end};
{append_only day_seal}

CREATE TABLE day_head (
  business_date {int} NOT NULL,
  slot {int} NOT NULL,
  seq {int} NOT NULL DEFAULT 0,
  head {id} NOT NULL DEFAULT '',
  PRIMARY KEY (business_date, slot)
) {table_end};
{append_only day_head}
