#include "signing/remote_key_cache.hpp"

#include <boost/asio/steady_timer.hpp>

#include <algorithm>

namespace katydid::signing {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t entries_max = 64;
constexpr auto document_lifetime = 1h;
constexpr auto failure_lifetime = 30s;
constexpr auto refresh_interval = 1min;
constexpr double burst = 16;
constexpr double fetches_per_second = 1;

}  // namespace

/// One fetch under way, and those who wait for it.
struct RemoteKeyCache::Fetch {
    Fetch(const asio::any_io_executor& executor, std::string u) : url{std::move(u)}, done{executor}
    {
        done.expires_at(SteadyTime::max());
    }

    const std::string url;
    asio::steady_timer done;  ///< cancelled when the answer is there
    std::optional<result<Document>> answer;
};

bool RemoteKeyCache::take_token()
{
    const auto now = clock_.steady_now();
    const std::chrono::duration<double> passed = now - tokens_at_;
    tokens_ = std::min(burst, tokens_ + passed.count() * fetches_per_second);
    tokens_at_ = now;
    if (tokens_ < 1) return false;
    tokens_ -= 1;
    return true;
}

/// Drops what has expired, and if that is not enough what expires first.
void RemoteKeyCache::make_room()
{
    const SteadyTime now = clock_.steady_now();
    std::erase_if(entries_, [&](const auto& item) { return item.second.expires <= now; });
    while (entries_.size() >= entries_max) {
        entries_.erase(
            std::min_element(entries_.begin(), entries_.end(), [](const auto& a, const auto& b) {
                return a.second.expires < b.second.expires;
            }));
    }
}

result<RemoteKeyCache::Document>
RemoteKeyCache::keep(const std::string& url, result<std::string> fetched, const Accept& accept)
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
    if (known == entries_.end()) make_room();
    const SteadyTime expires = document ? now + document_lifetime : now + failure_lifetime;
    entries_.insert_or_assign(url, Entry{document, now, expires});
    return document;
}

awaitable<void> RemoteKeyCache::run(std::shared_ptr<Fetch> fetch, Accept accept)
{
    try {
        auto fetched = co_await fetcher_.fetch(fetch->url);
        fetch->answer = keep(fetch->url, std::move(fetched), accept);
    } catch (const std::exception& exception) {
        fetch->answer = result<Document>{Error{errc::internal, exception.what()}};
    }
    fetches_.erase(fetch->url);
    fetch->done.cancel();
}

/// Begins a fetch, or joins the one that is under way.
awaitable<result<RemoteKeyCache::Document>> RemoteKeyCache::ask(std::string url, Accept accept)
{
    const auto executor = co_await asio::this_coro::executor;
    const auto under_way = fetches_.find(url);
    auto fetch = under_way != fetches_.end() ? under_way->second : nullptr;
    if (!fetch) {
        if (!take_token())
            co_return Error{errc::over_limit, "too many different keys are asked for: try later"};
        fetch = std::make_shared<Fetch>(executor, url);
        fetches_.emplace(url, fetch);
        auto work = run(fetch, std::move(accept));
        // run() lets no exception out: what went wrong is in the answer.
        asio::co_spawn(executor, std::move(work), [](const std::exception_ptr&) {});
    }
    while (!fetch->answer) co_await fetch->done.async_wait(use_tuple);
    co_return *fetch->answer;
}

awaitable<result<RemoteKeyCache::Document>> RemoteKeyCache::get(std::string url, Accept accept)
{
    const auto found = entries_.find(url);
    if (found != entries_.end() && clock_.steady_now() < found->second.expires)
        co_return found->second.document;
    auto document = co_await ask(std::move(url), std::move(accept));
    co_return document;
}

awaitable<result<RemoteKeyCache::Document>> RemoteKeyCache::refresh(std::string url, Accept accept)
{
    const auto found = entries_.find(url);
    if (found != entries_.end() && clock_.steady_now() - found->second.fetched < refresh_interval)
        co_return found->second.document;
    auto document = co_await ask(std::move(url), std::move(accept));
    co_return document;
}

}  // namespace katydid::signing
