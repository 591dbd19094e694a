huiqiao_test(fix44_unit SOURCES unit/fix44_wire_test.cpp unit/fix44_fills_test.cpp LINK huiqiao_adapters)
