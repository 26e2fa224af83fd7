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
/// What was read from the store is told again by then, if at all, unless the feed's reader is still
/// at it.
constexpr std::chrono::seconds reader_behind_max{10};

bool has_any(const std::vector<std::string>& patterns, std::string_view type)
{
    return std::ranges::any_of(
        patterns, [&](const std::string& each) { return registry::covers(each, type); });
}

bool has(const std::vector<std::string>& names, const std::string& name)
{
    return std::ranges::find(names, name) != names.end();
}

/// Those who ask for the same things share what they are told. No item has a comma in it.
std::string text_of(const FeedQuery& query)
{
    std::string text = query.events ? "e" : "-";
    for (const auto* list : {&query.types, &query.sources}) {
        text += "," + std::to_string(list->size());
        for (const auto& each : *list) text += "," + each;
    }
    if (query.subscription) text += "," + std::to_string(query.subscription->version);
    return text;
}

stream::Audience::Wish wish_of(const FeedQuery& query)
{
    stream::Audience::Wish wish;
    wish.interest = {query.tenant, std::nullopt, query.deliveries, query.attempts};
    if (query.subscription) wish.interest.subscription = query.subscription->id;
    const auto wanted = std::make_shared<const FeedQuery>(query);
    wish.events = [wanted](const Event& event) { return wants(*wanted, event); };
    wish.same = text_of(query);
    return wish;
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
    const auto mailbox = parts_.mailbox;
    seat_ = parts_.audience.join(wish_of(query_), [mailbox] { mailbox->wake(); });
}

awaitable<result<void>> FeedSession::begin()
{
    if (query_.after && query_.events) {
        auto passed = co_await pass_over_earlier();
        co_return passed;
    }
    is_live_ = true;
    auto live = co_await go_live();
    co_return live;
}

/// The feed's reader looks for other hubs' events only now and then. Who got them there and resumes
/// here is ahead of it: between what it told last and `after` are those that it has yet to tell.
awaitable<result<void>> FeedSession::pass_over_earlier()
{
    said_.insert(query_.after->to_string());
    const auto told = co_await parts_.reader.told_last(query_.tenant);
    if (!told) co_return result<void>{};
    std::unordered_set<std::string> untold;
    auto query = after_event(*told);
    query.limit = store::list_limit_max;
    while (query.cursor != query_.after) {
        const auto rows = co_await parts_.store.events(query);
        if (rows.has_error()) co_return rows.error();
        if (rows->empty()) co_return result<void>{};  // the reader has told `after`
        for (const auto& row : *rows) {
            query.cursor = row.event.id;
            if (query.cursor == query_.after) break;
            untold.insert(row.event.id.to_string());
        }
    }
    said_.merge(untold);
    co_return result<void>{};
}

awaitable<result<void>> FeedSession::go_live()
{
    counts_since_ = SteadyTime::clock::now();
    for (auto& each : seat_->start_events()) sayings_.push_back(std::move(each));
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
    if (!sayings_.empty()) {
        auto saying = std::move(sayings_.front());
        sayings_.pop_front();
        return saying;
    }
    return is_live_ ? say_told() : Said{};
}

/// What every reader is told, but for what this one has read from the store already.
Said FeedSession::say_told()
{
    while (true) {
        auto told = seat_->take();
        if (auto* gap = std::get_if<Saying>(&told)) return std::move(*gap);
        auto* batch = std::get_if<stream::BatchPtr>(&told);
        if (batch == nullptr) return {};
        if (said_.empty() && said_before_.empty()) return std::move(*batch);
        keep_unsaid(**batch);
        if (sayings_.empty()) continue;
        auto saying = std::move(sayings_.front());
        sayings_.pop_front();
        return saying;
    }
}

void FeedSession::keep_unsaid(const stream::Batch& batch)
{
    bool is_new = false;
    for (const auto& saying : batch.sayings()) {
        const bool was_said = !saying.id.empty()
                              && (said_.erase(saying.id) > 0 || said_before_.erase(saying.id) > 0);
        if (was_said) continue;
        sayings_.push_back(saying);
        is_new = is_new || !saying.id.empty();
    }
    if (!is_new || SteadyTime::clock::now() < *counts_since_ + reader_behind_max) return;
    said_.clear();
    said_before_.clear();
}

store::EventQuery FeedSession::after_event(EventId event) const
{
    store::EventQuery query;
    query.tenant = query_.tenant;
    query.ascending = true;
    query.by_commit = true;
    query.cursor = event;
    return query;
}

/// What is told before its seat counts events is read here. What is told after that may have been
/// read too, even before, since the feed's reader looks for other hubs' events only now and then:
/// it is passed over (keep_unsaid).
awaitable<result<void>> FeedSession::catch_up()
{
    const bool is_last = counts_since_.has_value();
    auto query = after_event(*query_.after);
    query.limit = page_rows;
    if (query_.types.size() == 1) query.type = query_.types.front();
    if (query_.sources.size() == 1) query.source = query_.sources.front();
    const auto rows = co_await parts_.store.events(query);
    if (rows.has_error()) co_return rows.error();
    if (!is_last && said_.size() >= said_max) said_before_ = std::exchange(said_, {});
    for (const auto& row : *rows) {
        query_.after = row.event.id;
        if (!wants(query_, row.event)) continue;
        sayings_.push_back(to_saying(row));
        said_.insert(sayings_.back().id);
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
