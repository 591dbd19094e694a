huiqiao_test(api_unit SOURCES unit/api_test.cpp LINK huiqiao_api huiqiao_openapi_check)
