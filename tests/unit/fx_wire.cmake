huiqiao_test(fx_wire_unit SOURCES unit/fx_wire_test.cpp unit/lock_end_test.cpp unit/direct_link_test.cpp unit/direct_link_refusals_test.cpp LINK huiqiao_adapters)
