#include <doctest/doctest.h>

#include "src/parties/merchant.h"
#include "src/parties/payee.h"
#include "src/parties/person.h"
#include "src/parties/platform.h"

using namespace huiqiao;
using namespace huiqiao::parties;

namespace {

const Date kToday = Date::of_number(20261120);

Payee german_payee() {
    Payee payee;
    payee.id = "pye_1";
    payee.merchant_id = "mch_1";
    payee.currency = Currency::known("EUR");
    payee.country = "DE";
    payee.name = "Muster Handels GmbH";
    payee.account = "DE89370400440532013000";
    payee.bic = "COBADEFF100";
    payee.bank_name = "Musterbank";
    payee.street = "Hauptstrasse 1";
    payee.town = "Koeln";
    payee.post_code = "50667";
    payee.residence = "DE";
    return payee;
}

}  // namespace

TEST_CASE("INP-08: a resident identity number needs a province, a birth date that exists, and its check character") {
    for (const char* good : {"11010519491231002X", "440524188001010014"}) {
        // 1880 is outside the years that a Date knows, so the second one of the standard's own examples is refused.
        CAPTURE(good);
        CHECK(is_resident_id(good, kToday) == (std::string_view(good).substr(6, 4) >= "1900"));
    }
    struct Row {
        const char* why;
        const char* number;
    };
    for (const Row& row :
         {Row{"official sample, wrong date", "130625021345225322"}, Row{"official sample", "130681136250023332"},
          Row{"check character", "110105194912310021"}, Row{"lower-case x", "11010519491231002x"},
          Row{"30 February", "110105199002300019"}, Row{"no province 10", "10010519491231002X"},
          Row{"province across a gap of the list", "11 10519491231002X"}, Row{"17 characters", "11010519491231002"},
          Row{"letters inside", "1101051949123100AX"}, Row{"old 15-digit form", "110105491231002"}, Row{"empty", ""}}) {
        CAPTURE(row.why);
        CHECK_FALSE(is_resident_id(row.number, kToday));
    }
    CHECK_FALSE(is_resident_id("11010519491231002X", Date::of_number(19491230)));  // not yet born
    CHECK(normalised_identity_number(" 11010519491231002x ") == "11010519491231002X");
}

TEST_CASE("INP-08: every single-digit error in a resident identity number is found") {
    const std::string good = "11010519491231002X";
    for (std::size_t place = 0; place < 17; ++place) {
        for (char digit = '0'; digit <= '9'; ++digit) {
            if (digit == good[place]) continue;
            std::string wrong = good;
            wrong[place] = digit;
            CAPTURE(wrong);
            CHECK_FALSE(is_resident_id(wrong, kToday));
        }
    }
}

TEST_CASE("passport numbers are 5 to 20 capitals and digits, at least one digit") {
    for (const char* good : {"E12345678", "EA1234567", "12345", "G1234567890123456789"})
        CHECK(is_passport_number(good));
    for (const char* bad : {"", "1234", "ABCDEF", "E 1234567", "e12345678", "E123456789012345678901"}) {
        CAPTURE(bad);
        CHECK_FALSE(is_passport_number(bad));
    }
}

TEST_CASE("INP-05: names refuse what cannot be seen and keep four-byte characters") {
    CHECK(is_name("张三", 60));
    CHECK(is_name("阿卜杜拉·买买提", 60));
    CHECK(is_name("\xF0\xA0\xAE\xB7野", 60));  // U+20BB7
    CHECK(is_name("Anna de Vries", 60));
    struct Row {
        const char* why;
        std::string name;
    };
    for (const Row& row : {Row{"empty", ""}, Row{"space in front", " 张三"}, Row{"space behind", "张三 "},
                           Row{"wide space behind", "张三\xE3\x80\x80"}, Row{"NUL", std::string("a\0b", 3)},
                           Row{"unit separator",
                               "a\x1F"
                               "b"},
                           Row{"C1 control",
                               "a\xC2\x85"
                               "b"},
                           Row{"zero-width joiner",
                               "a\xE2\x80\x8D"
                               "b"},
                           Row{"right-to-left override",
                               "a\xE2\x80\xAE"
                               "b"},
                           Row{"byte order mark",
                               "\xEF\xBB\xBF"
                               "ab"},
                           Row{"overlong", "a\xC0\xAF"}, Row{"surrogate", "a\xED\xA0\x80"},
                           Row{"cut short", "a\xE5\xBC"}, Row{"beyond Unicode", "a\xF4\x90\x80\x80"}}) {
        CAPTURE(row.why);
        CHECK_FALSE(is_name(row.name, 60));
    }
    CHECK(is_name(std::string(60, 'a'), 60));
    CHECK_FALSE(is_name(std::string(61, 'a'), 60));
}

TEST_CASE("INP-05: the variants of the middle dot compare equal and are stored as given") {
    const std::string with_latin = "阿卜杜拉·买买提";
    for (const char* dot : {"\xE2\x80\xA2", "\xE3\x83\xBB", "\xEF\xBC\x8E", "\xEF\xBD\xA5", "\xE2\x80\xA7"}) {
        const std::string other = "阿卜杜拉" + std::string(dot) + "买买提";
        CHECK(folded_name(other) == folded_name(with_latin));
        const Person a{"", "", with_latin, IdentityType::ResidentId, "1", ""};
        const Person b{"", "", other, IdentityType::ResidentId, "1", "13800000000"};
        CHECK(a.same_as(b));
    }
    CHECK(folded_name("张三") != folded_name("张四"));
}

