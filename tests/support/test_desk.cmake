# The whole house on one thread; LINK huiqiao_test_desk.
add_library(huiqiao_test_desk STATIC
  ${CMAKE_CURRENT_SOURCE_DIR}/support/fix_door.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/support/front_door.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/support/simulated_sandbox.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/support/test_desk.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/support/test_desk_books.cpp)
target_link_libraries(huiqiao_test_desk PUBLIC huiqiao_options huiqiao_app huiqiao_test_database doctest::doctest)
target_precompile_headers(huiqiao_test_desk REUSE_FROM huiqiao_standard_headers)
