-- While an order's CNY is still to be bought with: since which day, and in which currency, "20261120|USD" (src/orders/to_buy_store.h).
-- Of money that came before this was kept the day is not known. The money tells which, as is_to_be_bought(): an order of two payments may be remitting.
ALTER TABLE orders ADD COLUMN to_buy {id} NULL;
UPDATE orders SET to_buy = REPLACE('19700101|#', '#', payout_currency)
  WHERE payout = 'fx' AND paid_minor >= due_minor
  AND (converting_minor > 0
  OR funded_minor > fee_minor + refunding_minor + refunded_minor + converting_minor + converted_minor + rest_minor);
CREATE INDEX orders_to_buy ON orders (to_buy, id);
