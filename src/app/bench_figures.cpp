#include "src/app/bench_figures.h"

#include <algorithm>

#include "src/http/json_writer.h"

namespace huiqiao::app {

namespace {

std::string thousandths(std::int64_t e3) {
    std::string digits = std::to_string(e3 % 1000);
    digits.insert(0, 3 - digits.size(), '0');
    return std::to_string(e3 / 1000) + "." + digits;
}

std::string column(std::string text, std::size_t width, bool right = false) {
    if (text.size() < width) text.insert(right ? 0 : text.size(), width - text.size(), ' ');
    return text + " ";
}

std::string row(const std::string& name, const std::string& engine, const std::string& value, const std::string& unit,
                const std::string& reference_value, const std::string& ratio, const std::string& goal,
                const std::string& reference) {
    return column(name, 22) + column(engine, 8) + column(value, 9, true) + column(unit, 10) +
           column(reference_value, 9, true) + column(ratio, 6, true) + column(goal, 7, true) + reference + "\n";
}

}  // namespace

std::optional<std::int64_t> Figure::ratio_e3() const {
    if (!reference_value || *reference_value == 0) return std::nullopt;
    return (value * 1000 + *reference_value / 2) / *reference_value;
}

std::int64_t median(std::vector<std::int64_t> values) {
    if (values.empty()) return 0;
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

std::int64_t per_second(std::int64_t count, std::int64_t us) {
    return count * 1'000'000 / std::max<std::int64_t>(us, 1);
}

std::string figures_head() {
    return row("what", "engine", "value", "unit", "beside", "ratio", "goal", "reference");
}

std::string figure_line(const Figure& figure) {
    const auto shown = [](const std::optional<std::int64_t>& e3) { return e3 ? thousandths(*e3) : std::string("-"); };
    return row(figure.name, figure.engine, std::to_string(figure.value), figure.unit,
               figure.reference_value ? std::to_string(*figure.reference_value) : "-", shown(figure.ratio_e3()),
               figure.most ? "<=" + std::to_string(*figure.most) : shown(figure.goal_e3),
               figure.reference.value_or("-"));
}

std::string figures_json(const std::vector<Figure>& figures) {
    http::JsonWriter json(4096);
    json.open_array();
    for (const Figure& figure : figures) {
        json.open_object().field("name", figure.name).field("engine", figure.engine).field("value", figure.value);
        json.field("unit", figure.unit);
        const auto ratio = figure.ratio_e3();
        if (figure.reference)
            json.field("reference", *figure.reference);
        else
            json.key("reference").null();
        if (figure.reference_value)
            json.field("reference_value", *figure.reference_value);
        else
            json.key("reference_value").null();
        json.raw_field("ratio", ratio ? thousandths(*ratio) : "null");
        json.raw_field("goal", figure.goal_e3 ? thousandths(*figure.goal_e3) : "null");
        json.raw_field("most", figure.most ? std::to_string(*figure.most) : "null");
        json.close_object();
    }
    json.close_array();
    return json.take() + "\n";
}

}  // namespace huiqiao::app
