# Not a test: run by hand or by ./dev bench. bench_db <directory for the SQLite files>
add_executable(bench_db EXCLUDE_FROM_ALL ${CMAKE_CURRENT_SOURCE_DIR}/bench/db_bench.cpp)
target_link_libraries(bench_db PRIVATE huiqiao_db huiqiao_test_database PkgConfig::SQLITE PkgConfig::MARIADB)
