#include "src/app/bench_peers.h"

#include <map>
#include <stdexcept>
#include <utility>

namespace huiqiao::app {

namespace {

http::Request request_of(http::Method method, const std::string& target, const http::Headers& headers,
                         std::string_view host, const std::string& body) {
    http::Request request;
    request.method = method;
    if (!http::set_target(request, target)) throw LogicError("bad target " + target);
    request.headers = headers;
    request.headers.set("Host", host);
    request.body = body;
    request.peer = "127.0.0.1";
    return request;
}

db::DatabaseSettings file(const std::filesystem::path& directory, const std::string& name) {
    db::DatabaseSettings settings;
    settings.path = (directory / (name + ".db")).string();
    settings.time_from_server = false;
    return settings;
}

}  // namespace

http::Request received(const http::OutgoingRequest& sent) {
    const std::string_view host = std::string_view(sent.base_url).substr(sent.base_url.find("://") + 3);
    return request_of(sent.method, sent.target, sent.headers, host, sent.body);
}

class BenchPeers::Impl {
 public:
    explicit Impl(const BenchPeersParts& parts)
        : clock_(parts.clock),
          ids_(parts.clock, parts.random),
          stage_{parts.config, parts.tables, parts.rates_file, parts.clock, ids_, parts.keys},
          calendar_(Calendar::parse(read_text(parts.tables / "calendars/CNY.csv").value()).value()),
          customs_(customs_keys(stage_)),
          bank_books_(file(parts.directory, "bank"), parts.clock),
          channel_books_(file(parts.directory, "channel"), parts.clock),
          customs_books_(file(parts.directory, "customs"), parts.clock) {
        by_name_[parts.config.bank] = make_bank(stage_, parts.config.bank, bank_books_);
        by_name_["sandbox-pay"] = make_channel(stage_, channel_books_, calendar_);
        by_name_["single-window"] = make_customs(stage_, customs_books_, customs_);
        for (const calls::CounterpartySettings& each : parts.config.counterparties)
            by_url_[each.base_url] = by_name_.at(each.name).get();
    }

    template <class Do>
    auto timed(Do&& work) {
        const Spent begin = Spent::until_now();
        auto result = work();
        took_ += Spent::until_now() - begin;
        return result;
    }
    http::Outcome carry(const http::OutgoingRequest& request) {
        const auto peer = by_url_.find(request.base_url);
        if (peer == by_url_.end()) return {http::OutcomeKind::NotSent, {}, "nobody is there"};
        return answered(*peer->second, received(request));
    }

    int deliver_due(Instant now, const Institution& institution) {
        int delivered = 0;
        for (auto& [name, peer] : by_name_) {
            const std::vector<sandbox::Sending> due = timed([&, &of = *peer] { return of.due(now); });
            std::vector<http::Outcome> outcomes(due.size());
            std::vector<http::Request> for_us;
            std::vector<std::size_t> places;
            for (std::size_t at = 0; at < due.size(); ++at) {
                http::Request request =
                    request_of(due[at].method, due[at].target, due[at].headers, due[at].to, due[at].body);
                if (due[at].to != "institution") {
                    outcomes[at] = answered(*by_name_.at(due[at].to), request);
                    continue;
                }
                for_us.push_back(std::move(request));
                places.push_back(at);
            }
            std::vector<http::Response> answers = institution(for_us);
            for (std::size_t at = 0; at < places.size(); ++at)
                outcomes[places[at]] = {http::OutcomeKind::Answered, std::move(answers[at]), ""};
            timed([&, &of = *peer] {
                for (std::size_t at = 0; at < due.size(); ++at) of.sent(due[at].id, outcomes[at], now);
                return 0;
            });
            delivered += static_cast<int>(due.size());
        }
        return delivered;
    }
    [[nodiscard]] Spent took() const { return took_; }

 private:
    http::Outcome answered(sandbox::Counterparty& peer, const http::Request& request) {
        http::Response response = timed([&] { return peer.answer(request, clock_.now()); });
        if (response.status == sandbox::kNoAnswer) return {http::OutcomeKind::Unknown, {}, "no answer"};
        return {http::OutcomeKind::Answered, std::move(response), ""};
    }

    const Clock& clock_;
    IdSource ids_;
    Stage stage_;
    Calendar calendar_;
    CustomsKeys customs_;
    db::Database bank_books_;
    db::Database channel_books_;
    db::Database customs_books_;
    std::map<std::string, std::unique_ptr<sandbox::Counterparty>> by_name_;
    std::map<std::string, sandbox::Counterparty*> by_url_;
    Spent took_;  // the machine's time, whatever clock they live by
};

namespace {

class PeerClient final : public http::Client {
 public:
    explicit PeerClient(std::function<http::Outcome(const http::OutgoingRequest&)> carry) : carry_(std::move(carry)) {}
    http::CallHandle start(http::OutgoingRequest request) override {
        completed_.push_back({++last_, carry_(request)});
        return last_;
    }
    std::vector<http::Completion> take_completed(Monotonic) override { return std::exchange(completed_, {}); }
    void abandon(http::CallHandle handle) override {
        std::erase_if(completed_, [&](const http::Completion& each) { return each.handle == handle; });
    }
    void wait(std::chrono::microseconds) override {}

 private:
    std::function<http::Outcome(const http::OutgoingRequest&)> carry_;
    std::vector<http::Completion> completed_;
    http::CallHandle last_ = 0;
};

}  // namespace

BenchPeers::BenchPeers(const BenchPeersParts& parts) : impl_(std::make_unique<Impl>(parts)) {}
BenchPeers::~BenchPeers() = default;

std::unique_ptr<http::Client> BenchPeers::client() {
    return std::make_unique<PeerClient>([this](const http::OutgoingRequest& request) { return impl_->carry(request); });
}
int BenchPeers::deliver_due(Instant now, const Institution& institution) {
    return impl_->deliver_due(now, institution);
}
Spent BenchPeers::took() const {
    return impl_->took();
}

}  // namespace huiqiao::app
