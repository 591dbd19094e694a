-- What holds a payout keeps no payment from being declared any more: orders that were held so, with their declaration
-- still due, are found by the worker again. Every other reason goes on to stop both.
UPDATE orders SET declare_at = created_at
WHERE declaration_state = 'due' AND declare_at IS NULL
  AND hold_reason IN ('remittance_rejected', 'remittance_returned', 'payee_not_usable', 'kept_by_operators')
  AND id IN (SELECT order_id FROM held_order);
