#pragma once
// Rows on their way in, kept column by column, as bulk statements want them; and rows that came out.
// Rows do not know their statement: that they fit its kinds is checked when they are written (LogicError).

#include <cstddef>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "src/db/value.h"

namespace huiqiao::db {

class Rows {
 public:
    /// One row; every call must bring the same number of values.
    template <class... V>
    void add(V&&... values) {
        if (columns_.empty()) columns_.resize(sizeof...(V));
        require_width(sizeof...(V));
        std::size_t at = 0;
        (columns_[at++].emplace_back(std::forward<V>(values)), ...);
        ++size_;
    }
    /// All rows of another set of the same width, moved behind these.
    void append(Rows&& more);
    /// The rows at these places, in this order, moved out; each place at most once.
    [[nodiscard]] Rows picked(const std::vector<std::size_t>& order) &&;

    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] bool empty() const { return size_ == 0; }
    [[nodiscard]] std::size_t width() const { return columns_.size(); }
    [[nodiscard]] const std::vector<Value>& column(std::size_t at) const { return columns_.at(at); }

 private:
    void require_width(std::size_t width) const;
    std::vector<std::vector<Value>> columns_;
    std::size_t size_ = 0;
};

/// What a SELECT gave. Values are read by position, in the order of the statement.
class Found {
 public:
    explicit Found(std::size_t width = 0) : width_(width) {}

    [[nodiscard]] std::size_t size() const { return width_ == 0 ? 0 : values_.size() / width_; }
    [[nodiscard]] bool empty() const { return values_.empty(); }
    [[nodiscard]] const Value& at(std::size_t row, std::size_t column) const {
        return values_.at(row * width_ + column);
    }
    [[nodiscard]] std::int64_t integer(std::size_t row, std::size_t column) const { return at(row, column).integer(); }
    [[nodiscard]] const std::string& text(std::size_t row, std::size_t column) const { return at(row, column).text(); }
    [[nodiscard]] bool is_null(std::size_t row, std::size_t column) const { return at(row, column).is_null(); }

    /// For so many rows more.
    void reserve(std::size_t rows) { values_.reserve(values_.size() + rows * width_); }
    void push(Value value) { values_.push_back(std::move(value)); }

 private:
    std::size_t width_;
    std::vector<Value> values_;
};

}  // namespace huiqiao::db
