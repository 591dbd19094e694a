#pragma once
// A currency's selling rates of a stretch of time as an SVG picture: one stepped line a bank, since a quote stands
// until the next one, refused quotes as crosses, time in Shanghai below and CNY a unit at the side. Pure; whole numbers
// only.

#include <span>
#include <string>

#include "fx/rate_history.h"

namespace huiqiao::app {

/// Points in the order of their arrival, within the stretch. A stretch without points says so in the picture.
std::string rate_chart_svg(const fx::RateStretch& stretch, std::span<const fx::RatePoint> points);

}  // namespace huiqiao::app
