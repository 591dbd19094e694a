-- When a batch without its money is looked at again; null: its money is here, or nothing is left to do. One whose deposit
-- came before its file has it in suspense.
ALTER TABLE settlement_batch ADD COLUMN due_at {int} NULL;
CREATE INDEX settlement_batch_due ON settlement_batch (due_at);
