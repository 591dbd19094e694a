huiqiao_test(ledger_unit
  SOURCES unit/ledger_books_test.cpp unit/ledger_postings_test.cpp ../src/flow/postings.cpp ../src/flow/postings_payout.cpp
  LINK huiqiao_ledger)
