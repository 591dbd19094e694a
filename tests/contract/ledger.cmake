huiqiao_test(ledger_contract
  SOURCES contract/ledger_books_test.cpp contract/ledger_holds_test.cpp contract/ledger_days_test.cpp
    contract/ledger_verify_test.cpp contract/ledger_anchor_file_test.cpp contract/ledger_export_test.cpp
    contract/ledger_grants_test.cpp
  LINK huiqiao_flow huiqiao_test_database)
