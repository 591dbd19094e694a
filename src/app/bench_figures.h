#pragma once
// A figure of the bench and how figures are shown: a table for people, JSON for machines. Whole numbers; ratios in
// thousandths.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace huiqiao::app {

struct Figure {
    std::string name;
    std::string engine;
    std::int64_t value = 0;
    std::string unit;
    std::optional<std::string> reference;  // what it is compared with, measured in the same run
    std::optional<std::int64_t> reference_value;
    std::optional<std::int64_t> goal_e3;  // of the ratio: at least
    std::optional<std::int64_t> most{};   // of the value itself, where that is what was promised

    [[nodiscard]] std::optional<std::int64_t> ratio_e3() const;
};

std::int64_t median(std::vector<std::int64_t> values);
/// How many a second, of a count done in that many microseconds.
std::int64_t per_second(std::int64_t count, std::int64_t us);

std::string figures_json(const std::vector<Figure>& figures);
std::string figure_line(const Figure& figure);
std::string figures_head();

}  // namespace huiqiao::app
