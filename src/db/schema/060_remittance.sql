-- One row a remittance. The sums debited and returned come from statement lines alone.
CREATE TABLE remittance (
  id {id} NOT NULL PRIMARY KEY,
  kind {id} NOT NULL DEFAULT '',
  merchant_id {id} NOT NULL DEFAULT '',
  payee_id {id} NOT NULL DEFAULT '',
  bank_account {id} NOT NULL DEFAULT '',
  currency {id} NOT NULL DEFAULT '',
  amount_minor {int} NOT NULL DEFAULT 0,
  reference {id} NOT NULL DEFAULT '',
  batch_reference {id} NOT NULL DEFAULT '',
  uetr {id} NOT NULL DEFAULT '',
  state {id} NOT NULL DEFAULT '',
  their_reference {key} NOT NULL DEFAULT '',
  reason_code {key} NOT NULL DEFAULT '',
  provision_hold {id} NOT NULL DEFAULT '',
  debited_minor {int} NOT NULL DEFAULT 0,
  returned_minor {int} NOT NULL DEFAULT 0,
  created_at {int} NOT NULL DEFAULT 0
) {table_end};
CREATE INDEX remittance_by_merchant ON remittance (merchant_id, id);
CREATE INDEX remittance_by_account ON remittance (bank_account, created_at);

-- References given to banks, unique for ever.
CREATE TABLE remittance_reference (
  reference {id} NOT NULL PRIMARY KEY,
  remittance_id {id} NOT NULL DEFAULT ''
) {table_end};
{append_only remittance_reference}

-- Which orders a remittance pays; id is "<order>|<remittance>", so an order's rows stand together.
CREATE TABLE remittance_allocation (
  id {key} NOT NULL PRIMARY KEY,
  order_id {id} NOT NULL DEFAULT '',
  remittance_id {id} NOT NULL DEFAULT '',
  amount_minor {int} NOT NULL DEFAULT 0
) {table_end};
CREATE INDEX remittance_allocation_by_remittance ON remittance_allocation (remittance_id);
{append_only remittance_allocation}
