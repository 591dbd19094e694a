huiqiao_test(declare_contract SOURCES
  contract/declare_test.cpp contract/declare_faults_test.cpp contract/declare_adapter_test.cpp
  contract/declare_sockets_test.cpp
  LINK huiqiao_api huiqiao_adapters huiqiao_test_database)
