#include "src/parties/person.h"

#include <algorithm>
#include <array>

#include "src/parties/party_error.h"

namespace huiqiao::parties {

namespace {

constexpr std::size_t kMostNameCharacters = 60;  // payerName C1..60
constexpr std::array<int, 17> kWeights{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
constexpr std::string_view kCheckCharacters = "10X98765432";
constexpr std::string_view kProvinces =
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83";

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_capital(char c) {
    return c >= 'A' && c <= 'Z';
}

/// Digits, hyphens and brackets, with a plus at most in front: 5 to 30 characters.
bool is_phone(std::string_view phone) {
    if (phone.starts_with('+')) phone.remove_prefix(1);
    return phone.size() >= 5 && phone.size() <= 30 && std::all_of(phone.begin(), phone.end(), [](char c) {
               return is_digit(c) || c == '-' || c == '(' || c == ')';
           });
}

}  // namespace

std::string_view to_text(IdentityType type) {
    switch (type) {
        case IdentityType::ResidentId: return "resident_id";
        case IdentityType::Passport: return "passport";
    }
    throw LogicError("identity type out of range");
}

Result<IdentityType> identity_type_from_text(std::string_view text) {
    if (text == "resident_id") return IdentityType::ResidentId;
    if (text == "passport") return IdentityType::Passport;
    return Error(party_error::kBadIdentityType, {{"text", std::string(text.substr(0, 40))}});
}

bool Person::same_as(const Person& other) const {
    return identity_type == other.identity_type && identity_number == other.identity_number &&
           folded_name(name) == folded_name(other.name);
}

std::string normalised_identity_number(std::string_view text) {
    while (text.starts_with(' ')) text.remove_prefix(1);
    while (text.ends_with(' ')) text.remove_suffix(1);
    std::string number(text);
    for (char& c : number) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    return number;
}

bool is_resident_id(std::string_view number, Date today) {
    if (number.size() != 18 || !std::all_of(number.begin(), number.begin() + 17, is_digit)) return false;
    // The list holds "NN " groups, so a find that is not on a group's first character is no province.
    const std::size_t province = kProvinces.find(number.substr(0, 2));
    if (province == std::string_view::npos || province % 3 != 0) return false;
    const std::string born = std::string(number.substr(6, 4)) + "-" + std::string(number.substr(10, 2)) + "-" +
                             std::string(number.substr(12, 2));
    const Result<Date> birth = Date::parse(born);
    if (!birth || *birth > today) return false;
    int sum = 0;
    for (std::size_t at = 0; at < kWeights.size(); ++at) sum += (number[at] - '0') * kWeights[at];
    return number[17] == kCheckCharacters[static_cast<std::size_t>(sum % 11)];
}

bool is_passport_number(std::string_view number) {
    return number.size() >= 5 && number.size() <= 20 &&
           std::all_of(number.begin(), number.end(), [](char c) { return is_digit(c) || is_capital(c); }) &&
           std::any_of(number.begin(), number.end(), is_digit);
}

Status check_person(const Person& person, Date today) {
    const auto refuse = [](std::string field, std::string why) {
        Error error(party_error::kBadPerson, {{"field", field}, {"why", std::move(why)}});
        error.pointer = "/" + field;
        return error;
    };
    if (!is_name(person.name, kMostNameCharacters)) {
        return refuse("name", "1 to 60 characters, no control or invisible ones, no space at the ends");
    }
    switch (person.identity_type) {
        case IdentityType::ResidentId:
            if (!is_resident_id(person.identity_number, today)) {
                return refuse("identity_number", "not a resident identity number (18 characters, GB 11643)");
            }
            break;
        case IdentityType::Passport:
            if (!is_passport_number(person.identity_number)) {
                return refuse("identity_number", "a passport number has 5 to 20 letters and digits");
            }
            break;
    }
    if (!person.phone.empty() && !is_phone(person.phone)) {
        return refuse("phone", "5 to 30 digits, hyphens and brackets, with an optional plus in front");
    }
    return Done{};
}

}  // namespace huiqiao::parties
