-- Customers' money from one provision account to another, by its remittance: what left by the paying bank's lines, what
-- arrived by the other's, what came back. open_key while some of it is awaited: the account it goes to.
CREATE TABLE provision_transfer (
  remittance_id {id} NOT NULL PRIMARY KEY,
  to_account {id} NOT NULL DEFAULT '',
  currency {id} NOT NULL DEFAULT '',
  amount_minor {int} NOT NULL DEFAULT 0,
  left_minor {int} NOT NULL DEFAULT 0,
  arrived_minor {int} NOT NULL DEFAULT 0,
  returned_minor {int} NOT NULL DEFAULT 0,
  since {int} NOT NULL DEFAULT 0,          -- of the last thing that happened: ordered, first line, returned, rejected
  open_key {id} NULL
) {table_end};
CREATE INDEX provision_transfer_open ON provision_transfer (open_key);
CREATE INDEX provision_transfer_by_account ON provision_transfer (to_account, since);
