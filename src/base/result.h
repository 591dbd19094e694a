#pragma once
// A value, or the Error that stands in its place. For everything a correct program can meet; bugs and broken
// infrastructure are exceptions. Reading the wrong side is a bug and throws LogicError.

#include <utility>
#include <variant>

#include "src/base/error.h"

namespace huiqiao {

template <class T>
class [[nodiscard]] Result {
 public:
    Result(T value) : content_(std::in_place_index<0>, std::move(value)) {}      // NOLINT(google-explicit-constructor)
    Result(Error error) : content_(std::in_place_index<1>, std::move(error)) {}  // NOLINT(google-explicit-constructor)

    [[nodiscard]] bool ok() const { return content_.index() == 0; }
    explicit operator bool() const { return ok(); }

    [[nodiscard]] const T& value() const& {
        require(0);
        return *std::get_if<0>(&content_);
    }
    [[nodiscard]] T& value() & {
        require(0);
        return *std::get_if<0>(&content_);
    }
    [[nodiscard]] T&& value() && {
        require(0);
        return std::move(*std::get_if<0>(&content_));
    }
    [[nodiscard]] const Error& error() const {
        require(1);
        return *std::get_if<1>(&content_);
    }

    const T& operator*() const { return value(); }
    const T* operator->() const { return &value(); }

 private:
    void require(std::size_t side) const {
        if (content_.index() == side) return;
        throw LogicError(side == 0 ? "value of a failed result: " + std::get_if<1>(&content_)->english()
                                   : "error of a good result");
    }

    std::variant<T, Error> content_;
};

/// A result that carries nothing but success.
struct Done {};
using Status = Result<Done>;

}  // namespace huiqiao
