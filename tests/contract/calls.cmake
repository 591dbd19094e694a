huiqiao_test(calls_contract SOURCES contract/calls_protocol_test.cpp ../src/flow/escalate.cpp
  LINK huiqiao_calls huiqiao_operators huiqiao_test_database)
huiqiao_test(operators_contract SOURCES contract/operators_test.cpp ../src/flow/escalate.cpp LINK huiqiao_calls huiqiao_operators huiqiao_test_database)
huiqiao_test(collect_contract SOURCES contract/collect_test.cpp contract/collect_amiss_test.cpp contract/collect_settlement_test.cpp
  ../src/flow/collect.cpp ../src/flow/collect_facts.cpp ../src/flow/collect_notices.cpp ../src/flow/collect_answers.cpp
  ../src/flow/notice_store.cpp ../src/flow/escalate.cpp ../src/flow/postings.cpp ../src/flow/postings_payout.cpp
  ../src/flow/intake.cpp ../src/flow/intake_rules.cpp ../src/flow/intake_work.cpp ../src/flow/save_orders.cpp
  ../src/flow/cancel.cpp ../src/flow/expire.cpp ../src/flow/unpaid_order.cpp ../src/flow/register_parties.cpp
  ../adapters/simple_pay/adapter.cpp ../adapters/simple_pay/wire.cpp ../adapters/sandbox/channel.cpp
  ../adapters/sandbox/channel_store.cpp ../adapters/sandbox/faults.cpp
  LINK huiqiao_parties huiqiao_orders huiqiao_ledger huiqiao_calls huiqiao_operators huiqiao_events huiqiao_http
  huiqiao_test_database)
