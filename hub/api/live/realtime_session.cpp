#include "hub/api/live/realtime_session.hpp"

#include "hub/receive/receiver.hpp"
#include "hub/registry/subscription_matcher.hpp"
#include "hub/stream/frames.hpp"

#include <algorithm>

namespace katydid::api {
namespace {

using stream::Closing;
using stream::Said;
using stream::Saying;

constexpr std::uint32_t events_read = 50;
constexpr std::size_t recent_max = 4'096;

/// Whether the same event may be taken another time.
bool is_passing(const Error& error)
{
    return error != errc::invalid_argument && error != errc::too_large;
}

bool covers_any(const std::vector<std::string>& topics, std::string_view type)
{
    return std::ranges::any_of(
        topics, [&](const std::string& each) { return registry::covers(each, type); });
}

}  // namespace

bool Side::hears(std::string_view source, std::string_view type) const noexcept
{
    if (platform == "atlvs") return source == "grasshopper";
    return source == "atlvs" || (source == "bridge" && !type.starts_with("bridge."));
}

const Side& grasshopper_side() noexcept
{
    static constexpr Side side{"grasshopper", "bridge:atlvs"};
    return side;
}

const Side& atlvs_side() noexcept
{
    static constexpr Side side{"atlvs", "bridge:grasshopper"};
    return side;
}

RealtimeSession::RealtimeSession(Parts parts, const Side& side)
    : parts_{std::move(parts)},
      side_{side},
      waiter_{parts_.commits, default_tenant(), parts_.executor,
              [flag = has_commit_, mailbox = parts_.mailbox] {
                  *flag = true;
                  mailbox->wake();
              }}
{}

awaitable<Said> RealtimeSession::next(SteadyTime until)
{
    while (!is_over()) {
        auto said = say();
        if (!std::holds_alternative<std::monostate>(said)) co_return said;
        if (!updates_.empty()) {
            auto update = co_await read_update();
            if (update.has_error())
                co_return Closing{stream::try_again_later, update.error().message};
            if (std::holds_alternative<Saying>(*update)) co_return std::move(*update);
            continue;
        }
        if (std::exchange(*has_commit_, false))
            for (auto& each : readings_) each.is_at_end = false;
        if (const auto* reading = unread()) {
            const auto read = co_await read_page(reading->after);
            if (read.has_error()) co_return Closing{stream::try_again_later, read.error().message};
            continue;
        }
        const auto now = SteadyTime::clock::now();
        if (until <= now) break;
        auto wake = until;
        const bool is_shared = parts_.commits.is_shared();
        if (is_shared)
            wake = std::min<SteadyTime>(wake, now + intake::CommitNotifier::look_interval);
        if (const auto end = ends_at()) wake = std::min(wake, *end);
        co_await parts_.mailbox->wait(wake);
        if (is_shared) *has_commit_ = true;
    }
    co_return Said{};
}

/// While the hub drains: when the answer for what is being taken in has been said.
std::optional<SteadyTime> RealtimeSession::ends_at() const
{
    const auto since = parts_.place->draining_since();
    if (!since) return std::nullopt;
    return is_publishing_ ? *since + stream::LiveSessions::drain_grace : *since;
}

/// What is at hand without waiting, but for updates. monostate: nothing.
Said RealtimeSession::say()
{
    auto& mailbox = *parts_.mailbox;
    if (!mailbox.empty()) {
        auto message = mailbox.take();
        if (auto* closing = std::get_if<Closing>(&message)) return std::move(*closing);
        if (auto* notice = std::get_if<stream::Notice>(&message)) {
            if (answers_ > 0) --answers_;
            return Saying{{}, {}, std::move(notice->text)};
        }
    }
    const auto end = ends_at();
    if (end && *end <= SteadyTime::clock::now())
        return Closing{stream::going_away, "the hub is ending"};
    return {};
}

RealtimeSession::Reading* RealtimeSession::unread()
{
    const auto found = std::ranges::find(readings_, false, &Reading::is_at_end);
    return found == readings_.end() ? nullptr : &*found;
}

/// Whether another reading has brought it since the last one began.
bool RealtimeSession::is_repeat(EventId id)
{
    if (readings_.size() < 2) return false;
    if (std::ranges::find(recent_, id) != recent_.end()) return true;
    recent_.push_back(id);
    if (recent_.size() > recent_max) recent_.pop_front();
    return false;
}

/// The page after that event, for the reading that stands there: while the store is asked it may
/// have got or lost topics, or have gone.
awaitable<result<void>> RealtimeSession::read_page(EventId after)
{
    store::EventQuery query;
    query.ascending = true;
    query.by_commit = true;
    query.limit = events_read;
    query.cursor = after;
    const auto rows = co_await parts_.store.events(query);
    if (rows.has_error()) co_return rows.error();
    const auto found = std::ranges::find(readings_, after, &Reading::after);
    if (found == readings_.end()) co_return result<void>{};
    for (const auto& row : *rows) {
        const auto& event = row.event;
        const bool is_wanted = side_.hears(event.source, event.type)
                               && covers_any(found->topics, event.type) && !is_repeat(event.id);
        if (is_wanted) updates_.push_back({event.id, event.type});
        found->after = event.id;
    }
    // A page may also be full of bytes: only an empty one is the end.
    if (rows->empty()) found->is_at_end = true;
    merge_readings();
    co_return result<void>{};
}

void RealtimeSession::merge_readings()
{
    for (auto at = readings_.begin(); at != readings_.end();) {
        const auto same = std::find_if(
            readings_.begin(), at, [&](const Reading& each) { return each.after == at->after; });
        if (same == at) {
            ++at;
            continue;
        }
        same->topics.insert(same->topics.end(), at->topics.begin(), at->topics.end());
        same->is_at_end = same->is_at_end && at->is_at_end;
        at = readings_.erase(at);
    }
    if (readings_.size() < 2) recent_.clear();
}

/// The next update; monostate: it was erased meanwhile.
awaitable<result<Said>> RealtimeSession::read_update()
{
    const auto waiting = std::move(updates_.front());
    updates_.pop_front();
    const auto event = co_await parts_.store.event(default_tenant(), waiting.id);
    if (event.has_error() && event.error() == errc::not_found) co_return Said{};
    if (event.has_error()) co_return event.error();
    Said said = Saying{"update", waiting.id.to_string(), write_update(**event)};
    co_return said;
}

awaitable<result<EventId>> RealtimeSession::newest()
{
    store::EventQuery query;
    query.by_commit = true;
    query.limit = 1;
    const auto rows = co_await parts_.store.events(query);
    if (rows.has_error()) co_return rows.error();
    co_return rows->empty() ? EventId{} : rows->front().event.id;
}

awaitable<void> RealtimeSession::hear(std::string text)
{
    if (parts_.mailbox->is_closing()) co_return;
    auto frame = read_platform_frame(text);
    if (auto* misfit = std::get_if<Misfit>(&frame)) refuse(*misfit);
    else if (auto* asked = std::get_if<Subscribe>(&frame)) co_await subscribe(std::move(*asked));
    else if (auto* ended = std::get_if<Unsubscribe>(&frame)) unsubscribe(ended->topics);
    else if (std::holds_alternative<PlatformPing>(frame)) answer(R"({"type":"pong"})");
    else co_await publish(std::move(std::get<PlatformPublish>(frame)));
}

/// A topic that is there already goes on from the new position, if one is named.
awaitable<void> RealtimeSession::subscribe(Subscribe subscribe)
{
    auto after = subscribe.after;
    if (!after) {
        const auto now = co_await newest();
        if (now.has_error()) {
            close(stream::try_again_later, now.error().message);
            co_return;
        }
        after = *now;
    }
    auto topics = subscribe.topics;
    if (subscribe.after) unsubscribe(topics);
    else
        std::erase_if(topics, [&](const std::string& each) {
            return std::ranges::any_of(readings_, [&](const Reading& reading) {
                return std::ranges::find(reading.topics, each) != reading.topics.end();
            });
        });
    if (!topics.empty()) readings_.push_back({std::move(topics), *after});
    recent_.clear();
    merge_readings();
    std::size_t count = 0;
    for (const auto& each : readings_) count += each.topics.size();
    if (count > topics_max)
        close(stream::policy_violation, "more than 200 topics: subscribe to \"prefix.*\" or \"*\"");
    else if (readings_.size() > readings_max)
        close(stream::policy_violation, "more than 8 positions on one connection");
    else answer(write_subscribed(subscribe.topics, *after));
}

void RealtimeSession::unsubscribe(const std::vector<std::string>& topics)
{
    for (auto& reading : readings_)
        std::erase_if(reading.topics, [&](const std::string& each) {
            return std::ranges::find(topics, each) != topics.end();
        });
    std::erase_if(readings_, [](const Reading& each) { return each.topics.empty(); });
    std::erase_if(updates_, [&](const Waiting& waiting) {
        return std::ranges::none_of(
            readings_, [&](const Reading& each) { return covers_any(each.topics, waiting.type); });
    });
    merge_readings();
}

awaitable<void> RealtimeSession::publish(PlatformPublish publish)
{
    const auto ref = publish.ref;
    auto event = to_event(std::move(publish), side_.platform);
    is_publishing_ = true;
    const auto taken = co_await parts_.receiver.take_in(std::move(event));
    is_publishing_ = false;
    if (taken.has_error())
        answer(write_refused(ref, taken.error().message, is_passing(taken.error())));
    else answer(write_accepted(ref, taken->event, taken->duplicate));
}

void RealtimeSession::refuse(const Misfit& misfit)
{
    if (misfit.ref.empty()) answer(stream::write_error(misfit.detail));
    else answer(write_refused(misfit.ref, misfit.detail, false));
    if (++errors_ == errors_max)
        close(stream::policy_violation, "too many frames that make no sense");
}

void RealtimeSession::answer(std::string text)
{
    if (++answers_ > answers_max)
        close(stream::too_slow, "too many answers wait to be read: connect again, and resume");
    else parts_.mailbox->put(stream::Notice{std::move(text)});
}

void RealtimeSession::close(std::uint16_t code, std::string reason)
{
    parts_.mailbox->put(Closing{code, std::move(reason)});
}

}  // namespace katydid::api
