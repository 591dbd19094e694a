add_library(huiqiao_api_desk STATIC ${CMAKE_CURRENT_SOURCE_DIR}/support/api_desk.cpp)
target_link_libraries(huiqiao_api_desk PUBLIC huiqiao_options huiqiao_api huiqiao_adapters huiqiao_openapi_check
  huiqiao_test_database doctest::doctest)
target_precompile_headers(huiqiao_api_desk REUSE_FROM huiqiao_standard_headers)
huiqiao_test(api_contract SOURCES
  contract/api_orders_test.cpp contract/api_refusals_test.cpp contract/api_reads_test.cpp contract/api_operators_test.cpp
  contract/api_two_persons_test.cpp contract/api_phone_test.cpp contract/api_locks_test.cpp contract/api_quotes_test.cpp contract/api_overload_test.cpp
  contract/api_roles_test.cpp contract/api_stream_test.cpp contract/api_stream_bounds_test.cpp
  contract/api_watch_test.cpp contract/retention_test.cpp contract/backlog_metrics_test.cpp
  LINK huiqiao_api_desk)
