#include "src/api/desk_stream.h"

#include "src/operators/operator.h"

namespace huiqiao::api {

std::shared_ptr<http::ByteStream> DeskStream::open(std::string operator_id, std::string last_event_id) {
    if (++open_ > settings_.most_streams) {
        --open_;
        return nullptr;
    }
    auto stream = std::make_shared<http::ByteStream>(settings_.most_unsent);
    const std::lock_guard lock(mutex_);
    fresh_.push_back({stream, std::move(operator_id), std::move(last_event_id), std::nullopt, clock_.monotonic()});
    return stream;
}

void DeskStream::adopt() {
    const std::lock_guard lock(mutex_);
    for (Follower& each : fresh_) followers_.push_back(std::move(each));
    fresh_.clear();
}

void DeskStream::drop_over() {
    open_ -= static_cast<int>(std::erase_if(followers_, [](const Follower& each) { return each.stream->is_over(); }));
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

bool DeskStream::is_any_behind() {
    db::TapePosition end;
    database_.look([&](db::Reader& reader) { end = db::ChangeTape::end(reader, clock_.now()); });
    bool any = false;
    for (Follower& each : followers_) {
        if (each.position && each.position->next == end.next) {
            each.position->at = end.at;
        } else {
            any = true;
        }
    }
    return any;
}

int DeskStream::step(Instant now) {
    adopt();
    drop_over();
    if (followers_.empty()) return 0;
    drop_suspended();
    int told = 0;
    if (is_any_behind()) database_.read([&](db::Reader& reader) { told = tell(reader, now); });
    beat(now);
    drop_over();
    return told;
}

void DeskStream::begin(db::Reader& reader, Follower& follower, const db::TapePosition& end, Instant now) {
    ResetWhy why = ResetWhy::New;
    if (!follower.last_event_id.empty()) {
        const auto named = db::TapePosition::from_text(follower.last_event_id);
        if (named && db::ChangeTape::goes_on_from(reader, *named, end)) {
            follower.position = *named;
            return;
        }
        why = named && named->at < end.at ? ResetWhy::TooOld : ResetWhy::Unknown;
    }
    follower.stream->send(events_.reset(reader, end, why, now));
    follower.position = end;
    follower.told_at = clock_.monotonic();
}

int DeskStream::tell(db::Reader& reader, Instant now) {
    const db::TapePosition end = db::ChangeTape::end(reader, now);
    // Readers who stand at one place are told the same, so it is read and written once.
    struct Part {
        db::TapePosition behind;
        std::string text;
    };
    std::map<std::string, Part> parts;
    int told = 0;
    for (Follower& each : followers_) {
        if (!each.position) {
            begin(reader, each, end, now);
            ++told;
        }
        const auto [part, is_new] = parts.try_emplace(each.position->text());
        if (is_new) {
            db::TapePosition behind = *each.position;
            const std::vector<db::Change> changes = db::ChangeTape::read(reader, behind, end, settings_.page);
            part->second = {behind, changes.empty() ? "" : events_.told(reader, changes, *each.position, now)};
        }
        each.position = part->second.behind;
        if (part->second.text.empty()) continue;
        each.stream->send(part->second.text);
        each.told_at = clock_.monotonic();
        ++told;
    }
    return told;
}

void DeskStream::beat(Instant now) {
    const Monotonic at = clock_.monotonic();
    for (Follower& each : followers_) {
        if (!each.position || at - each.told_at < settings_.heartbeat) continue;
        // With an id and no data it is no event, but the reader's place moves on and never grows too old.
        each.stream->send(": " + rfc3339(now) + "\nid: " + each.position->text() + "\n\n");
        each.told_at = at;
    }
}

}  // namespace huiqiao::api
