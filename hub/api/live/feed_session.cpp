#include "hub/api/live/feed_session.hpp"

#include "hub/api/protocol/output.hpp"
#include "hub/core/subscription.hpp"

#include <algorithm>

namespace katydid::api {
namespace {

using stream::Closing;
using stream::Said;
using stream::Saying;

constexpr std::uint32_t page_rows = 50;

bool has_any(const std::vector<std::string>& patterns, std::string_view type)
{
    return std::ranges::any_of(
        patterns, [&](const std::string& each) { return registry::covers(each, type); });
}

bool has(const std::vector<std::string>& names, const std::string& name)
{
    return std::ranges::find(names, name) != names.end();
}

Saying to_saying(const store::EventRow& row)
{
    const boost::json::object object{{"type", "event"}, {"event", to_json(row)}};
    return {"event", row.event.id.to_string(), boost::json::serialize(object)};
}

}  // namespace

bool wants(const FeedQuery& query, const Event& event)
{
    if (!query.types.empty() && !has_any(query.types, event.type)) return false;
    if (!query.sources.empty() && !has(query.sources, event.source)) return false;
    if (!query.subscription) return true;
    const auto& sources = query.subscription->sources;
    return has_any(query.subscription->event_types, event.type)
           && (sources.empty() || has(sources, event.source));
}

FeedSession::FeedSession(Parts parts, FeedQuery query)
    : parts_{std::move(parts)},
      query_{std::move(query)},
      waiter_{parts_.commits, query_.tenant, parts_.executor,
              [flag = has_commit_, mailbox = parts_.mailbox] {
                  *flag = true;
                  mailbox->wake();
              }}
{
    if (parts_.happenings == nullptr || (!query_.deliveries && !query_.attempts)) return;
    stream::Interest interest{query_.tenant, std::nullopt, query_.deliveries, query_.attempts};
    if (query_.subscription) interest.subscription = query_.subscription->id;
    box_ = parts_.happenings->watch(interest, parts_.executor,
                                    [mailbox = parts_.mailbox] { mailbox->wake(); });
}

FeedSession::~FeedSession()
{
    if (box_) parts_.happenings->leave(box_);
}

awaitable<Said> FeedSession::next(SteadyTime until)
{
    while (!is_over()) {
        auto said = say();
        if (!std::holds_alternative<std::monostate>(said)) co_return said;
        if (*has_commit_) {
            const auto read = co_await read_events();
            if (read.has_error()) co_return Closing{stream::try_again_later, read.error().message};
            continue;
        }
        const auto now = SteadyTime::clock::now();
        if (until <= now) break;
        const bool is_shared = parts_.commits.is_shared();
        const auto look_at = now + intake::CommitNotifier::look_interval;
        const auto wake = is_shared ? std::min<SteadyTime>(until, look_at) : until;
        co_await parts_.mailbox->wait(wake);
        if (is_shared) *has_commit_ = true;
    }
    co_return Said{};
}

Said FeedSession::say()
{
    auto& mailbox = *parts_.mailbox;
    if (!mailbox.empty()) {
        auto message = mailbox.take();
        if (auto* closing = std::get_if<Closing>(&message)) return std::move(*closing);
        if (auto* notice = std::get_if<stream::Notice>(&message))
            return Saying{"draining", {}, std::move(notice->text)};
    }
    if (parts_.place->draining_since()) return Closing{stream::going_away, "the hub is ending"};
    if (!events_.empty()) {
        auto saying = std::move(events_.front());
        events_.pop_front();
        return saying;
    }
    if (auto happened = box_ ? box_->take() : std::nullopt) return std::move(*happened);
    return {};
}

awaitable<result<void>> FeedSession::read_events()
{
    *has_commit_ = false;
    store::EventQuery query;
    query.tenant = query_.tenant;
    query.ascending = true;
    query.limit = page_rows;
    query.cursor = query_.after;
    if (query_.types.size() == 1) query.type = query_.types.front();
    if (query_.sources.size() == 1) query.source = query_.sources.front();
    const auto rows = co_await parts_.store.events(query);
    if (rows.has_error()) co_return rows.error();
    for (const auto& row : *rows) {
        query_.after = row.event.id;
        if (wants(query_, row.event)) events_.push_back(to_saying(row));
    }
    // A page may also be full of bytes: only an empty one is the end.
    if (!rows->empty()) *has_commit_ = true;
    co_return result<void>{};
}

/// From the newest event on, unless it was asked for those after another.
awaitable<result<void>> FeedSession::begin()
{
    if (query_.after) co_return result<void>{};
    store::EventQuery query;
    query.tenant = query_.tenant;
    query.limit = 1;
    const auto rows = co_await parts_.store.events(query);
    if (rows.has_error()) co_return rows.error();
    if (!rows->empty()) query_.after = rows->front().event.id;
    co_return result<void>{};
}

awaitable<void> FeedSession::hear(std::string)
{
    close(stream::policy_violation, "the feed takes no frames");
    co_return;
}

void FeedSession::close(std::uint16_t code, std::string reason)
{
    parts_.mailbox->put(Closing{code, std::move(reason)});
}

}  // namespace katydid::api
