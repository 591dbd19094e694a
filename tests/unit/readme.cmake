huiqiao_test(readme_unit SOURCES unit/readme_test.cpp LINK huiqiao_orders)
