huiqiao_test(ledger_unit SOURCES unit/ledger_books_test.cpp unit/ledger_postings_test.cpp LINK huiqiao_flow)
