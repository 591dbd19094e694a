huiqiao_test(xml_unit
  SOURCES unit/xml_document_test.cpp unit/xml_signature_test.cpp unit/xml_writer_test.cpp
  LINK huiqiao_xml)
