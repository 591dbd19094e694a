#include "src/flow/keep_anchors.h"

#include "src/operators/work_item.h"

namespace huiqiao::flow {

namespace {

constexpr std::string_view kCutItem = "anchor_file_cut";

struct FileItem final : db::Item {
    ledger::AnchorPlace place;
    std::optional<Error> cut;
    std::size_t held = 0;
    bool after_a_look = false;
};

class FileWork final : public db::Work {
 public:
    explicit FileWork(std::span<const std::shared_ptr<db::Item>> items) : items_(items.begin(), items.end()) {}
    void claim(db::Claims& claims) override {
        for (const auto& item : items_) ledger::AnchorMemory::claim(claims, static_cast<FileItem&>(*item).place);
    }
    void lock(db::Locks& locks) override {
        for (const auto& item : items_) ledger::AnchorMemory::lock(locks, static_cast<FileItem&>(*item).place);
    }
    void run(db::Group& group) override {
        for (const auto& each : items_) {
            const auto& item = static_cast<FileItem&>(*each);
            const operators::WorkItems work_items;
            if (item.cut) {
                work_items.open(group, {std::string(kCutItem), "anchor_file", item.place.id(), item.cut->english(),
                                        item.cut->chinese()});
                continue;
            }
            ledger::AnchorMemory::remember(group, item.place, item.held, item.after_a_look);
            work_items.close(group, kCutItem, item.place.id(), "the file of anchors is whole");
        }
    }

 private:
    std::vector<std::shared_ptr<db::Item>> items_;
};

class AnchorWork final : public db::Work {
 public:
    explicit AnchorWork(const ledger::Anchors& anchors) : anchors_(anchors) {}
    void run(db::Group& group) override { anchors_.write(group, "hour"); }

 private:
    const ledger::Anchors& anchors_;
};

}  // namespace

/// The database before the file: whatever it remembers stands in the file by then, unless it was cut off.
struct AnchorFiles::Seen {
    ledger::AnchorFile file;
    ledger::AnchorGap gap;
    ledger::HeldBefore before;
    bool is_told = false;  // a work item is open
};

AnchorFiles::Seen AnchorFiles::see() {
    const ledger::AnchorPlace place = anchors_.settings().place();
    Seen seen;
    std::set<std::string> lines;
    database_.read([&](db::Reader& reader) {
        seen.before = ledger::held_before(reader, place);
        lines = ledger::lines_for_file(reader);
        seen.is_told = operators::WorkItems().find_open(reader, kCutItem, place.id()).has_value();
    });
    seen.file = ledger::read_anchor_file(place);
    seen.gap = ledger::gap_of(lines, seen.file, seen.before);
    return seen;
}

ledger::AnchorGap AnchorFiles::look() {
    return see().gap;
}

Result<std::vector<std::string>> AnchorFiles::complete(How how) {
    const Seen seen = see();
    auto item = std::make_shared<FileItem>();
    item->place = seen.file.place;
    item->after_a_look = how == How::AfterALook;
    if (seen.gap.is_cut && how == How::ByItself) {
        item->cut.emplace(ledger::ledger_error::kAnchorFileCut, seen.gap.parameters(item->place));
        if (!seen.is_told) {
            if (const Status told = queue_.run(*this, item); !told) return told.error();
        }
        return *item->cut;
    }
    if (!seen.gap.missing.empty() || !seen.file.is_there) {
        if (const Status written = ledger::append_lines(seen.file, seen.gap.missing); !written) return written.error();
    }
    item->held = seen.gap.all;
    const bool is_known = seen.before && *seen.before == static_cast<std::int64_t>(item->held);
    if (!is_known || seen.is_told) {
        if (const Status remembered = queue_.run(*this, item); !remembered) return remembered.error();
    }
    return seen.gap.missing;
}

std::unique_ptr<db::Work> AnchorFiles::begin(std::span<const std::shared_ptr<db::Item>> items) {
    return std::make_unique<FileWork>(items);
}

bool AnchorHeads::is_due(Instant now) {
    if (now < not_before_ && now < look_again_) return false;
    look_again_ = now + kLookEvery;
    bool due = false;
    database_.look([&](db::Reader& reader) {
        const Instant last = ledger::Anchors::last_at(reader);
        file_may_lack_ = file_may_lack_ || last != last_anchor_;
        last_anchor_ = last;
        not_before_ = last + anchors_.settings().every;
        due = now >= not_before_ && ledger::Anchors::has_news(reader);
    });
    return due;
}

std::size_t AnchorHeads::step(Instant now) {
    const bool due = is_due(now);
    if (due) {
        file_may_lack_ = true;
        if (const Status status = queue_.run(*this, std::make_shared<db::Item>()); !status) {
            failure_ = status.error();
            return 0;
        }
    }
    if (!file_may_lack_ || now < file_not_before_) return 0;
    const auto appended = files_.complete(AnchorFiles::How::ByItself);
    failure_ = appended.ok() ? std::nullopt : std::optional<Error>(appended.error());
    file_may_lack_ = !appended.ok();
    const bool is_cut = failure_ && failure_->code == &ledger::ledger_error::kAnchorFileCut;
    file_not_before_ = is_cut ? now + kLookEvery : Instant{};
    return appended.ok() ? appended->size() : 0;
}

std::unique_ptr<db::Work> AnchorHeads::begin(std::span<const std::shared_ptr<db::Item>>) {
    return std::make_unique<AnchorWork>(anchors_);
}

}  // namespace huiqiao::flow
