#include "hub/api/live/feed_session.hpp"

#include "hub/api/protocol/output.hpp"
#include "hub/core/subscription/subscription.hpp"

#include <algorithm>
#include <utility>

namespace katydid::api {
namespace {

using stream::Closing;
using stream::Said;
using stream::Saying;

constexpr std::uint32_t page_rows = 50;
constexpr std::size_t said_max = 4'096;

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
    if (!query.events) return false;
    if (!query.types.empty() && !has_any(query.types, event.type)) return false;
    if (!query.sources.empty() && !has(query.sources, event.source)) return false;
    if (!query.subscription) return true;
    const auto& sources = query.subscription->sources;
    return has_any(query.subscription->event_types, event.type)
           && (sources.empty() || has(sources, event.source));
}

FeedSession::FeedSession(Parts parts, FeedQuery query)
    : parts_{std::move(parts)},
      query_{std::move(query)}
{
    stream::Interest interest{query_.tenant, std::nullopt, query_.deliveries, query_.attempts};
    if (query_.subscription) interest.subscription = query_.subscription->id;
    const auto wanted = std::make_shared<const FeedQuery>(query_);
    box_ = parts_.happenings.watch(
        interest, parts_.executor, [mailbox = parts_.mailbox] { mailbox->wake(); },
        [wanted](const Event& event) { return wants(*wanted, event); });
}

FeedSession::~FeedSession() { parts_.happenings.leave(box_); }

awaitable<result<void>> FeedSession::begin()
{
    if (query_.after && query_.events) co_return result<void>{};
    is_live_ = true;
    auto live = co_await go_live();
    co_return live;
}

awaitable<result<void>> FeedSession::go_live()
{
    box_->start_events();
    auto followed = co_await parts_.reader.follow(query_.tenant);
    co_return followed;
}

awaitable<Said> FeedSession::next(SteadyTime until)
{
    while (!is_over()) {
        auto said = say();
        if (!std::holds_alternative<std::monostate>(said)) co_return said;
        if (!is_live_) {
            const auto read = co_await catch_up();
            if (read.has_error()) co_return Closing{stream::try_again_later, read.error().message};
            continue;
        }
        if (until <= SteadyTime::clock::now()) break;
        co_await parts_.mailbox->wait(until);
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
    while (is_live_) {
        auto happened = box_->take();
        if (!happened) break;
        const bool was_said = !happened->id.empty()
                              && (said_.erase(happened->id) > 0
                                  || said_before_.erase(happened->id) > 0);
        if (!was_said) return std::move(*happened);
    }
    return {};
}

/// What is told before the box takes events is read here. What is told after that may have been
/// read too, even before, since the feed's reader looks for other hubs' events only now and then:
/// it is passed over in the box.
awaitable<result<void>> FeedSession::catch_up()
{
    const bool is_last = box_->takes_events();
    store::EventQuery query;
    query.tenant = query_.tenant;
    query.ascending = true;
    query.by_commit = true;
    query.limit = page_rows;
    query.cursor = query_.after;
    if (query_.types.size() == 1) query.type = query_.types.front();
    if (query_.sources.size() == 1) query.source = query_.sources.front();
    const auto rows = co_await parts_.store.events(query);
    if (rows.has_error()) co_return rows.error();
    if (!is_last && said_.size() >= said_max) said_before_ = std::exchange(said_, {});
    for (const auto& row : *rows) {
        query_.after = row.event.id;
        if (!wants(query_, row.event)) continue;
        events_.push_back(to_saying(row));
        said_.insert(events_.back().id);
    }
    // A page may also be full of bytes: only an empty one is the end.
    if (!rows->empty()) co_return result<void>{};
    is_live_ = is_last;
    if (is_last) co_return result<void>{};
    auto live = co_await go_live();
    co_return live;
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
