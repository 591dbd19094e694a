-- Orders that were on hold before held_order was there: what holds each is its newest remittance of that kind, or its
-- payee; since when, its work item says.
INSERT INTO held_order (order_id, reason, subject_id, held_at)
SELECT o.id, o.hold_reason,
  CASE WHEN o.hold_reason = 'payee_not_usable' THEN o.payee_id
       ELSE COALESCE((SELECT MAX(r.id) FROM remittance_allocation a JOIN remittance r ON r.id = a.remittance_id
                      WHERE a.order_id = o.id
                        AND ((o.hold_reason = 'remittance_rejected' AND r.state = 'rejected')
                          OR (o.hold_reason = 'remittance_returned' AND r.returned_minor > 0))), '') END,
  0
FROM orders o
WHERE o.hold_reason <> '' AND NOT EXISTS (SELECT 1 FROM held_order h WHERE h.order_id = o.id);

UPDATE held_order SET held_at = COALESCE(
  (SELECT MAX(w.opened_at) FROM work_item w WHERE w.kind = held_order.reason AND w.subject_id = held_order.subject_id),
  (SELECT o.created_at FROM orders o WHERE o.id = held_order.order_id), 0)
WHERE held_at = 0;
