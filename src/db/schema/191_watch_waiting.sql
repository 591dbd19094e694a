-- Where the look at waiting orders goes on: one row for all processes; who moves due_at on looks.
CREATE TABLE watch_place (
  id {id} NOT NULL PRIMARY KEY,
  opened_by {id} NOT NULL DEFAULT '',
  due_at {int} NOT NULL DEFAULT 0,
  orders_of {id} NOT NULL DEFAULT '',        -- "convert:USD", and the order behind which the next look goes on
  orders_behind {id} NOT NULL DEFAULT '',
  merchants_of {id} NOT NULL DEFAULT '',     -- the same for merchants
  merchants_behind {id} NOT NULL DEFAULT ''
) {table_end};

-- A merchant's orders that wait for one thing, oldest first.
CREATE INDEX orders_waiting_by_merchant ON orders (waiting, merchant_id, id);
