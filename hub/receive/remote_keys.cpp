#include "hub/receive/remote_keys.hpp"

#include "signing/keys/remote_key.hpp"

namespace katydid::receive {

bool is_temporary(const Error& error) noexcept
{
    return error != errc::refused && error != errc::too_large && error != errc::invalid_argument;
}

RemoteKeys::RemoteKeys(signing::Fetcher& fetcher, const Clock& clock, std::string ca_file)
    : clock_{clock},
      ca_file_{std::move(ca_file)},
      unchecked_{fetcher, clock},
      chained_{fetcher, clock},
      visits_{fetcher, clock}
{}

signing::RemoteKeyCache& RemoteKeys::cache_of(const signing::SchemeTraits& traits)
{
    return traits.checks_chain ? chained_ : unchecked_;
}

signing::RemoteKeyCache::Accept RemoteKeys::acceptance(const signing::SchemeTraits& traits)
{
    if (!traits.checks_chain) return nullptr;
    return [this](std::string_view document) -> result<void> {
        if (!anchors_)
            anchors_ = ca_file_.empty() ? std::make_unique<signing::TrustAnchors>()
                                        : std::make_unique<signing::TrustAnchors>(ca_file_);
        return anchors_->check(document, clock_.now());
    };
}

awaitable<result<RemoteKeys::Document>>
RemoteKeys::document_for(const signing::Scheme& scheme, const signing::SchemeTraits& traits,
                         signing::RequestView request, SourceId source)
{
    if (!traits.fetches_key) co_return Document{};
    auto url = signing::remote_key_url(scheme, request);
    if (!url) co_return url.error();
    auto document = co_await cache_of(traits).get(std::move(*url), acceptance(traits),
                                                  source.to_string());
    co_return document;
}

awaitable<result<signing::Verdict>>
RemoteKeys::verify(const signing::Scheme& scheme, const signing::SchemeTraits& traits,
                   signing::RequestView request, const signing::KeyRing& keys, Timestamp now,
                   SourceId source)
{
    auto document = co_await document_for(scheme, traits, request, source);
    if (!document && is_temporary(document.error())) co_return document.error();
    if (!document)
        co_return signing::Verdict{
            signing::Refusal{signing::RefusalReason::key_undecodable, document.error().message}};
    if (!*document) co_return signing::verify(scheme, request, keys, now);
    auto verdict = signing::verify(scheme, request, keys, now, **document);
    if (std::holds_alternative<signing::Verified>(verdict)
        || !signing::lacks_key(scheme, request, **document))
        co_return verdict;
    auto url = signing::remote_key_url(scheme, request);
    auto newer = co_await cache_of(traits).refresh(std::move(url.value()), acceptance(traits),
                                                   source.to_string());
    if (!newer || *newer == *document) co_return verdict;
    co_return signing::verify(scheme, request, keys, now, **newer);
}

awaitable<result<void>> RemoteKeys::visit(std::string url, SourceId source)
{
    // Through the cache: a message that is sent again and again makes no flood of visits.
    const auto answer = co_await visits_.get(std::move(url), nullptr, source.to_string());
    if (!answer) co_return answer.error();
    co_return result<void>{};
}

}  // namespace katydid::receive
