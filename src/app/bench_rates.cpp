#include "src/app/bench_rates.h"

#include <array>
#include <stdexcept>

#include "adapters/sandbox_bank/fx_wire.h"
#include "fx/rates_book.h"
#include "src/base/clock.h"
#include "src/http/json_writer.h"

namespace huiqiao::app {

namespace {

constexpr int kBoards = 4'000;  // a round
constexpr std::array kBanks{"harbour-bank", "river-bank", "garden-bank", "mountain-bank"};

struct Listed {
    const char* code;
    int unit;
    std::int64_t mid_e4;  // CNY for that many units
};
constexpr std::array<Listed, 6> kListed{{{"USD", 100, 6'799'600},
                                         {"EUR", 100, 7'942'530},
                                         {"HKD", 100, 868'082},
                                         {"GBP", 100, 9'177'487},
                                         {"JPY", 100, 42'994},
                                         {"KWD", 1, 220'749}}};

std::string price(std::int64_t e4) {
    std::string fraction = std::to_string(e4 % 10'000);
    fraction.insert(0, 4 - fraction.size(), '0');
    return std::to_string(e4 / 10'000) + "." + fraction;
}

/// One bank's board; prices move a little from one to the next.
std::string board_text(int number, Instant valid_until) {
    http::JsonWriter json(1024);
    json.open_object().field("request", "FR" + std::to_string(number)).field("board", "B" + std::to_string(number));
    json.key("rates").open_array();
    for (const Listed& listed : kListed) {
        const std::int64_t mid = listed.mid_e4 + number % 17;
        const std::int64_t half_spread = listed.mid_e4 / 1'000 + number % 5;
        json.open_object()
            .field("currency", listed.code)
            .field("unit", listed.unit)
            .field("buying", price(mid - half_spread))
            .field("mid", price(mid))
            .field("selling", price(mid + half_spread))
            .field("tradable", true)
            .field("valid_until", valid_until)
            .close_object();
    }
    return json.close_array().close_object().take();
}

std::map<std::string, fx::BankTerms> terms() {
    std::map<std::string, fx::BankTerms> terms;
    for (std::size_t i = 0; i < kBanks.size(); ++i) {
        fx::BankTerms& of_bank = terms[kBanks.at(i)];
        of_bank.flat_fee = Money::of_minor(Currency::known("CNY"), static_cast<std::int64_t>(i) * 1'000);
        of_bank.fee_basis_points = static_cast<int>(i);
    }
    return terms;
}

/// Lines read of all boards.
std::int64_t read_alone(const std::vector<std::string>& boards) {
    std::int64_t lines = 0;
    for (const std::string& text : boards) {
        const auto board = sandbox_bank::read_fx_board(text);
        if (!board) throw std::runtime_error("A board of the bench cannot be read.");
        lines += static_cast<std::int64_t>(board->lines.size());
    }
    return lines;
}

std::int64_t through_the_book(const std::vector<std::string>& boards, Instant now, Instant valid_until) {
    fx::RatesBook book({}, terms());
    const Date value_date = Date::in_shanghai(now);
    const Money amount = Money::of_minor(Currency::known("CNY"), 123'456'78);
    std::int64_t lines = 0;
    for (std::size_t i = 0; i < boards.size(); ++i) {
        const auto board = sandbox_bank::read_fx_board(boards[i]);
        if (!board) throw std::runtime_error("A board of the bench cannot be read.");
        for (const fx::BoardLine& line : board->lines) {
            const Status taken = book.take(kBanks.at(i % kBanks.size()), line,
                                           {"quo_" + std::to_string(lines), now, valid_until, value_date});
            if (!taken) throw std::runtime_error(taken.error().english());
            const auto best = book.best({.side = fx::DealSide::Buy,
                                         .currency = line.mid.base(),
                                         .fixed = amount,
                                         .now = now,
                                         .life = std::chrono::seconds(5),
                                         .value_date = value_date});
            if (!best || !best->foreign.is_positive()) throw std::runtime_error("The book has no best price.");
            ++lines;
        }
    }
    return lines;
}

}  // namespace

std::vector<Figure> measure_rates_book(BenchRounds rounds) {
    SystemClock clock;
    const Instant now = clock.now();
    const Instant valid_until = now + std::chrono::minutes(3);
    std::vector<std::string> boards;
    for (int number = 0; number < kBoards; ++number) boards.push_back(board_text(number, valid_until));
    std::vector<std::int64_t> whole;
    std::vector<std::int64_t> parsed;
    for (int round = -1; round < rounds.rounds; ++round) {
        Monotonic begin = clock.monotonic();
        const std::int64_t taken = through_the_book(boards, now, valid_until);
        const std::int64_t took = (clock.monotonic() - begin).count();
        begin = clock.monotonic();
        const std::int64_t read = read_alone(boards);
        const std::int64_t read_took = (clock.monotonic() - begin).count();
        if (round < 0) continue;
        whole.push_back(per_second(taken, took));
        parsed.push_back(per_second(read, read_took));
    }
    return {{"rates_book", "memory", median(whole), "updates/s", "the same boards read, and nothing else",
             median(parsed), 300}};
}

}  // namespace huiqiao::app
