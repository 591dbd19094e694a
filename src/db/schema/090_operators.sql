-- Persons who work with the console: makers and checkers. They sign with their own key.
CREATE TABLE operator (
  id {id} NOT NULL PRIMARY KEY,
  name {key} NOT NULL DEFAULT '',
  role {id} NOT NULL DEFAULT '',
  algorithm {id} NOT NULL DEFAULT '',
  public_key {long} NOT NULL DEFAULT '',
  state {id} NOT NULL DEFAULT '',
  created_at {int} NOT NULL DEFAULT 0
) {table_end};

-- Every matter that needs a person. open_key (kind|subject) is null once it is closed.
CREATE TABLE work_item (
  id {id} NOT NULL PRIMARY KEY,
  open_key {key} NULL,
  kind {id} NOT NULL DEFAULT '',
  subject_kind {id} NOT NULL DEFAULT '',
  subject_id {key} NOT NULL DEFAULT '',
  text_en {long} NOT NULL DEFAULT '',
  text_zh {long} NOT NULL DEFAULT '',
  owner {id} NOT NULL DEFAULT '',
  state {id} NOT NULL DEFAULT '',
  opened_at {int} NOT NULL DEFAULT 0,
  closed_at {int} NOT NULL DEFAULT 0,
  closing_note {text} NOT NULL DEFAULT ''
) {table_end};
CREATE UNIQUE INDEX work_item_by_open_key ON work_item (open_key);

-- What one person asks and another releases: bound to the hash of exactly what was asked.
CREATE TABLE approval (
  id {id} NOT NULL PRIMARY KEY,
  open_key {key} NULL,                   -- action|subject while it waits
  action {id} NOT NULL DEFAULT '',
  subject_id {key} NOT NULL DEFAULT '',
  content_hash {id} NOT NULL DEFAULT '',
  content {long} NOT NULL DEFAULT '',
  maker {id} NOT NULL DEFAULT '',
  checker {id} NOT NULL DEFAULT '',
  state {id} NOT NULL DEFAULT '',
  reason {text} NOT NULL DEFAULT '',
  made_at {int} NOT NULL DEFAULT 0,
  decided_at {int} NOT NULL DEFAULT 0
) {table_end};
CREATE UNIQUE INDEX approval_by_open_key ON approval (open_key);
