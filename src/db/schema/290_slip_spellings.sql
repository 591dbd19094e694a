-- The number of a bank's slip as everybody spells it (fx/phone_deal.h, normal_reference): one slip is entered once,
-- though one person types A-17 and another a17. Null where slip_key is.
ALTER TABLE phone_deal ADD COLUMN slip_normal {key} NULL;
UPDATE phone_deal SET slip_normal = LOWER(REPLACE(REPLACE(REPLACE(slip_number, ' ', ''), '-', ''), '/', ''))
  WHERE slip_key IS NOT NULL;
CREATE INDEX phone_deal_by_slip_normal ON phone_deal (slip_normal);
