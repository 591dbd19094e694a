add_executable(ledger_bench EXCLUDE_FROM_ALL bench/ledger_bench.cpp)
target_link_libraries(ledger_bench PRIVATE huiqiao_flow huiqiao_test_database doctest::doctest)

# Of `./dev proof`; the test is the same at a small size.
add_executable(tampering_at_size bench/tampering_at_size.cpp)
target_link_libraries(tampering_at_size PRIVATE huiqiao_options huiqiao_app spdlog::spdlog CLI11::CLI11)
target_precompile_headers(tampering_at_size REUSE_FROM huiqiao_standard_headers)
add_test(NAME tampering_at_size COMMAND tampering_at_size --entries 2000 --into ${CMAKE_BINARY_DIR}/tampering)
set_tests_properties(tampering_at_size PROPERTIES WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
