-- Locks that may still lead to a deal, for whoever begins to follow the desk live: few among all that ever were.
CREATE INDEX fx_lock_by_state ON fx_lock (state);
