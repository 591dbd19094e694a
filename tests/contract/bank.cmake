huiqiao_test(bank_contract SOURCES contract/bank_remit_test.cpp contract/bank_statement_test.cpp contract/fund_channel_test.cpp
  LINK huiqiao_flow huiqiao_adapters huiqiao_test_database)
