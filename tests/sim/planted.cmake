# The product with one known mistake in it, chosen at run time. Only the sources that name a mistake are compiled a
# second time; linked before the rooms' archives, they stand for their namesakes, and the archives give the rest.
set(planted_sources
  adapters/sandbox_bank/fx_wire.cpp adapters/sandbox_bank/remittance_wire.cpp
  fx/allocation.cpp fx/bank_terms.cpp fx/desk.cpp fx/split.cpp
  src/api/notice_routes.cpp src/api/recorded_operation.cpp src/api/route_access.cpp src/base/money.cpp
  src/calls/claim_calls.cpp src/calls/record_answers.cpp
  src/flow/collect_facts.cpp src/flow/convert.cpp src/flow/convert_deal.cpp src/flow/convert_draw.cpp src/flow/convert_held.cpp src/flow/convert_late.cpp
  src/flow/convert_lock.cpp
  src/flow/convert_open.cpp src/flow/convert_parts.cpp src/flow/convert_put_in.cpp src/flow/exposure_counting.cpp
  src/flow/keep_level.cpp src/flow/paying_account.cpp
  src/flow/phone.cpp src/flow/phone_confirm.cpp
  src/flow/declare_parts.cpp src/flow/declare_send.cpp src/flow/fund_channel_files.cpp
  src/flow/fund_channel_orders.cpp src/flow/fund_statements.cpp
  src/flow/intake_work.cpp src/flow/remit_answers.cpp src/flow/remit_lines.cpp
  src/flow/save_orders.cpp src/ledger/holds.cpp src/parties/merchant.cpp)
list(TRANSFORM planted_sources PREPEND ${CMAKE_SOURCE_DIR}/)
add_library(huiqiao_planted OBJECT ${planted_sources})
target_compile_definitions(huiqiao_planted PRIVATE HUIQIAO_PLANTED_BUGS)
target_link_libraries(huiqiao_planted PRIVATE huiqiao_app)
target_precompile_headers(huiqiao_planted REUSE_FROM huiqiao_standard_headers)
target_compile_options(huiqiao_planted PRIVATE -Wno-stringop-overread)  # as huiqiao_adapters has it
add_executable(planted_bugs sim/planted_bugs.cpp $<TARGET_OBJECTS:huiqiao_planted>)
target_compile_definitions(planted_bugs PRIVATE HUIQIAO_PLANTED_BUGS HUIQIAO_SOURCE_DIR="${CMAKE_SOURCE_DIR}"
  HUIQIAO_PROGRAM="$<TARGET_FILE:huiqiao>")
add_dependencies(planted_bugs huiqiao)
target_link_libraries(planted_bugs PRIVATE huiqiao_simulation)
target_precompile_headers(planted_bugs REUSE_FROM huiqiao_standard_headers)
# Five of them in every test run; ./dev proof looks for all.
add_test(NAME planted_bugs COMMAND planted_bugs --seeds 40
  blind_retry unknown_as_failed asked_amount_booked hold_not_released sequence_skipped)
