huiqiao_test(parties_unit SOURCES unit/parties_test.cpp LINK huiqiao_parties)
