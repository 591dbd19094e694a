huiqiao_test(house_scenario SOURCES scenario/payout_kinds_test.cpp scenario/explore_test.cpp LINK huiqiao_test_desk)
