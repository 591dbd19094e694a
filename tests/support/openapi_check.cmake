# The answer checker (openapi_check.h); LINK huiqiao_openapi_check.
add_library(huiqiao_openapi_check STATIC ${CMAKE_CURRENT_SOURCE_DIR}/support/openapi_check.cpp)
target_link_libraries(huiqiao_openapi_check PUBLIC huiqiao_options huiqiao_http)
target_precompile_headers(huiqiao_openapi_check REUSE_FROM huiqiao_standard_headers)
