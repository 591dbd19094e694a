-- Since when a bank was asked for its rates and has not answered; 0: it answered the last time.
ALTER TABLE fx_board ADD COLUMN unanswered_since {int} NOT NULL DEFAULT 0;
