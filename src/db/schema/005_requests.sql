-- Signed requests that changed something: a nonce may be used once, and the answer of an Idempotency-Key is given again.
-- Both are pruned by a worker when they have expired.
CREATE TABLE request_nonce (
  nonce_key {key} NOT NULL PRIMARY KEY,   -- "<key id>|<nonce>"
  request_id {id} NOT NULL DEFAULT '',
  expires_at {int} NOT NULL DEFAULT 0
) {table_end};
CREATE INDEX request_nonce_by_expiry ON request_nonce (expires_at);

CREATE TABLE idempotency_key (
  idem_key {key} NOT NULL PRIMARY KEY,    -- "<platform id>|<key>"
  request_id {id} NOT NULL DEFAULT '',    -- of the request that took the key
  fingerprint {id} NOT NULL DEFAULT '',   -- SHA-256 of method, path and body, hex
  status {int} NOT NULL DEFAULT 0,
  sealed_answer {long} NOT NULL,          -- the body, since it may name persons
  expires_at {int} NOT NULL DEFAULT 0
) {table_end};
CREATE INDEX idempotency_key_by_expiry ON idempotency_key (expires_at);
