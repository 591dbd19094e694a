# That the benches which live through a stage still come to their end, at a small size. Their figures say nothing here.
foreach(bench lives lock)
  add_test(NAME bench_${bench}_runs COMMAND huiqiao bench --quick --orders 60 --only ${bench} --engine sqlite
    --into ${CMAKE_BINARY_DIR}/bench_${bench}.json)
  set_tests_properties(bench_${bench}_runs PROPERTIES WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
endforeach()
