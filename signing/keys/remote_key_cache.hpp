// Fetched certificates and key sets, so that few requests make the hub fetch anything.
#pragma once

#include "hub/core/async/single_flight.hpp"
#include "hub/core/limits/shared_rate.hpp"
#include "signing/keys/fetcher.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace katydid::signing {

/// Documents are kept for an hour, failures for half a minute. Requests for a URL that is being
/// fetched wait for that fetch. A stranger who names many URLs makes the hub send no flood, and
/// takes nothing from others: each user (a source) has a burst of 8 fetches and then one in two
/// seconds, and 16 URLs that are kept; all of them have 32 and then four a second, of which the
/// last 16 are for users that have not asked lately, and 256 URLs.
///
/// Owns neither fetcher nor clock; both outlive it, and it outlives its last fetch
/// (Fetcher::time_max). Thread safety: none, one per event loop.
class RemoteKeyCache {
public:
    using Document = std::shared_ptr<const std::string>;
    /// Whether a document may be used at all, e.g. its certificate chain. Asked once per fetch.
    using Accept = std::function<result<void>(std::string_view document)>;

    RemoteKeyCache(Fetcher& fetcher, const Clock& clock);

    /// Awaited in place. Errors: the fetcher's, those of `accept`, too_large for a document over
    /// Fetcher::bytes_max, over_limit when too many different URLs are asked for.
    /// Cancellation: only the wait ends; the fetch goes on for those who come later.
    /// \param user  for whom, as the shares are counted
    awaitable<result<Document>> get(std::string url, Accept accept = nullptr,
                                    std::string user = {});

    /// The same, after the kept document did not help: it is fetched anew when it is older than a
    /// minute.
    awaitable<result<Document>> refresh(std::string url, Accept accept = nullptr,
                                        std::string user = {});

private:
    struct Entry {
        result<Document> document;
        SteadyTime fetched;
        SteadyTime expires;
        std::string user;
    };
    void make_room(const std::string& user);
    result<Document> keep(const std::string& url, const std::string& user,
                          result<std::string> fetched, const Accept& accept);
    awaitable<result<Document>> ask(std::string url, Accept accept, std::string user);
    awaitable<result<Document>> fetch(std::string url, Accept accept, std::string user);

    Fetcher& fetcher_;
    const Clock& clock_;
    std::map<std::string, Entry, std::less<>> entries_;
    SingleFlight<std::string, result<Document>> fetches_;
    SharedRate rate_;
};

}  // namespace katydid::signing
