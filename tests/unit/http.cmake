huiqiao_test(http_unit SOURCES
  unit/http_json_test.cpp unit/http_message_test.cpp unit/http_parts_test.cpp unit/http_signature_test.cpp
  LINK huiqiao_http)
