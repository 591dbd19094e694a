-- The person behind an operator (SEC-06). Who was registered before counts as a person of his own.
ALTER TABLE operator ADD COLUMN person_id {id} NOT NULL DEFAULT '';
UPDATE operator SET person_id = id WHERE person_id = '';
