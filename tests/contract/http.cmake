huiqiao_test(http_contract SOURCES contract/http_client_test.cpp contract/http_server_test.cpp LINK huiqiao_http)
