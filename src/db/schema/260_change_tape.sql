-- What groups changed, in the order of each writer slot's COMMITs (src/db/change_tape.h): one row a change, written by
-- the write queue in the group that made it. Forgotten after a day.
CREATE TABLE change_tape (
  slot {int} NOT NULL,
  group_no {int} NOT NULL,
  place {int} NOT NULL,                      -- within the group
  kind {id} NOT NULL DEFAULT '',
  subject_id {key} NOT NULL DEFAULT '',
  noted_at {int} NOT NULL DEFAULT 0,
  PRIMARY KEY (slot, group_no, place)
) {table_end};
