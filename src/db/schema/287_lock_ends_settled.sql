-- Ends of locks of which no line came as their banks said (fx/lock_end_settled_store.h): what two persons named
-- instead, nothing or whole lines of statements. It is what stands booked for the end from then on.
CREATE TABLE fx_lock_end_settled (
  id {id} NOT NULL PRIMARY KEY,               -- the end's
  taken_minor {int} NOT NULL DEFAULT 0,       -- CNY, by lines that were named
  paid_minor {int} NOT NULL DEFAULT 0,
  approval_id {id} NOT NULL DEFAULT '',       -- the last
  settled_at {int} NOT NULL DEFAULT 0
) {table_end};
