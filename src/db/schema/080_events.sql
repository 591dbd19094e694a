-- What happened to an object, one row an event, which is also the delivery of its webhook.
CREATE TABLE event (
  id {id} NOT NULL PRIMARY KEY,
  object_kind {id} NOT NULL DEFAULT '',
  object_id {id} NOT NULL DEFAULT '',
  sequence {int} NOT NULL DEFAULT 0,       -- rises by one within the object
  type {id} NOT NULL DEFAULT '',
  platform_id {id} NOT NULL DEFAULT '',
  payload {long} NOT NULL DEFAULT '',
  created_at {int} NOT NULL DEFAULT 0,
  state {id} NOT NULL DEFAULT '',          -- of the delivery
  attempts {int} NOT NULL DEFAULT 0,
  epoch {int} NOT NULL DEFAULT 0,          -- rises with each claim
  last_status {int} NOT NULL DEFAULT 0,
  due_at {int} NULL                        -- next try, end of a claim's lease, or the far end where parked
) {table_end};
CREATE UNIQUE INDEX event_by_object ON event (object_id, sequence);
CREATE INDEX event_due ON event (due_at, id);
