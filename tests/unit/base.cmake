huiqiao_test(base_unit SOURCES unit/base_test.cpp unit/money_test.cpp unit/rate_test.cpp unit/phrases_test.cpp unit/zone_test.cpp LINK huiqiao_base)
