-- How many draws on a lock that the desk holds its bank refused in a row (fx/refused_draw_store.h). No row: none.
CREATE TABLE fx_refused_draws (
  id {id} NOT NULL PRIMARY KEY,               -- the lock's
  in_a_row {int} NOT NULL DEFAULT 0
) {table_end};
