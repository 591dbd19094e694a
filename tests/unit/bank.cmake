huiqiao_test(bank_unit SOURCES unit/bank_wire_test.cpp unit/reconcile_matching_test.cpp LINK huiqiao_adapters)
