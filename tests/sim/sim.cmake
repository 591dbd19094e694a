huiqiao_test(house_sim SOURCES sim/same_run_twice_test.cpp sim/drawn_faults_test.cpp LINK huiqiao_test_desk)
huiqiao_test(house_crash SOURCES sim/crash_points_test.cpp LINK huiqiao_test_desk)
