huiqiao_test(app_unit SOURCES unit/app_settings_test.cpp unit/app_workers_test.cpp unit/app_house_test.cpp unit/app_lock_tables_test.cpp
  unit/app_demo_messages_test.cpp unit/app_commands_test.cpp unit/app_desk_jobs_test.cpp unit/app_phone_test.cpp unit/app_purchase_test.cpp unit/app_quote_test.cpp unit/app_rest_watch_test.cpp LINK huiqiao_app)
