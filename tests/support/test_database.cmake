# Real databases for contract tests; LINK huiqiao_test_database.
add_library(huiqiao_test_database STATIC ${CMAKE_CURRENT_SOURCE_DIR}/support/mariadb.cpp)
target_link_libraries(huiqiao_test_database PUBLIC huiqiao_options huiqiao_db doctest::doctest PRIVATE PkgConfig::MARIADB)
target_precompile_headers(huiqiao_test_database REUSE_FROM huiqiao_standard_headers)
