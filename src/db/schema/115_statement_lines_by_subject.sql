-- What the bank booked under one remittance or purchase, whichever day it was.
CREATE INDEX statement_line_by_subject ON statement_line (subject_id);
