#include "signing/keys/remote_key_cache.hpp"

#include <algorithm>

namespace katydid::signing {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t entries_max = 256;
constexpr std::size_t user_entries_max = 16;
constexpr auto document_lifetime = 1h;
constexpr auto failure_lifetime = 30s;
constexpr auto refresh_interval = 1min;
constexpr double burst = 32;
constexpr double burst_kept = 16;  ///< of it, for users that have not asked lately
constexpr double fetches_per_second = 4;
constexpr double user_burst = 8;
constexpr double user_fetches_per_second = 0.5;

}  // namespace

RemoteKeyCache::RemoteKeyCache(Fetcher& fetcher, const Clock& clock)
    : fetcher_{fetcher},
      clock_{clock},
      rate_{{{burst, fetches_per_second}, burst_kept, {user_burst, user_fetches_per_second}}}
{}

/// Drops what has expired, and if that is not enough what expires first: of the user, when that has
/// its share, else of all.
void RemoteKeyCache::make_room(const std::string& user)
{
    const SteadyTime now = clock_.steady_now();
    std::erase_if(entries_, [&](const auto& item) { return item.second.expires <= now; });
    const auto own = static_cast<std::size_t>(std::ranges::count_if(
        entries_, [&](const auto& item) { return item.second.user == user; }));
    const bool has_share = own >= user_entries_max;
    if (!has_share && entries_.size() < entries_max) return;
    auto first = entries_.end();
    for (auto item = entries_.begin(); item != entries_.end(); ++item) {
        if (has_share && item->second.user != user) continue;
        if (first == entries_.end() || item->second.expires < first->second.expires) first = item;
    }
    entries_.erase(first);
}

result<RemoteKeyCache::Document>
RemoteKeyCache::keep(const std::string& url, const std::string& user, result<std::string> fetched,
                     const Accept& accept)
{
    result<Document> document{Document{}};
    if (fetched.has_error()) document = fetched.error();
    else if (fetched->size() > Fetcher::bytes_max)
        document = Error{errc::too_large, "the key at " + url + " is far too large"};
    else document = std::make_shared<const std::string>(std::move(*fetched));
    if (document && accept)
        if (const auto accepted = accept(**document); !accepted) document = accepted.error();
    const SteadyTime now = clock_.steady_now();
    const auto known = entries_.find(url);
    // A document that is still good is not given up for a failure to refresh it.
    if (!document && known != entries_.end() && known->second.document
        && now < known->second.expires) {
        known->second.fetched = now;
        return known->second.document;
    }
    if (known == entries_.end()) make_room(user);
    const SteadyTime expires = document ? now + document_lifetime : now + failure_lifetime;
    entries_.insert_or_assign(url, Entry{document, now, expires, user});
    return document;
}

awaitable<result<RemoteKeyCache::Document>> RemoteKeyCache::fetch(std::string url, Accept accept,
                                                                  std::string user)
{
    try {
        auto fetched = co_await fetcher_.fetch(url);
        co_return keep(url, user, std::move(fetched), accept);
    } catch (const std::exception& exception) {
        co_return Error{errc::internal, exception.what()};
    }
}

/// Begins a fetch, or joins the one that is under way.
awaitable<result<RemoteKeyCache::Document>> RemoteKeyCache::ask(std::string url, Accept accept,
                                                                std::string user)
{
    if (!fetches_.is_under_way(url) && !rate_.take(user, clock_.steady_now()))
        co_return Error{errc::over_limit, "too many different keys are asked for: try later"};
    auto work = [this, url, accept = std::move(accept), user = std::move(user)] {
        return fetch(url, accept, user);
    };
    const auto document = co_await fetches_.run(std::move(url), std::move(work));
    co_return *document;
}

awaitable<result<RemoteKeyCache::Document>> RemoteKeyCache::get(std::string url, Accept accept,
                                                                std::string user)
{
    const auto found = entries_.find(url);
    if (found != entries_.end() && clock_.steady_now() < found->second.expires)
        co_return found->second.document;
    auto document = co_await ask(std::move(url), std::move(accept), std::move(user));
    co_return document;
}

awaitable<result<RemoteKeyCache::Document>> RemoteKeyCache::refresh(std::string url, Accept accept,
                                                                    std::string user)
{
    const auto found = entries_.find(url);
    if (found != entries_.end() && clock_.steady_now() - found->second.fetched < refresh_interval)
        co_return found->second.document;
    auto document = co_await ask(std::move(url), std::move(accept), std::move(user));
    co_return document;
}

}  // namespace katydid::signing
