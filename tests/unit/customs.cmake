huiqiao_test(customs_unit SOURCES unit/customs_message_test.cpp unit/customs_rules_test.cpp LINK huiqiao_customs)
