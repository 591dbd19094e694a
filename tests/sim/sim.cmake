huiqiao_test(house_sim SOURCES sim/same_run_twice_test.cpp sim/crash_points_test.cpp sim/drawn_faults_test.cpp LINK huiqiao_test_desk)
