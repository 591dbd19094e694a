# The real processes: each test binary is one engine or one kind of fault, so that they run side by side.
add_library(huiqiao_crash STATIC
  ${CMAKE_CURRENT_SOURCE_DIR}/crash/sender.cpp ${CMAKE_CURRENT_SOURCE_DIR}/crash/webhook_ear.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/crash/crash_stage.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/crash/judge.cpp ${CMAKE_CURRENT_SOURCE_DIR}/crash/crash_loop.cpp)
target_link_libraries(huiqiao_crash PUBLIC huiqiao_options huiqiao_app spdlog::spdlog)
target_precompile_headers(huiqiao_crash REUSE_FROM huiqiao_standard_headers)

# Run with the built program; they start it themselves.
function(huiqiao_process_test name)
  huiqiao_test(${name} ${ARGN})
  target_compile_definitions(${name} PRIVATE HUIQIAO_PROGRAM="$<TARGET_FILE:huiqiao>")
  add_dependencies(${name} huiqiao)
endfunction()

add_executable(huiqiao_crash_loop ${CMAKE_CURRENT_SOURCE_DIR}/crash/crash_main.cpp)
target_compile_definitions(huiqiao_crash_loop PRIVATE HUIQIAO_PROGRAM="$<TARGET_FILE:huiqiao>")
target_link_libraries(huiqiao_crash_loop PRIVATE huiqiao_crash CLI11::CLI11)
target_precompile_headers(huiqiao_crash_loop REUSE_FROM huiqiao_standard_headers)
add_dependencies(huiqiao_crash_loop huiqiao)

huiqiao_process_test(crash_loop_sqlite SOURCES crash/crash_loop_sqlite_test.cpp LINK huiqiao_crash huiqiao_test_database)
huiqiao_process_test(crash_loop_mariadb SOURCES crash/crash_loop_mariadb_test.cpp
  LINK huiqiao_crash huiqiao_test_database)

# What breaks off between service and database, and what the machine runs out of.
add_library(huiqiao_faulty STATIC ${CMAKE_CURRENT_SOURCE_DIR}/crash/commit_proxy.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/crash/faulty_machine.cpp)
target_link_libraries(huiqiao_faulty PUBLIC huiqiao_crash)
target_precompile_headers(huiqiao_faulty REUSE_FROM huiqiao_standard_headers)
huiqiao_test(unknown_commits_queue SOURCES crash/unknown_commits_queue_test.cpp
  LINK huiqiao_faulty huiqiao_db huiqiao_test_database)
huiqiao_process_test(unknown_commits_service SOURCES crash/unknown_commits_service_test.cpp
  LINK huiqiao_faulty huiqiao_test_database)
huiqiao_process_test(service_faults SOURCES crash/service_faults_test.cpp LINK huiqiao_faulty huiqiao_test_database)
huiqiao_process_test(service_reads SOURCES crash/service_reads_test.cpp LINK huiqiao_faulty huiqiao_test_database)
huiqiao_process_test(service_soak SOURCES crash/service_soak_test.cpp LINK huiqiao_faulty huiqiao_test_database)
huiqiao_process_test(clock_jumps SOURCES crash/clock_jumps_test.cpp LINK huiqiao_crash huiqiao_test_database)
