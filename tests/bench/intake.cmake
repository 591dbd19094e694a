add_executable(intake_bench EXCLUDE_FROM_ALL bench/intake_bench.cpp
  ../src/flow/intake.cpp ../src/flow/intake_rules.cpp ../src/flow/intake_work.cpp ../src/flow/save_orders.cpp
  ../src/flow/cancel.cpp ../src/flow/expire.cpp ../src/flow/unpaid_order.cpp ../src/flow/register_parties.cpp)
target_link_libraries(intake_bench PRIVATE huiqiao_test_main huiqiao_parties huiqiao_orders huiqiao_calls
  huiqiao_events huiqiao_test_database)
