#pragma once
// Whether a platform, merchant or payee may be used. Suspended and closed parties keep their old orders and money;
// nothing new begins with them.

#include <string_view>

namespace huiqiao::parties {

enum class PartyState { Active, Suspended, Closed };

std::string_view to_text(PartyState state);
/// LogicError on a text that we did not store.
PartyState party_state_from_text(std::string_view text);

}  // namespace huiqiao::parties
