huiqiao_test(tidy_unit SOURCES tidy_test.cpp reference_lines_test.cpp LINK huiqiao_base)