TEST_CASE("a person is refused by the field that is wrong") {
    const Person good{"", "", "张三", IdentityType::ResidentId, "11010519491231002X", "+86-13800000000"};
    CHECK(check_person(good, kToday).ok());
    Person wrong = good;
    wrong.name = "";
    CHECK(check_person(wrong, kToday).error().pointer == "/name");
    wrong = good;
    wrong.identity_number = "11010519491231002";
    CHECK(check_person(wrong, kToday).error().pointer == "/identity_number");
    wrong.identity_type = IdentityType::Passport;
    CHECK(check_person(wrong, kToday).ok());
    wrong = good;
    wrong.phone = "call me";
    CHECK(check_person(wrong, kToday).error().pointer == "/phone");
}

TEST_CASE("IBANs are checked by country, length and mod 97") {
    for (const char* good : {"GB29NWBK60161331926819", "DE89370400440532013000", "FR1420041010050500013M02606"}) {
        CAPTURE(good);
        CHECK(is_iban(good));
    }
    for (const char* bad : {"GB29NWBK60161331926818", "DE8937040044053201300", "US89370400440532013000",
                            "DE89 3704 0044 0532 0130 00", "de89370400440532013000", "", "DE"}) {
        CAPTURE(bad);
        CHECK_FALSE(is_iban(bad));
    }
}

TEST_CASE("a payee is refused by the field that is wrong") {
    CHECK(check_payee(german_payee()).ok());
    struct Row {
        const char* pointer;
        void (*spoil)(Payee&);
    };
    for (const Row& row :
         {Row{"/name", [](Payee& p) { p.name = std::string(141, 'a'); }},
          Row{"/country", [](Payee& p) { p.country = "de"; }}, Row{"/residence", [](Payee& p) { p.residence = ""; }},
          Row{"/bic", [](Payee& p) { p.bic = ""; }}, Row{"/bic", [](Payee& p) { p.bic = "COBADEFFXX"; }},
          Row{"/bic", [](Payee& p) { p.bic = "COBAFRFF100"; }},
          Row{"/account", [](Payee& p) { p.account = "532013000"; }},
          Row{"/account", [](Payee& p) { p.account = "GB29NWBK60161331926819"; }},
          Row{"/bank_name", [](Payee& p) { p.bank_name = ""; }}, Row{"/street", [](Payee& p) { p.street = "a\nb"; }},
          Row{"/clearing_code", [](Payee& p) { p.clearing_code = "12-34"; }}}) {
        Payee payee = german_payee();
        row.spoil(payee);
        const Status refused = check_payee(payee);
        CAPTURE(row.pointer);
        REQUIRE_FALSE(refused.ok());
        CHECK(refused.error().pointer == row.pointer);
    }
    Payee american = german_payee();
    american.country = "US";
    american.bic = "";
    american.clearing_code = "021000021";
    american.account = "123456789";
    CHECK(check_payee(american).ok());
}

TEST_CASE("customs codes are 10 capitals and digits or a social credit code with its check character") {
    CHECK(is_customs_code("4403169D3W"));
    CHECK(is_customs_code("91350100M000100Y43"));
    CHECK_FALSE(is_customs_code("91350100M000100Y44"));
    CHECK_FALSE(is_customs_code("91350100I000100Y43"));
    CHECK_FALSE(is_customs_code("4403169d3w"));
    CHECK_FALSE(is_customs_code(""));
}

TEST_CASE("a fee is rounded half up to the fen, at least the minimum, at most the whole") {
    const Currency cny = Currency::known("CNY");
    Agreement agreement;
    agreement.fee_basis_points = 30;
    agreement.fee_minimum_minor = 100;
    CHECK(agreement.fee_on(Money::of_minor(cny, 1'000'000)).minor() == 3'000);
    CHECK(agreement.fee_on(Money::of_minor(cny, 50'500)).minor() == 152);  // 151.5
    CHECK(agreement.fee_on(Money::of_minor(cny, 50'499)).minor() == 151);
    CHECK(agreement.fee_on(Money::of_minor(cny, 1'000)).minor() == 100);
    CHECK(agreement.fee_on(Money::of_minor(cny, 60)).minor() == 60);
    CHECK(agreement.fee_on(Money::of_minor(cny, 0)).minor() == 0);
    CHECK_THROWS_AS((void)agreement.fee_on(Money::of_minor(Currency::known("USD"), 1)), LogicError);
}

TEST_CASE("a key counts inside its validity while active or retiring") {
    PlatformKey key;
    key.not_before = from_us(100);
    key.not_after = from_us(200);
    for (const auto& [state, counts] : {std::pair(KeyState::Pending, false), std::pair(KeyState::Active, true),
                                        std::pair(KeyState::Retiring, true), std::pair(KeyState::Revoked, false)}) {
        key.state = state;
        CHECK(key.counts_at(from_us(100)) == counts);
        CHECK(key.counts_at(from_us(199)) == counts);
        CHECK_FALSE(key.counts_at(from_us(99)));
        CHECK_FALSE(key.counts_at(from_us(200)));
    }
}
