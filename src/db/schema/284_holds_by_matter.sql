-- An order may be on hold for several matters: one row for each, released matter by matter.
CREATE TABLE order_hold (
  order_id {id} NOT NULL DEFAULT '',
  reason {id} NOT NULL DEFAULT '',
  subject_id {id} NOT NULL DEFAULT '',     -- the remittance, payee, purchase, or of a quote the order
  held_at {int} NOT NULL DEFAULT 0,
  PRIMARY KEY (order_id, subject_id)
) {table_end};
CREATE INDEX order_hold_by_subject ON order_hold (subject_id, order_id);

INSERT INTO order_hold (order_id, reason, subject_id, held_at)
SELECT h.order_id, h.reason, h.subject_id, h.held_at FROM held_order h
WHERE NOT EXISTS (SELECT 1 FROM order_hold m WHERE m.order_id = h.order_id);

-- A deal far off what was agreed passed over orders that were on hold for another matter already.
INSERT INTO order_hold (order_id, reason, subject_id, held_at)
SELECT a.order_id, w.kind, a.purchase_id, w.opened_at
FROM work_item w
JOIN purchase_allocation a ON a.purchase_id = w.subject_id
JOIN orders o ON o.id = a.order_id
WHERE w.kind = 'deal_far_off' AND w.state <> 'closed' AND o.hold_reason <> ''
  AND NOT EXISTS (SELECT 1 FROM order_hold m WHERE m.order_id = a.order_id AND m.subject_id = a.purchase_id);

DROP TABLE IF EXISTS held_order;
