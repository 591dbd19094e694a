-- Behind which account that is told of already the next look goes on.
ALTER TABLE watch_place ADD COLUMN told_behind {key} NOT NULL DEFAULT '';
