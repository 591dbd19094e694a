-- Answers to reads that brought nothing any row came from (an empty statement, a board, "no file yet", an empty
-- mailbox): as call_answer, but only for a while, since they come with every poll. See src/flow/retention.h.
CREATE TABLE passing_answer (
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
CREATE INDEX passing_answer_by_call ON passing_answer (call_id);
