-- The bank at whose price the quote could not be met when its order was about to be bought for (src/flow/agreed_price.h).
ALTER TABLE platform_quote ADD COLUMN unmet_at {id} NOT NULL DEFAULT '';
