-- What counterparties are asked to do (src/calls/external_call.h). due_at: when a worker shall look at it next; null:
-- nothing to do. request: sealed, the exact bytes.
CREATE TABLE external_call (
  id {id} NOT NULL PRIMARY KEY,
  operation {id} NOT NULL DEFAULT '',
  counterparty {id} NOT NULL DEFAULT '',
  recovery {id} NOT NULL DEFAULT '',
  reference {id} NOT NULL DEFAULT '',
  state {id} NOT NULL DEFAULT '',
  owner {id} NOT NULL DEFAULT '',        -- of the last claim
  epoch {int} NOT NULL DEFAULT 0,        -- rises by one with each claim
  lease_until {int} NOT NULL DEFAULT 0,
  attempts {int} NOT NULL DEFAULT 0,     -- times claimed to be sent
  queries {int} NOT NULL DEFAULT 0,
  not_sent {int} NOT NULL DEFAULT 0,     -- tries in a row that proved to have sent nothing
  created_at {int} NOT NULL DEFAULT 0,
  request_hash {id} NOT NULL DEFAULT '',
  request {long} NOT NULL DEFAULT '',
  due_at {int} NULL
) {table_end};
CREATE INDEX external_call_by_due ON external_call (counterparty, due_at);

-- The outcome of each thing that a call asks for. open_slot is 1 while the outcome is not proved to be nothing, else
-- null: the database forbids a second attempt for the same part of the same subject.
CREATE TABLE instruction (
  id {id} NOT NULL PRIMARY KEY,
  call_id {id} NOT NULL DEFAULT '',
  operation {id} NOT NULL DEFAULT '',
  subject_kind {id} NOT NULL DEFAULT '',
  subject_id {id} NOT NULL DEFAULT '',
  part_no {int} NOT NULL DEFAULT 0,
  open_slot {int} NULL,
  reference {id} NOT NULL DEFAULT '',
  their_reference {key} NOT NULL DEFAULT '',
  outcome {id} NOT NULL DEFAULT '',
  currency {id} NOT NULL DEFAULT '',
  amount_minor {int} NOT NULL DEFAULT 0,
  confirmed_minor {int} NOT NULL DEFAULT 0,  -- of a confirmation that named an amount
  reason_code {id} NOT NULL DEFAULT '',
  reason {text} NOT NULL DEFAULT '',
  changed_at {int} NOT NULL DEFAULT 0
) {table_end};
CREATE UNIQUE INDEX instruction_by_subject ON instruction (operation, subject_kind, subject_id, part_no, open_slot);
CREATE INDEX instruction_by_call ON instruction (call_id);

-- Evidence: everything that came back, sealed, cut at a limit; answer_hash is of the whole body.
CREATE TABLE call_answer (
  id {id} NOT NULL PRIMARY KEY,
  call_id {id} NOT NULL DEFAULT '',
  epoch {int} NOT NULL DEFAULT 0,
  of_query {int} NOT NULL DEFAULT 0,
  late {int} NOT NULL DEFAULT 0,
  kind {id} NOT NULL DEFAULT '',
  status {int} NOT NULL DEFAULT 0,
  answer_hash {id} NOT NULL DEFAULT '',
  answer {long} NOT NULL DEFAULT '',
  received_at {int} NOT NULL DEFAULT 0
) {table_end};
CREATE INDEX call_answer_by_call ON call_answer (call_id);
{append_only call_answer}
