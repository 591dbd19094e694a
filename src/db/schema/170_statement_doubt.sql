-- Days whose lines leave a number out or do not come to the bank's closing balance: they are read again from their
-- first line, on a schedule of their own, while the reading of the account goes on. A row is changed under its account's
-- lock. due_at null: the day adds up, or it was read so often that a person has it.
CREATE TABLE statement_doubt (
  id {id} NOT NULL PRIMARY KEY,            -- "<account>|<yyyymmdd>"
  account {id} NOT NULL DEFAULT '',
  day {int} NOT NULL DEFAULT 0,
  seen_sequence {int} NOT NULL DEFAULT 0,  -- of this reading
  tries {int} NOT NULL DEFAULT 0,          -- readings after which it still did not add up
  due_at {int} NULL
) {table_end};
CREATE INDEX statement_doubt_due ON statement_doubt (due_at);
