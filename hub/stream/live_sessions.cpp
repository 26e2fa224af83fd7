#include "hub/stream/live_sessions.hpp"

#include "hub/stream/frames.hpp"

namespace katydid::stream {
namespace {

constexpr milliseconds watch_interval{500};

http::Response busy(unsigned status, std::string_view detail, std::string seconds)
{
    auto response = http::Response::problem(status, detail);
    response.with("Retry-After", std::move(seconds));
    return response;
}

void count_down(auto& counts, const auto& key)
{
    const auto found = counts.find(key);
    if (found != counts.end() && --found->second == 0) counts.erase(found);
}

/// People have no key: they are counted by the session of their browser.
std::string caller_of(const Visitor& visitor)
{
    return visitor.session.empty() ? visitor.key.to_string() : visitor.session;
}

std::size_t own(const auto& counts, const auto& key)
{
    const auto found = counts.find(key);
    return found == counts.end() ? 0 : found->second;
}

}  // namespace

LiveSessions::LiveSessions(Parts parts)
    : parts_{std::move(parts)},
      watchdog_{parts_.executor},
      watch_{watch_interval, [this] { return look_after_keys(); }}
{}

LiveSessions::Place::Place(LiveSessions& sessions, Visitor visitor, MailboxPtr mailbox)
    : sessions_{sessions},
      visitor_{std::move(visitor)},
      mailbox_{std::move(mailbox)},
      self_{sessions_.places_.insert(sessions_.places_.end(), this)}
{
    ++sessions_.of_tenant_[visitor_.tenant];
    ++sessions_.of_caller_[caller_of(visitor_)];
    ++sessions_.of_address_[http::AddressKey{visitor_.address}];
}

LiveSessions::Place::~Place()
{
    mailbox_->stop();
    count_down(sessions_.of_tenant_, visitor_.tenant);
    count_down(sessions_.of_caller_, caller_of(visitor_));
    count_down(sessions_.of_address_, http::AddressKey{visitor_.address});
    sessions_.places_.erase(self_);
    if (sessions_.draining_since_ && sessions_.places_.empty()) sessions_.watchdog_.trim();
}

std::unique_ptr<LiveSessions::Place> LiveSessions::admit(Visitor visitor, MailboxPtr mailbox,
                                                         http::Response& refusal)
{
    const bool is_counted = !parts_.is_counted || parts_.is_counted(visitor.address);
    const auto caller_max = visitor.session.empty() ? key_max : session_max;
    if (draining_since_) refusal = busy(503, "The hub is ending: connect again in a moment.", "1");
    else if (own(of_caller_, caller_of(visitor)) >= caller_max)
        refusal = busy(429, "This key or session has too many open streams: close some.", "5");
    else if (own(of_tenant_, visitor.tenant) >= parts_.tenant_max)
        refusal = busy(429, "This tenant has too many open streams: close some.", "5");
    else if (is_counted && own(of_address_, http::AddressKey{visitor.address}) >= address_max)
        refusal = busy(429, "Your address has too many open streams: close some.", "5");
    else return std::make_unique<Place>(*this, std::move(visitor), std::move(mailbox));
    return nullptr;
}

/// Closing takes effect in the session's own turn: no place goes while this looks.
awaitable<void> LiveSessions::look_after_keys()
{
    for (auto* place : places_) {
        const auto& refusal = place->visitor_.refusal;
        auto why = refusal ? refusal() : std::string{};
        if (!why.empty()) place->mailbox_->put(Closing{key_not_good, std::move(why)});
    }
    co_await look_after_sessions();
}

awaitable<void> LiveSessions::look_after_sessions()
{
    std::map<std::string, std::function<awaitable<bool>()>> sessions;
    for (const auto* place : places_)
        if (place->visitor_.goes_on)
            sessions.emplace(place->visitor_.session, place->visitor_.goes_on);
    for (const auto& [session, goes_on] : sessions) {
        const bool is_open = co_await goes_on();
        if (is_open) continue;
        for (auto* place : places_)
            if (place->visitor_.session == session)
                place->mailbox_->put(Closing{key_not_good, "the session was signed out"});
    }
}

void LiveSessions::drain()
{
    if (draining_since_) return;
    draining_since_ = parts_.clock.steady_now();
    watch_.stop();
    for (auto* place : places_) place->mailbox_->put(Notice{write_draining()});
    if (places_.empty()) watchdog_.trim();  // else with the last of them
}

}  // namespace katydid::stream
