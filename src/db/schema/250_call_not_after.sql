-- A call that did not leave by this instant is withdrawn, not sent (src/calls/external_call.h); null: it may always
-- leave.
ALTER TABLE external_call ADD COLUMN not_after {int} NULL;
