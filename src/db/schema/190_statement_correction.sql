-- What a bank said of a day after it had closed it, where that differs from what it said before: facts, each kept beside
-- the first word in "statement". The one of the highest number counts.
CREATE TABLE statement_correction (
  id {key} NOT NULL PRIMARY KEY,           -- "<account>|<yyyymmdd>|<correction_no>"
  statement_id {id} NOT NULL DEFAULT '',
  correction_no {int} NOT NULL DEFAULT 0,  -- from 1
  call_id {id} NOT NULL DEFAULT '',        -- that brought it
  statement_number {int} NOT NULL DEFAULT 0,
  currency {id} NOT NULL DEFAULT '',
  opening_minor {int} NOT NULL DEFAULT 0,
  closing_minor {int} NOT NULL DEFAULT 0,
  said_at {int} NOT NULL DEFAULT 0
) {table_end};
CREATE INDEX statement_correction_by_day ON statement_correction (statement_id, correction_no);
{append_only statement_correction}
