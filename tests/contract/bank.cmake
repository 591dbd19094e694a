huiqiao_test(bank_contract SOURCES contract/bank_remit_test.cpp contract/bank_statement_test.cpp contract/bank_later_word_test.cpp contract/fund_channel_test.cpp unit/paying_account_test.cpp contract/keep_level_test.cpp
  LINK huiqiao_flow huiqiao_adapters huiqiao_test_database)
huiqiao_test(two_persons_contract SOURCES contract/two_persons_test.cpp contract/own_transfer_test.cpp contract/transfer_exit_test.cpp
  contract/waiting_funds_test.cpp contract/two_persons_migration_test.cpp
  LINK huiqiao_api huiqiao_adapters huiqiao_test_database)
