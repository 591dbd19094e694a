huiqiao_test(orders_contract SOURCES
  contract/orders_intake_test.cpp contract/orders_ending_test.cpp
  ../src/flow/intake.cpp ../src/flow/intake_rules.cpp ../src/flow/intake_work.cpp ../src/flow/save_orders.cpp
  ../src/flow/cancel.cpp ../src/flow/expire.cpp ../src/flow/unpaid_order.cpp ../src/flow/register_parties.cpp
  LINK huiqiao_parties huiqiao_orders huiqiao_calls huiqiao_events huiqiao_test_database)
