-- What a bank said beside its selling rate, and whether the mid that the next one is measured against was accepted by
-- two persons.
ALTER TABLE fx_quote ADD COLUMN buying_e10 {int} NOT NULL DEFAULT 0;   -- 0: kept before it was asked for
ALTER TABLE fx_quote ADD COLUMN buying_text {id} NOT NULL DEFAULT '';
ALTER TABLE fx_quote ADD COLUMN buying_unit {int} NOT NULL DEFAULT 1;
ALTER TABLE fx_quote ADD COLUMN tradable {int} NOT NULL DEFAULT 1;
ALTER TABLE fx_quote ADD COLUMN value_date {int} NOT NULL DEFAULT 0;   -- of a deal made at it then; 0: none could be
ALTER TABLE fx_board ADD COLUMN mid_by_persons {int} NOT NULL DEFAULT 0;

-- Central parity and banks' public boards, as files brought them (fx/reference_rate.h): each figure once, for ever.
CREATE TABLE reference_rate (
  id {key} NOT NULL PRIMARY KEY,              -- "<pair_kind>|<source>|<published_at>"
  pair_kind {id} NOT NULL DEFAULT '',         -- "parity|USD": of the foreign currency, whichever way it is written
  source {id} NOT NULL DEFAULT '',
  base {id} NOT NULL DEFAULT '',              -- as published: CNY here where the pair is written the other way round
  quote {id} NOT NULL DEFAULT '',
  price_e10 {int} NOT NULL DEFAULT 0,         -- per 1 unit
  price_text {id} NOT NULL DEFAULT '',        -- as published, per price_unit
  price_unit {int} NOT NULL DEFAULT 1,
  published_at {int} NOT NULL DEFAULT 0,
  imported_at {int} NOT NULL DEFAULT 0,
  file_name {text} NOT NULL DEFAULT ''
) {table_end};
CREATE INDEX reference_rate_by_pair ON reference_rate (pair_kind, published_at);
{append_only reference_rate}

-- Where such figures come from; the row that an import locks.
CREATE TABLE reference_source (
  id {id} NOT NULL PRIMARY KEY,
  first_file {text} NOT NULL DEFAULT ''
) {table_end};
