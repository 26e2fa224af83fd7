// One request on its way to become an event.
#pragma once

#include "hub/core/event.hpp"
#include "hub/core/json/outline.hpp"
#include "hub/http/message/message.hpp"
#include "hub/registry/source_entry.hpp"
#include "signing/verify.hpp"

#include <string>

namespace katydid::receive {

/// What a request is judged by, and by which of the source's schemes. It refers to the request,
/// which outlives it.
struct Arrival {
    /// Uncompresses the body where it came compressed.
    /// \param url  as the sender signed it; empty where no scheme of the source asks for it
    Arrival(const registry::SourceEntry& of, std::size_t index_of, http::Request& received,
            std::string url_of, Timestamp when, std::size_t body_bytes_max);

    [[nodiscard]] const signing::Scheme& scheme() const { return *source.schemes[index]; }
    [[nodiscard]] const std::string& scheme_name() const { return source.source.schemes[index]; }
    [[nodiscard]] const signing::SchemeTraits& traits() const { return source.traits[index]; }
    /// Those of the source's keys that may serve this scheme.
    [[nodiscard]] const signing::KeyRing& keys() const { return *source.scheme_keys[index]; }
    [[nodiscard]] signing::RequestView view()
    {
        return {request.method, request.target,    url,     request.headers, request.body,
                plain_body,     source.expected(), &outline};
    }

    const registry::SourceEntry& source;
    const std::size_t index;  ///< of the scheme, in `source`
    http::Request& request;
    const std::string url;
    const Timestamp at;
    bool is_compressed = false;
    std::string plain_body{};           ///< of a compressed body what it says; else empty
    std::optional<Error> gzip_fault{};  ///< why that cannot be had
    json_text::Outline outline{};       ///< of what the body says, if the scheme looked inside
    std::size_t events = 1;             ///< that it was made into
};

}  // namespace katydid::receive
