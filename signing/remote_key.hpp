// Keys that are not configured but fetched: which URL a request may make us ask, and a cache.
#pragma once

#include "signing/fetcher.hpp"
#include "signing/verify.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>

namespace katydid::signing {

/// The URL that has to be fetched before verify(), empty when the scheme needs none.
/// Errors: refused, when the request names a URL that is not https on a host the scheme allows
/// (no port, user, query, fragment, or anything else that is not a plain path).
[[nodiscard]] result<std::string> remote_key_url(const Scheme& scheme, const RequestView& request);

/// Whether a URL is https on one of the hosts, without user, port, fragment or odd characters.
/// \param patterns  alternatives by `|`; `*` is one label of at least three characters
[[nodiscard]] bool is_url_on_host(std::string_view patterns, std::string_view url) noexcept;

/// Whether the scheme can be verified with this document: a refusal when it needs one and has
/// none, or the certificate is not valid at that time.
[[nodiscard]] std::optional<Refusal> check_remote_key(const Scheme& scheme,
                                                      std::string_view remote_key, Timestamp now);

/// Fetched documents, kept for an hour; failures for half a minute, so that a flood of requests
/// makes no flood of fetches. At most 64 URLs.
///
/// Owns neither fetcher nor clock; both outlive it. Thread safety: none, one per event loop.
class RemoteKeyCache {
public:
    using Document = std::shared_ptr<const std::string>;

    RemoteKeyCache(Fetcher& fetcher, const Clock& clock) : fetcher_{fetcher}, clock_{clock} {}

    /// Awaited in place; this object outlives it. Errors: the fetcher's, or refused for a document
    /// over Fetcher::bytes_max.
    awaitable<result<Document>> get(std::string url);

private:
    struct Entry {
        result<Document> document;
        SteadyTime expires;
    };

    void make_room();

    Fetcher& fetcher_;
    const Clock& clock_;
    std::map<std::string, Entry, std::less<>> entries_;
};

}  // namespace katydid::signing
