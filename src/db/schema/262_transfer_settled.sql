-- Of a transfer between provision accounts, what two persons took off what is on its way: charges of banks on the way,
-- a loss; below zero what came in beyond it and went to suspense.
ALTER TABLE provision_transfer ADD COLUMN settled_minor {int} NOT NULL DEFAULT 0;
