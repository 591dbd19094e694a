#pragma once
// The draft that every function of src/flow/postings.h ends in. Private to those files.

#include <utility>
#include <vector>

#include "src/flow/postings.h"

namespace huiqiao::flow::postings {

/// An entry of one event; postings of zero fall away.
inline Draft entry(const Event& event, std::string kind, std::vector<ledger::Posting> postings) {
    std::erase_if(postings, [](const ledger::Posting& posting) { return posting.amount.is_zero(); });
    Draft draft;
    draft.fact = {event.source_type, event.source_id, std::move(kind)};
    draft.occurred_at = event.occurred_at;
    draft.value_date = event.value_date;
    draft.actor = event.actor;
    draft.request_id = event.request_id;
    draft.postings = std::move(postings);
    return draft;
}

}  // namespace huiqiao::flow::postings
