// Schemes whose key is fetched: the document for a request, and what is said when there is none.
#pragma once

#include "signing/keys/certificate_chain.hpp"
#include "signing/keys/remote_key_cache.hpp"
#include "signing/schemes/scheme_traits.hpp"
#include "signing/verify.hpp"

#include <optional>
#include <string>

namespace katydid::receive {

/// Verifies requests under fetched keys, and visits the URLs that confirm a subscription.
///
/// Thread safety: none; one per event loop. What it is handed outlives it.
class RemoteKeys {
public:
    /// \param ca_file  trusted instead of the system's roots; empty: the system's
    RemoteKeys(signing::Fetcher& fetcher, const Clock& clock, std::string ca_file);

    /// \param source  whose share of the fetches it is
    using Document = signing::RemoteKeyCache::Document;
    /// The certificate or set of keys that the request asks for; null when the scheme needs none.
    /// Awaited in place. Errors: refused when the request may not name that key, or it is not
    /// good; others when it could not be fetched now (is_temporary).
    awaitable<result<Document>> document_for(const signing::Scheme& scheme,
                                             const signing::SchemeTraits& traits,
                                             signing::RequestView request, SourceId source);

    /// As signing::verify with document_for, and once more with a newer set of keys when the
    /// request names one that is not in it.
    /// Errors: only temporary ones; all else is a refusal.
    awaitable<result<signing::Verdict>>
    verify(const signing::Scheme& scheme, const signing::SchemeTraits& traits,
           signing::RequestView request, const signing::KeyRing& keys, Timestamp now,
           SourceId source);

    /// GETs a URL that confirms a subscription, once an hour at most. Errors: as for documents.
    awaitable<result<void>> visit(std::string url, SourceId source);

private:
    signing::RemoteKeyCache::Accept acceptance(const signing::SchemeTraits& traits);

    const Clock& clock_;
    const std::string ca_file_;
    /// Each has its own: what one scheme may use unchecked must not reach one that checks chains,
    /// and the answer to a visit is no key.
    signing::RemoteKeyCache& cache_of(const signing::SchemeTraits& traits);
    signing::RemoteKeyCache unchecked_;
    signing::RemoteKeyCache chained_;
    signing::RemoteKeyCache visits_;
    std::unique_ptr<signing::TrustAnchors> anchors_;  ///< read when they are first needed
};

/// Whether trying again later can help, so that the provider should: the answer is a 503.
[[nodiscard]] bool is_temporary(const Error& error) noexcept;

}  // namespace katydid::receive
