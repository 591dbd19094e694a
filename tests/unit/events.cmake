huiqiao_test(events_unit SOURCES unit/events_test.cpp LINK huiqiao_events)
