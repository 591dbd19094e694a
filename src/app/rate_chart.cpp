#include "src/app/rate_chart.h"

#include <algorithm>
#include <array>

namespace huiqiao::app {

namespace {

constexpr std::int64_t kWidth = 960;
constexpr std::int64_t kHeight = 420;
constexpr std::int64_t kLeft = 90;
constexpr std::int64_t kRight = 940;
constexpr std::int64_t kTop = 50;
constexpr std::int64_t kBottom = 360;
constexpr int kLines = 4;  // across, and down
// Of sub-pixels a pixel, so that whole numbers draw smoothly.
constexpr std::int64_t kFine = 10;
constexpr std::array<const char*, 6> kColours{"#1f5fa8", "#c2571a", "#2d8a4e", "#8a3ea8", "#a8871f", "#4e5a66"};

std::string text_at(std::int64_t x, std::int64_t y, const std::string& anchor, const std::string& text) {
    return "<text x=\"" + std::to_string(x) + "\" y=\"" + std::to_string(y) + "\" text-anchor=\"" + anchor + "\">" +
           text + "</text>\n";
}

/// Names of banks come from the configuration; a picture is still no place for their markup.
std::string escaped(const std::string& text) {
    std::string safe;
    for (const char c : text) {
        switch (c) {
            case '<': safe += "&lt;"; break;
            case '>': safe += "&gt;"; break;
            case '&': safe += "&amp;"; break;
            default: safe += c;
        }
    }
    return safe;
}

class Scale {
 public:
    Scale(const fx::RateStretch& stretch, std::span<const fx::RatePoint> points) : stretch_(stretch) {
        low_ = high_ = points.front().rate.rate_e10();
        for (const fx::RatePoint& point : points) {
            low_ = std::min(low_, point.rate.rate_e10());
            high_ = std::max(high_, point.rate.rate_e10());
        }
        // Air above and below; a rate that never moved is a line in the middle.
        const std::int64_t air = std::max<std::int64_t>((high_ - low_) / 10, 1'000'000);
        low_ -= air;
        high_ += air;
    }
    [[nodiscard]] std::int64_t x(Instant at) const {
        const std::int64_t all = (stretch_.until - stretch_.from).count() / 1'000'000;
        const std::int64_t gone = (at - stretch_.from).count() / 1'000'000;
        return kLeft * kFine + (kRight - kLeft) * kFine * gone / std::max<std::int64_t>(all, 1);
    }
    [[nodiscard]] std::int64_t y(std::int64_t rate_e10) const {
        return kBottom * kFine - (kBottom - kTop) * kFine * ((rate_e10 - low_) / 1'000) / ((high_ - low_) / 1'000);
    }
    /// "7.1685": of the line at so many parts of the height.
    [[nodiscard]] std::string label(int part) const {
        const std::int64_t e4 = (low_ + (high_ - low_) / kLines * part) / 1'000'000;
        const std::string digits = std::to_string(e4 % 10'000);
        return std::to_string(e4 / 10'000) + "." + std::string(4 - digits.size(), '0') + digits;
    }

 private:
    const fx::RateStretch& stretch_;
    std::int64_t low_ = 0;
    std::int64_t high_ = 0;
};

std::string fine(std::int64_t value) {
    return std::to_string(value / kFine) + "." + std::to_string(value % kFine);
}

std::string grid(const fx::RateStretch& stretch, const Scale& scale) {
    std::string svg = "<g stroke=\"#d5d9de\" stroke-width=\"1\">\n";
    for (int part = 0; part <= kLines; ++part) {
        const std::string y = std::to_string(kBottom - (kBottom - kTop) * part / kLines);
        svg += "<line x1=\"" + std::to_string(kLeft) + "\" y1=\"" + y + "\" x2=\"" + std::to_string(kRight) +
               "\" y2=\"" + y + "\"/>\n";
    }
    svg += "</g>\n";
    for (int part = 0; part <= kLines; ++part) {
        svg += text_at(kLeft - 8, kBottom - (kBottom - kTop) * part / kLines + 4, "end", scale.label(part));
        const Instant at = stretch.from + (stretch.until - stretch.from) / kLines * part;
        const std::string wall = shanghai_14(at);
        svg += text_at(kLeft + (kRight - kLeft) * part / kLines, kBottom + 20, "middle",
                       wall.substr(8, 2) + ":" + wall.substr(10, 2));
    }
    return svg;
}

std::string line_of(const std::string& bank, std::span<const fx::RatePoint> points, const Scale& scale, Instant until,
                    const std::string& colour) {
    std::string path;
    std::string crosses;
    for (const fx::RatePoint& point : points) {
        if (point.bank != bank) continue;
        const std::string x = fine(scale.x(point.at));
        const std::int64_t y = scale.y(point.rate.rate_e10());
        if (point.is_refused) {
            crosses += "<text x=\"" + x + "\" y=\"" + fine(y + 4 * kFine) + "\" text-anchor=\"middle\" fill=\"" +
                       colour + "\">×</text>\n";
            continue;
        }
        path += (path.empty() ? "M" : "H") + x + (path.empty() ? " " : "V") + fine(y);
    }
    if (path.empty()) return crosses;
    return "<path d=\"" + path + "H" + fine(scale.x(until)) + "\" fill=\"none\" stroke=\"" + colour +
           "\" stroke-width=\"1.5\"/>\n" + crosses;
}

}  // namespace

std::string rate_chart_svg(const fx::RateStretch& stretch, std::span<const fx::RatePoint> points) {
    const std::string code(stretch.currency.code());
    std::string svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + std::to_string(kWidth) + "\" height=\"" +
                      std::to_string(kHeight) + "\" font-family=\"sans-serif\" font-size=\"12\" fill=\"#333\">\n" +
                      "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n";
    const std::string day = shanghai_14(stretch.from);
    svg += text_at(
        kLeft, 24, "start",
        code + "/CNY, selling, " + day.substr(0, 4) + "-" + day.substr(4, 2) + "-" + day.substr(6, 2) + " (Shanghai)");
    if (points.empty()) {
        svg += text_at(kWidth / 2, kHeight / 2, "middle", "No quotes of " + code + " are kept for this time.");
        return svg + "</svg>\n";
    }
    const Scale scale(stretch, points);
    svg += grid(stretch, scale);
    std::vector<std::string> banks;
    for (const fx::RatePoint& point : points) {
        if (std::find(banks.begin(), banks.end(), point.bank) == banks.end()) banks.push_back(point.bank);
    }
    std::sort(banks.begin(), banks.end());
    const Instant until = std::max(points.back().at, stretch.from);
    for (std::size_t at = 0; at < banks.size(); ++at) {
        const std::string colour = kColours[at % kColours.size()];
        svg += line_of(banks[at], points, scale, until, colour);
        const auto y = std::to_string(kBottom + 46);
        const auto x = kLeft + static_cast<std::int64_t>(at) * 180;
        svg += "<rect x=\"" + std::to_string(x) + "\" y=\"" + std::to_string(kBottom + 37) +
               "\" width=\"12\" height=\"10\" fill=\"" + colour + "\"/>\n";
        svg += text_at(x + 18, kBottom + 46, "start", escaped(banks[at]));
    }
    return svg + "</svg>\n";
}

}  // namespace huiqiao::app
