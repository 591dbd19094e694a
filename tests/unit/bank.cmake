huiqiao_test(bank_unit SOURCES unit/bank_wire_test.cpp unit/reconcile_matching_test.cpp
  ../adapters/sandbox_bank/remittance_wire.cpp ../adapters/sandbox_bank/statement_wire.cpp
  LINK huiqiao_remittance huiqiao_reconciliation huiqiao_xml)
