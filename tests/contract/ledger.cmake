huiqiao_test(ledger_contract
  SOURCES contract/ledger_books_test.cpp contract/ledger_holds_test.cpp contract/ledger_days_test.cpp
    contract/ledger_verify_test.cpp contract/ledger_export_test.cpp
    ../src/flow/postings.cpp ../src/flow/postings_payout.cpp ../src/flow/close_day.cpp
  LINK huiqiao_ledger huiqiao_test_database)
