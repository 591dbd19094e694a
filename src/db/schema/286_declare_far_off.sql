-- What was dealt for an order says nothing of what its buyer paid: orders that a far-off deal held, with their
-- declaration still due, are found by the worker again.
UPDATE orders SET declare_at = created_at
WHERE declaration_state = 'due' AND declare_at IS NULL AND hold_reason = 'deal_far_off'
  AND id IN (SELECT order_id FROM order_hold);
