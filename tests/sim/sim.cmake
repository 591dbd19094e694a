huiqiao_test(house_sim SOURCES sim/same_run_twice_test.cpp sim/drawn_faults_test.cpp LINK huiqiao_test_desk)
huiqiao_test(house_crash SOURCES sim/crash_points_test.cpp LINK huiqiao_test_desk)

# The simulator: a library, so that others may run seeds against what they have planted, and the command of ./dev sim.
add_library(huiqiao_simulation STATIC
  ${CMAKE_CURRENT_SOURCE_DIR}/sim/bank_requests.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/sim/banks.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/sim/fault_kind.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/sim/joined_books.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/sim/judge.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/sim/judge_end.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/sim/judge_outside.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/sim/shrink.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/sim/simulation.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/sim/store_faults.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/sim/weather.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/sim/world.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/sim/world_operators.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/sim/world_people.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/sim/world_locks.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/sim/world_phone.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/sim/world_store.cpp)
target_link_libraries(huiqiao_simulation PUBLIC huiqiao_test_desk PRIVATE PkgConfig::SQLITE)
target_precompile_headers(huiqiao_simulation REUSE_FROM huiqiao_standard_headers)
# The service's allocator: a run is a fifteenth faster.
if(NOT HUIQIAO_SANITIZE)
  target_link_libraries(huiqiao_simulation PUBLIC PkgConfig::JEMALLOC)
  target_link_options(huiqiao_simulation PUBLIC LINKER:--no-as-needed)
endif()
add_executable(simulate sim/simulate.cpp sim/jobs.cpp sim/tally.cpp)
target_compile_definitions(simulate PRIVATE HUIQIAO_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
target_link_libraries(simulate PRIVATE huiqiao_simulation)
target_precompile_headers(simulate REUSE_FROM huiqiao_standard_headers)
huiqiao_test(simulation SOURCES sim/simulation_test.cpp LINK huiqiao_simulation)
# 200 seeds of 20 orders in every test run, each twice. ./dev sim runs others.
foreach(range 1:40 41:40 81:40 121:40 161:40)
  string(REPLACE ":" ";" first_and_count ${range})
  list(GET first_and_count 0 first)
  list(GET first_and_count 1 count)
  add_test(NAME simulation_from_${first} COMMAND simulate --seeds ${count} --orders 20 --first ${first} --jobs 1)
endforeach()
