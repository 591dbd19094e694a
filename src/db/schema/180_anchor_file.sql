-- What each host's file of anchors was known to hold, so that lines which were cut off it are told apart from lines that
-- were not written yet. Changed under its row's lock, in a group that follows the writing.
CREATE TABLE anchor_file (
  id {id} NOT NULL PRIMARY KEY,          -- of host and path
  host {text} NOT NULL DEFAULT '',
  path {long} NOT NULL,
  lines_held {int} NOT NULL DEFAULT 0,   -- lines of the tables that stood in it
  seen_at {int} NOT NULL DEFAULT 0
) {table_end};
