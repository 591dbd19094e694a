huiqiao_test(calls_unit SOURCES unit/calls_states_test.cpp LINK huiqiao_calls huiqiao_orders)
huiqiao_test(channel_unit SOURCES unit/channel_wire_test.cpp LINK huiqiao_adapters)
