#include "src/api/desk_stream.h"

#include <algorithm>

#include "fx/exposure_store.h"
#include "src/operators/operator.h"

namespace huiqiao::api {

Result<std::shared_ptr<http::ByteStream>> DeskStream::open(const std::string& operator_id, std::string last_event_id) {
    const std::lock_guard lock(mutex_);
    const auto own = open_of_.find(operator_id);
    if (own != open_of_.end() && own->second >= settings_.most_of_operator) {
        return Error(api_error::kTooManyOwnStreams, {{"most", std::to_string(settings_.most_of_operator)}});
    }
    if (open_ >= settings_.most_streams) return Error(api_error::kTooManyStreams);
    auto stream = std::make_shared<http::ByteStream>(settings_.most_unsent);
    Follower follower;
    follower.stream = stream;
    follower.operator_id = operator_id;
    follower.last_event_id = std::move(last_event_id);
    follower.told_at = clock_.monotonic();
    fresh_.push_back(std::move(follower));
    ++open_of_[operator_id];
    ++open_;
    return stream;
}

void DeskStream::adopt() {
    const std::lock_guard lock(mutex_);
    for (Follower& each : fresh_) followers_.push_back(std::move(each));
    fresh_.clear();
}

void DeskStream::drop_over() {
    std::erase_if(followers_, [&](const Follower& each) {
        if (!each.stream->is_over()) return false;
        const std::lock_guard lock(mutex_);
        const auto own = open_of_.find(each.operator_id);
        if (--own->second == 0) open_of_.erase(own);
        --open_;
        return true;
    });
}

void DeskStream::drop_suspended() {
    const Monotonic now = clock_.monotonic();
    if (now - looked_at_ < kLook) return;
    looked_at_ = now;
    database_.look([&](db::Reader& reader) {
        for (const Follower& each : followers_) {
            const auto who = operators::OperatorStore::find(reader, each.operator_id);
            if (!who || who->state != operators::OperatorState::Active) each.stream->end();
        }
    });
}

void DeskStream::hold_up() {
    const Monotonic at = clock_.monotonic();
    for (Follower& each : followers_) {
        if (each.stream->unsent() < settings_.portion()) {
            each.held_since.reset();
        } else if (!each.held_since) {
            each.held_since = at;
        } else if (at - *each.held_since >= settings_.most_held) {
            each.stream->cut();
        }
    }
}

bool DeskStream::is_any_behind() {
    db::TapePosition end;
    database_.look([&](db::Reader& reader) { end = db::ChangeTape::end(reader, clock_.now()); });
    bool any = false;
    for (Follower& each : followers_) {
        if (each.position && each.position->next == end.next) {
            each.position->at = end.at;
        } else {
            any = any || !each.held_since;
        }
    }
    return any;
}

bool DeskStream::is_exposure_due() const {
    if (exposure_told_at_ && clock_.monotonic() - *exposure_told_at_ < kExposure) return false;
    return std::any_of(followers_.begin(), followers_.end(),
                       [](const Follower& each) { return !each.held_since && !each.exposure_owed.empty(); });
}

int DeskStream::step(Instant now) {
    adopt();
    drop_over();
    if (followers_.empty()) return 0;
    drop_suspended();
    hold_up();
    int told = 0;
    if (is_any_behind() || is_exposure_due()) database_.read([&](db::Reader& reader) { told = tell(reader, now); });
    beat(now);
    drop_over();
    return told;
}

void DeskStream::begin(db::Reader& reader, Follower& follower, const db::TapePosition& end,
                       StandingExposure& standing) {
    ResetWhy why = ResetWhy::New;
    if (!follower.last_event_id.empty()) {
        const auto named = db::TapePosition::from_text(follower.last_event_id);
        if (named && db::ChangeTape::goes_on_from(reader, *named, end)) {
            follower.position = *named;
            // What was owed to it when it left lies before its place.
            for (const auto& [code, totals] : fx::ExposureStore::totals(reader, std::nullopt))
                follower.exposure_owed.insert(code);
            return;
        }
        why = named && named->at < end.at ? ResetWhy::TooOld : ResetWhy::Unknown;
    }
    follower.stream->send(events_.reset(reader, standing, end, why));
    follower.position = end;
    follower.told_at = clock_.monotonic();
}

int DeskStream::tell(db::Reader& reader, Instant now) {
    const db::TapePosition end = db::ChangeTape::end(reader, now);
    StandingExposure standing(reader, now);
    // Readers who stand at one place are told the same, so it is read and written once.
    std::map<std::string, DeskEvents::Told> parts;
    int told = 0;
    for (Follower& each : followers_) {
        if (each.held_since) continue;
        if (!each.position) {
            begin(reader, each, end, standing);
            ++told;
        }
        if (!db::ChangeTape::is_kept(*each.position, end)) {
            each.stream->cut();
            continue;
        }
        const auto [part, is_new] = parts.try_emplace(each.position->text());
        if (is_new) {
            db::TapePosition behind = *each.position;
            const std::vector<db::Change> changes = db::ChangeTape::read(reader, behind, end, settings_.page);
            part->second = events_.told(reader, changes, *each.position, behind, now);
        }
        each.position = part->second.behind;
        each.exposure_owed.insert(part->second.exposure.begin(), part->second.exposure.end());
        if (part->second.text.empty()) continue;
        each.stream->send(part->second.text);
        each.told_at = clock_.monotonic();
        ++told;
    }
    return told + (is_exposure_due() ? tell_exposure(standing) : 0);
}

int DeskStream::tell_exposure(StandingExposure& standing) {
    const Monotonic at = clock_.monotonic();
    exposure_told_at_ = at;
    int told = 0;
    for (Follower& each : followers_) {
        if (each.held_since || each.exposure_owed.empty()) continue;
        each.stream->send(events_.exposure(standing, *each.position, each.exposure_owed));
        each.exposure_owed.clear();
        each.told_at = at;
        ++told;
    }
    return told;
}

void DeskStream::beat(Instant now) {
    const Monotonic at = clock_.monotonic();
    for (Follower& each : followers_) {
        if (!each.position || each.held_since || at - each.told_at < settings_.heartbeat) continue;
        // With an id and no data it is no event, but the reader's place moves on and never grows too old.
        each.stream->send(": " + rfc3339(now) + "\nid: " + each.position->text() + "\n\n");
        each.told_at = at;
    }
}

}  // namespace huiqiao::api
