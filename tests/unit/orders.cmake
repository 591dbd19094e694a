huiqiao_test(orders_unit SOURCES unit/orders_state_test.cpp LINK huiqiao_orders)
