-- Since when no bank has had a price for the order whose quote was over (src/flow/check_quotes.h); 0: it was not looked for.
ALTER TABLE platform_quote ADD COLUMN no_price_since {int} NOT NULL DEFAULT 0;
