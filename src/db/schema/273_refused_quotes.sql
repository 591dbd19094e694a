-- Refused quotes, newest first, without a walk over all that were taken.
CREATE INDEX fx_quote_by_state ON fx_quote (state, id);
