huiqiao_test(convert_contract SOURCES
  contract/convert_test.cpp contract/convert_books_test.cpp contract/convert_faults_test.cpp contract/convert_sockets_test.cpp contract/convert_limits_test.cpp contract/rates_import_test.cpp contract/exposure_test.cpp contract/watch_buying_test.cpp contract/bank_hours_test.cpp
  contract/direct_link_rounds_test.cpp contract/direct_link_deals_test.cpp
  LINK huiqiao_flow huiqiao_adapters huiqiao_test_database)
huiqiao_test(banks_contract SOURCES contract/banks_alike_test.cpp contract/banks_bad_input_test.cpp contract/banks_by_telephone_test.cpp contract/bank_goes_dark_test.cpp contract/convert_split_test.cpp
  LINK huiqiao_api huiqiao_flow huiqiao_adapters huiqiao_test_database)
huiqiao_test(phone_contract SOURCES contract/phone_test.cpp
  LINK huiqiao_api huiqiao_flow huiqiao_adapters huiqiao_test_database)
huiqiao_test(held_locks_contract SOURCES contract/held_locks_test.cpp contract/held_lock_draws_test.cpp contract/lock_ends_test.cpp contract/lock_ends_faults_test.cpp
  LINK huiqiao_api huiqiao_flow huiqiao_adapters huiqiao_test_database)
