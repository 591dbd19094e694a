#include "src/base/money.h"

#include "src/base/planted.h"

#include <algorithm>
#include <numeric>

#include <boost/multiprecision/cpp_int.hpp>

namespace huiqiao {

namespace {

using Wide = boost::multiprecision::checked_int128_t;

constexpr std::size_t kWholeDigits = 13;  // INP-01
constexpr std::size_t kShownText = 40;    // how much of a refused text an error repeats

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

Error bad_amount(Currency currency, std::string_view text) {
    return Error(base_error::kBadAmount, {{"text", std::string(text.substr(0, kShownText))},
                                          {"currency", std::string(currency.code())},
                                          {"digits", std::to_string(currency.digits())},
                                          {"example", Money::of_minor(currency, 123456).text()}});
}

}  // namespace

Result<Money> Money::parse(Currency currency, std::string_view text) {
    std::size_t at = 0;
    std::int64_t minor = 0;  // 13 whole digits and at most 4 decimals stay far below 2^63
    while (at < text.size() && is_digit(text[at]))
        minor = at < kWholeDigits ? minor * 10 + (text[at] - '0') : minor, ++at;
    if (at == 0 || at > kWholeDigits || (at > 1 && text[0] == '0')) return bad_amount(currency, text);
    int decimals = 0;
    if (at < text.size()) {
        if (text[at] != '.') return bad_amount(currency, text);
        for (++at; at < text.size() && is_digit(text[at]) && decimals < currency.digits(); ++at, ++decimals) {
            minor = minor * 10 + (text[at] - '0');
        }
        if (decimals == 0 || at != text.size()) return bad_amount(currency, text);
    }
    for (; decimals < currency.digits(); ++decimals) minor *= 10;
    return Money(currency, minor);
}

std::string Money::text() const {
    const bool negative = minor_ < 0;
    std::uint64_t rest = negative ? 0U - static_cast<std::uint64_t>(minor_) : static_cast<std::uint64_t>(minor_);
    std::string reversed;
    for (int digit = 0; digit < currency_.digits() || rest > 0 || digit == currency_.digits(); ++digit, rest /= 10) {
        if (digit == currency_.digits() && digit > 0) reversed.push_back('.');
        reversed.push_back(static_cast<char>('0' + rest % 10));
    }
    if (negative) reversed.push_back('-');
    return {reversed.rbegin(), reversed.rend()};
}

int Money::compare(const Money& other) const {
    if (currency_ != other.currency_) {
        throw LogicError("compared " + std::string(currency_.code()) + " with " + std::string(other.currency_.code()));
    }
    return minor_ < other.minor_ ? -1 : minor_ > other.minor_ ? 1 : 0;
}

Result<Money> Money::plus(const Money& other) const {
    if (currency_ != other.currency_) {
        throw LogicError("added " + std::string(other.currency_.code()) + " to " + std::string(currency_.code()));
    }
    std::int64_t sum = 0;
    if (__builtin_add_overflow(minor_, other.minor_, &sum)) {
        return Error(base_error::kAmountTooLarge, {{"currency", std::string(currency_.code())}});
    }
    return Money(currency_, sum);
}

Money Money::operator+(const Money& other) const {
    return plus(other).value();
}

Money Money::operator-() const {
    std::int64_t negated = 0;
    if (__builtin_sub_overflow(std::int64_t{0}, minor_, &negated)) throw LogicError("negating overflows");
    return Money(currency_, negated);
}

Money Money::operator-(const Money& other) const {
    if (currency_ != other.currency_) {
        throw LogicError("subtracted " + std::string(other.currency_.code()) + " from " +
                         std::string(currency_.code()));
    }
    std::int64_t difference = 0;
    if (__builtin_sub_overflow(minor_, other.minor_, &difference)) throw LogicError("subtracting overflows");
    return Money(currency_, difference);
}

// A negative sum is split as its opposite: one call deep. NOLINTNEXTLINE(misc-no-recursion)
std::vector<Money> Money::split(std::span<const std::int64_t> weights) const {
    if (is_negative()) {
        std::vector<Money> shares = (-*this).split(weights);
        for (Money& share : shares) share = -share;
        return shares;
    }
    Wide total = 0;
    for (const std::int64_t weight : weights) {
        if (weight < 0) throw LogicError("split by a negative weight");
        total += weight;
    }
    if (total == 0) throw LogicError("split by weights that are all zero");

    std::vector<Money> shares;
    std::vector<Wide> remainders;
    std::int64_t given = 0;
    for (const std::int64_t weight : weights) {
        const Wide product = Wide(minor_) * weight;
        shares.push_back(of_minor(currency_, static_cast<std::int64_t>(product / total)));
        remainders.push_back(product % total);
        given += shares.back().minor();
    }
    std::vector<std::size_t> by_remainder(weights.size());
    std::iota(by_remainder.begin(), by_remainder.end(), std::size_t{0});
    std::stable_sort(by_remainder.begin(), by_remainder.end(),
                     [&](std::size_t a, std::size_t b) { return remainders[a] > remainders[b]; });
    if (is_planted(Bug::RemainderDropped)) given = minor_;
    for (std::size_t line = 0; given < minor_; ++line, ++given) shares[by_remainder[line]].minor_ += 1;
    return shares;
}

}  // namespace huiqiao
