-- While an order's CNY is still to be bought with: since which day, and in which currency, "20261120|USD" (src/orders/to_buy_store.h).
-- Of money that came before this was kept the day is not known.
ALTER TABLE orders ADD COLUMN to_buy {id} NULL;
UPDATE orders SET to_buy = REPLACE('19700101|#', '#', payout_currency) WHERE payout = 'fx' AND state IN ('funded', 'converting');
CREATE INDEX orders_to_buy ON orders (to_buy, id);
