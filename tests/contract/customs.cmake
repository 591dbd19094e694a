# The verbs and adapters of customs as sources, so that this binary builds apart from the other verbs.
huiqiao_test(declare_contract SOURCES
  contract/declare_test.cpp contract/declare_faults_test.cpp contract/declare_adapter_test.cpp
  contract/declare_sockets_test.cpp
  ../src/flow/declare.cpp ../src/flow/declare_parts.cpp ../src/flow/declare_open.cpp ../src/flow/declare_send.cpp
  ../src/flow/declare_answers.cpp ../src/flow/declare_receipts.cpp ../src/flow/save_orders.cpp
  ../adapters/single_window/adapter.cpp ../adapters/single_window/dxp_message.cpp ../adapters/sandbox/customs.cpp
  ../adapters/sandbox/customs_store.cpp ../adapters/sandbox/customs_message.cpp ../adapters/sandbox/faults.cpp
  LINK huiqiao_customs huiqiao_parties huiqiao_orders huiqiao_calls huiqiao_operators huiqiao_events huiqiao_http
  huiqiao_xml huiqiao_crypto huiqiao_db huiqiao_test_database)
