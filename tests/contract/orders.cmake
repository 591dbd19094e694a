huiqiao_test(orders_contract SOURCES contract/orders_intake_test.cpp contract/orders_at_once_test.cpp contract/orders_ending_test.cpp
  LINK huiqiao_flow huiqiao_test_database)
