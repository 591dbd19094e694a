huiqiao_test(db_contract SOURCES
  contract/db_faults_test.cpp contract/db_log_test.cpp contract/db_migrations_test.cpp contract/db_statements_test.cpp contract/db_trouble_test.cpp
  contract/db_plans_test.cpp contract/db_write_queue_test.cpp contract/db_settings_test.cpp
  LINK huiqiao_db huiqiao_test_database)
