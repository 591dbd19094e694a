#pragma once
// A natural person as an order names one: who ordered or who paid. Stands sealed, one blob a row, found again by the
// blind index of the identity number. A row belongs to the order that brought it and is never changed.

#include <string>
#include <string_view>

#include "src/base/date.h"
#include "src/base/result.h"

namespace huiqiao::parties {

enum class IdentityType { ResidentId, Passport };

std::string_view to_text(IdentityType type);
Result<IdentityType> identity_type_from_text(std::string_view text);

struct Person {
    std::string id;
    std::string platform_id;
    // sealed
    std::string name;  // as given: at most 60 characters
    IdentityType identity_type = IdentityType::ResidentId;
    std::string identity_number;  // normalised: upper case
    std::string phone;            // may be empty

    /// The same human being by what is declared: name up to the code-point variants of the middle dot, type, number.
    [[nodiscard]] bool same_as(const Person& other) const;
};

/// Upper case, no spaces at the ends.
std::string normalised_identity_number(std::string_view text);

/// GB 11643: 18 characters, a province, a birth date that exists and is not after today, ISO 7064 MOD 11-2 check
/// character. The number must be normalised.
bool is_resident_id(std::string_view number, Date today);
/// 5 to 20 capitals and digits with at least one digit.
bool is_passport_number(std::string_view number);

/// INP-05: valid UTF-8 of 1 to `most` characters, no control, bidi or zero-width characters, no space at the ends.
bool is_name(std::string_view name, std::size_t most);
/// The middle dots of minority names (U+00B7, U+2022, U+2027, U+30FB, U+FF0E, U+FF65 …) as one; for comparing only.
std::string folded_name(std::string_view name);

/// kBadPerson with field (name, identity_number, phone) and why. Its number must be normalised.
Status check_person(const Person& person, Date today);

}  // namespace huiqiao::parties
