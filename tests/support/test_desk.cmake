# The whole house on one thread; LINK huiqiao_test_desk.
add_library(huiqiao_test_desk STATIC
  ${CMAKE_CURRENT_SOURCE_DIR}/support/front_door.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/support/simulated_sandbox.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/support/test_desk.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/support/test_desk_books.cpp
  ${CMAKE_SOURCE_DIR}/src/app/app.cpp ${CMAKE_SOURCE_DIR}/src/app/config.cpp ${CMAKE_SOURCE_DIR}/src/app/settings.cpp
  ${CMAKE_SOURCE_DIR}/src/app/stepped_clock.cpp ${CMAKE_SOURCE_DIR}/src/app/parties_file.cpp ${CMAKE_SOURCE_DIR}/src/app/workers.cpp)
target_link_libraries(huiqiao_test_desk PUBLIC huiqiao_options huiqiao_api huiqiao_adapters huiqiao_flow huiqiao_test_database doctest::doctest)
