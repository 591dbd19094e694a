#pragma once
// Rates that bind nobody and come from files: the central parity of the day (中间价) and what banks show the public
// (牌价), each figure with its source and the time it was published. They guard and explain; nothing is dealt at them.
// A file says for how many units its prices are and which way round each pair is written; nothing is inferred. Whether
// a figure can be believed is checked against what is known already, and a file with one bad line brings nothing.
//
//   date,base,quote,unit,price,source                                  the parity, published at 9:15 in Shanghai
//   2026-05-12,JPY,CNY,100,4.2994,CFETS
//   2026-05-12,CNY,MYR,1,0.5791,CFETS                                  written the other way round, and kept so
//
//   published_at,base,quote,unit,spot_buying,cash_buying,spot_selling,cash_selling,middle,source       a board
//   2026-05-12T02:30:00Z,USD,CNY,100,679.10,673.50,681.95,681.95,679.96,BOC          cash prices may be left empty

#include <string>
#include <string_view>
#include <vector>

#include "src/base/date.h"
#include "src/base/rate.h"

namespace huiqiao::fx {

enum class ReferenceKind { Parity, SpotBuying, CashBuying, SpotSelling, CashSelling, Middle };
std::string_view to_text(ReferenceKind kind);
ReferenceKind reference_kind_from_text(std::string_view text);

struct ReferenceRate {
    ReferenceKind kind = ReferenceKind::Parity;
    std::string source;
    Rate price;
    Instant published_at{};
    int line = 0;  // of the file; 0: from the database

    /// The one that is not CNY.
    [[nodiscard]] Currency currency() const;
};

/// One side against CNY, per 1 unit of the foreign currency or per 1 CNY, as published.
struct ReferenceFile {
    std::vector<ReferenceRate> rates;
    std::vector<Error> faults;  // each names its line; where there is one, the rates do not count
};
ReferenceFile read_reference_file(std::string_view csv);

/// By how much a figure may differ from what is known: a month of a calm currency is far within, another scale or an
/// inverted pair far outside.
inline constexpr int kMostOffKnown_bp = 2000;

/// Whether a figure can be believed beside one that is known (both of one pair).
Status check_reference(const ReferenceRate& figure, const Rate& known);

namespace reference_error {
inline constexpr ErrorCode kNoReferenceFile{
    "no_reference_file", ErrorGroup::Syntax,
    "This is no file of rates: its first line must be the heading of the central parity or of a board. Nothing was "
    "imported.",
    "该文件不是汇率文件：首行应为中间价或牌价的表头。未导入任何数据。"};
inline constexpr ErrorCode kBadFigure{"bad_reference_rate", ErrorGroup::Syntax, "Line {line}: {why}.",
                                      "第 {line} 行：{why}。"};
inline constexpr ErrorCode kFigureScale{
    "reference_rate_wrong_scale", ErrorGroup::Rule,
    "Line {line}: {pair} is {price} per 1, about a hundred times off {known}. Check the unit column (1 or 100).",
    "第 {line} 行：{pair} 为每 1 单位 {price}，与 {known} 相差约一百倍，请核对 unit 列（1 或 100）。"};
inline constexpr ErrorCode kFigureOff{
    "reference_rate_off", ErrorGroup::Rule,
    "Line {line}: {pair} is {price} per 1, too far from {known}, which is known. Check the price and the pair's order.",
    "第 {line} 行：{pair} 为每 1 单位 {price}，与已知的 {known} 相差过大，请核对价格与货币对顺序。"};
inline constexpr ErrorCode kFigureDiffers{
    "reference_rate_differs", ErrorGroup::Conflict,
    "Line {line}: {source} has published {known} for {pair} at that time, as imported before; the file says {price}.",
    "第 {line} 行：{source} 当时公布的 {pair} 已导入为 {known}，文件为 {price}。"};
inline constexpr ErrorCode kTooManyFigures{"too_many_reference_rates", ErrorGroup::TooLarge,
                                           "A file brings at most {most} figures. Nothing was imported.",
                                           "每个文件最多 {most} 个数据。未导入任何数据。"};
}  // namespace reference_error

}  // namespace huiqiao::fx
