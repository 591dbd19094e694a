huiqiao_test(fx_unit SOURCES unit/fx_allocation_test.cpp unit/fx_cut_offs_test.cpp unit/fx_quote_test.cpp unit/fx_rates_book_test.cpp unit/fx_value_date_test.cpp LINK huiqiao_fx)
