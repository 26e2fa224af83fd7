// Fetched certificates and key sets, so that few requests make the hub ask anybody.
#pragma once

#include "signing/fetcher.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace katydid::signing {

/// Documents are kept for an hour, failures for half a minute. Requests for a URL that is being
/// fetched wait for that fetch. At most 64 URLs are kept, and over a burst of 16 at most one fetch
/// a second is begun: a stranger who names many URLs makes the hub send no flood.
///
/// Owns neither fetcher nor clock; both outlive it, and it outlives its last fetch
/// (Fetcher::time_max). Thread safety: none, one per event loop.
class RemoteKeyCache {
public:
    using Document = std::shared_ptr<const std::string>;
    /// Whether a document may be used at all, e.g. its certificate chain. Asked once per fetch.
    using Accept = std::function<result<void>(std::string_view document)>;

    RemoteKeyCache(Fetcher& fetcher, const Clock& clock) : fetcher_{fetcher}, clock_{clock} {}

    /// Awaited in place. Errors: the fetcher's, those of `accept`, too_large for a document over
    /// Fetcher::bytes_max, over_limit when too many different URLs are asked for.
    /// Cancellation: only the wait ends; the fetch goes on for those who come later.
    awaitable<result<Document>> get(std::string url, Accept accept = nullptr);

    /// The same, for somebody whom the kept document did not help: it is fetched anew when it is
    /// older than a minute.
    awaitable<result<Document>> refresh(std::string url, Accept accept = nullptr);

private:
    struct Fetch;
    struct Entry {
        result<Document> document;
        SteadyTime fetched;
        SteadyTime expires;
    };

    [[nodiscard]] bool take_token();
    void make_room();
    result<Document> keep(const std::string& url, result<std::string> fetched,
                          const Accept& accept);
    awaitable<result<Document>> ask(std::string url, Accept accept);
    awaitable<void> run(std::shared_ptr<Fetch> fetch, Accept accept);

    Fetcher& fetcher_;
    const Clock& clock_;
    std::map<std::string, Entry, std::less<>> entries_;
    std::map<std::string, std::shared_ptr<Fetch>, std::less<>> fetches_;
    double tokens_ = 16;
    SteadyTime tokens_at_{};
};

}  // namespace katydid::signing
