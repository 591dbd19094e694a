huiqiao_test(app_unit SOURCES unit/app_settings_test.cpp unit/app_commands_test.cpp unit/app_workers_test.cpp LINK huiqiao_app)
