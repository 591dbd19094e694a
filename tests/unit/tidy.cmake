huiqiao_test(tidy_unit SOURCES tidy_test.cpp LINK huiqiao_base)
