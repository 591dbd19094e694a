#include "src/db/rows.h"

#include <iterator>

#include "src/base/error.h"

namespace huiqiao::db {

void Value::refuse(const char* wanted) const {
    const char* is = kind_ == Kind::Null ? "a null" : kind_ == Kind::Integer ? "an integer" : "a text";
    throw LogicError(std::string(is) + " was read as " + wanted);
}

void Rows::require_width(std::size_t width) const {
    if (columns_.size() != width) {
        throw LogicError("a row of " + std::to_string(width) + " values was added to rows of " +
                         std::to_string(columns_.size()));
    }
}

void Rows::append(Rows&& more) {
    if (more.empty()) return;
    if (empty()) {
        *this = std::move(more);
        more = Rows();
        return;
    }
    require_width(more.width());
    for (std::size_t at = 0; at < columns_.size(); ++at) {
        std::move(more.columns_[at].begin(), more.columns_[at].end(), std::back_inserter(columns_[at]));
    }
    size_ += more.size_;
    more = Rows();
}

Rows Rows::picked(const std::vector<std::size_t>& order) && {
    Rows result;
    result.columns_.resize(columns_.size());
    for (std::size_t at = 0; at < columns_.size(); ++at) {
        result.columns_[at].reserve(order.size());
        for (const std::size_t row : order) result.columns_[at].push_back(std::move(columns_[at].at(row)));
    }
    result.size_ = order.size();
    return result;
}

}  // namespace huiqiao::db
