huiqiao_test(events_contract SOURCES
  contract/events_delivery_test.cpp
  ../src/flow/intake.cpp ../src/flow/intake_rules.cpp ../src/flow/intake_work.cpp ../src/flow/save_orders.cpp
  ../src/flow/cancel.cpp ../src/flow/expire.cpp ../src/flow/unpaid_order.cpp ../src/flow/register_parties.cpp
  ../src/flow/webhook_endpoints.cpp
  LINK huiqiao_parties huiqiao_orders huiqiao_calls huiqiao_events huiqiao_operators huiqiao_test_database)
