-- Whether a quote is still spoken of, asked before it is let go (src/flow/retention.h): what a lock was asked by and what
-- a purchase's offers were compared from is evidence and stays.
CREATE INDEX fx_lock_by_quote ON fx_lock (quote_id);
CREATE INDEX fx_offer_by_quote ON fx_offer (quote_id);
