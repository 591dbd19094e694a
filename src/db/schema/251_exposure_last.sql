-- The last row of each series of fx_exposure once more, so that a group finds those it goes on from by one statement. Written when
-- a series is first gone on with.
CREATE TABLE fx_exposure_last (
  id {key} NOT NULL PRIMARY KEY,              -- "<currency>|<series>"
  booked_at {int} NOT NULL DEFAULT 0,
  ordered_minor {int} NOT NULL DEFAULT 0,
  collected_minor {int} NOT NULL DEFAULT 0,
  fees_minor {int} NOT NULL DEFAULT 0,
  refunding_minor {int} NOT NULL DEFAULT 0,
  refunded_minor {int} NOT NULL DEFAULT 0,
  converting_minor {int} NOT NULL DEFAULT 0,
  converted_minor {int} NOT NULL DEFAULT 0,
  rest_minor {int} NOT NULL DEFAULT 0,
  dealt_cny_minor {int} NOT NULL DEFAULT 0,
  dealt_minor {int} NOT NULL DEFAULT 0,
  allocated_minor {int} NOT NULL DEFAULT 0,
  remitting_minor {int} NOT NULL DEFAULT 0,
  remitted_minor {int} NOT NULL DEFAULT 0
) {table_end};

-- From when on rows of fx_exposure stand whole: what was replaced before that may be gone (src/flow/retention.h).
CREATE TABLE fx_exposure_kept (
  id {id} NOT NULL PRIMARY KEY,               -- "all"
  kept_from {int} NOT NULL DEFAULT 0
) {table_end};

INSERT INTO fx_exposure_kept (id, kept_from) SELECT 'all', 0 WHERE NOT EXISTS (SELECT 1 FROM fx_exposure_kept);
