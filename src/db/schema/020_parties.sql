-- Platforms, their request keys, merchants with their agreement, payees and persons. Personal data is sealed: one blob
-- a row, bound to table, row and column; blind indexes find equal numbers and accounts again.
CREATE TABLE platform (
  id {id} NOT NULL PRIMARY KEY,
  name {text} NOT NULL DEFAULT '',
  state {id} NOT NULL DEFAULT '',
  customs_code {id} NOT NULL DEFAULT '',
  customs_name {text} NOT NULL DEFAULT '',
  identity_verified {int} NOT NULL DEFAULT 0,
  webhook_url {long} NOT NULL DEFAULT '',
  webhook_secret {long} NOT NULL DEFAULT '',
  created_at {int} NOT NULL DEFAULT 0
) {table_end};

CREATE TABLE platform_key (
  id {id} NOT NULL PRIMARY KEY,            -- keyid, never used again
  platform_id {id} NOT NULL DEFAULT '',
  algorithm {id} NOT NULL DEFAULT '',
  public_key {long} NOT NULL DEFAULT '',
  state {id} NOT NULL DEFAULT '',
  not_before {int} NOT NULL DEFAULT 0,
  not_after {int} NOT NULL DEFAULT 0
) {table_end};

CREATE TABLE merchant (
  id {id} NOT NULL PRIMARY KEY,
  platform_id {id} NOT NULL DEFAULT '',
  name {text} NOT NULL DEFAULT '',
  state {id} NOT NULL DEFAULT '',
  fee_basis_points {int} NOT NULL DEFAULT 0,
  fee_minimum_minor {int} NOT NULL DEFAULT 0,
  channel_cost_bearer {id} NOT NULL DEFAULT '',
  fx_result_bearer {id} NOT NULL DEFAULT '',
  created_at {int} NOT NULL DEFAULT 0
) {table_end};
CREATE INDEX merchant_by_platform ON merchant (platform_id, id);

CREATE TABLE payee (
  id {id} NOT NULL PRIMARY KEY,
  merchant_id {id} NOT NULL DEFAULT '',
  state {id} NOT NULL DEFAULT '',
  currency {id} NOT NULL DEFAULT '',
  country {id} NOT NULL DEFAULT '',
  account_index {id} NOT NULL DEFAULT '',
  sealed {long} NOT NULL DEFAULT '',
  created_at {int} NOT NULL DEFAULT 0
) {table_end};
CREATE INDEX payee_by_merchant ON payee (merchant_id, id);
CREATE INDEX payee_by_account ON payee (account_index);

CREATE TABLE person (
  id {id} NOT NULL PRIMARY KEY,
  platform_id {id} NOT NULL DEFAULT '',
  number_index {id} NOT NULL DEFAULT '',
  sealed {long} NOT NULL DEFAULT '',
  created_at {int} NOT NULL DEFAULT 0
) {table_end};
CREATE INDEX person_by_number ON person (number_index);
