huiqiao_test(db_unit SOURCES unit/db_statement_text_test.cpp LINK huiqiao_db)
