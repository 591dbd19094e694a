add_executable(ledger_bench bench/ledger_bench.cpp ../src/flow/postings.cpp ../src/flow/postings_payout.cpp)
target_link_libraries(ledger_bench PRIVATE huiqiao_ledger huiqiao_test_database doctest::doctest)
