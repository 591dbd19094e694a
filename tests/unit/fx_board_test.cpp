// How a bank stands by what it answered, and did not, when it was asked for its rates.

#include <doctest/doctest.h>

#include "fx/quote_store.h"

using namespace huiqiao;
using namespace huiqiao::fx;
using namespace std::chrono_literals;

namespace {

const Instant kNow = from_us(1'800'000'000'000'000);

Board board(Instant asked, Instant answered, Instant unanswered_since) {
    Board board;
    board.id = "harbour-bank";
    board.asked_at = asked;
    board.answered_at = answered;
    board.unanswered_since = unanswered_since;
    return board;
}

}  // namespace

TEST_CASE("a bank that is being asked stands as it answered last, until its answer is late") {
    const Instant asked = kNow + 10min;
    const Board one = board(asked, kNow, asked);
    CHECK(one.is_answering(asked));
    CHECK(one.is_answering(asked + 59s));
    CHECK_FALSE(one.is_answering(asked + 60s));
    // Asked again meanwhile: what counts is how long nothing was heard.
    CHECK_FALSE(board(asked + 55s, kNow, asked).is_answering(asked + 60s));
    CHECK(board(asked, asked + 2s, {}).is_answering(asked + 59min));
}

TEST_CASE("an answer of long ago, and none at all, are no answer") {
    CHECK_FALSE(board(kNow, {}, kNow).is_answering(kNow));
    CHECK_FALSE(board({}, {}, {}).is_answering(kNow));
    CHECK_FALSE(board(kNow, kNow, {}).is_answering(kNow + 1h));
    CHECK_FALSE(board(kNow + 1h, kNow, kNow + 1h).is_answering(kNow + 1h));
}

TEST_CASE("a bank is silent once it left a question without an answer for an hour, and not because nobody asked it") {
    CHECK_FALSE(board(kNow, kNow, {}).is_silent(kNow + 30h));
    CHECK_FALSE(board({}, {}, {}).is_silent(kNow));
    CHECK_FALSE(board(kNow, {}, kNow).is_silent(kNow + 59min));
    CHECK(board(kNow + 50min, {}, kNow).is_silent(kNow + 60min));
}
