huiqiao_test(calls_unit SOURCES unit/calls_states_test.cpp ../src/orders/payment.cpp LINK huiqiao_calls)
huiqiao_test(channel_unit SOURCES unit/channel_wire_test.cpp ../adapters/simple_pay/adapter.cpp ../adapters/simple_pay/wire.cpp
  LINK huiqiao_http huiqiao_crypto)
