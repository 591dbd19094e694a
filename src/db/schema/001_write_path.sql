-- One row a writer: the first lock of each of its groups, updated in each COMMIT (src/db/writer_slot.h).
CREATE TABLE writer_slot (
  number {int} NOT NULL PRIMARY KEY,
  owner {id} NOT NULL DEFAULT '',        -- of the process that holds the lease
  epoch {int} NOT NULL DEFAULT 0,        -- rises by one with each lease
  expires_at {int} NOT NULL DEFAULT 0,   -- of the lease, microseconds UTC; 0: given back
  group_no {int} NOT NULL DEFAULT 0,     -- groups committed by this slot, ever
  seq {int} NOT NULL DEFAULT 0,
  head {id} NOT NULL DEFAULT '',
  passed_at {int} NOT NULL DEFAULT 0
) {table_end};

-- The open business date: one row, number 1. Groups share-lock it, the day's close takes it alone and moves it on.
CREATE TABLE business_day (
  number {int} NOT NULL PRIMARY KEY,
  open_date {int} NOT NULL DEFAULT 0,    -- yyyymmdd, Asia/Shanghai
  opened_at {int} NOT NULL DEFAULT 0
) {table_end};
