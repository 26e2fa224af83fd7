// An event as its subscription asks for it: dialect, headers, signature.
#pragma once

#include "handlers/dialects/wire_request.hpp"
#include "handlers/handler.hpp"
#include "signing/keys/key_ring.hpp"
#include "signing/schemes/scheme.hpp"

#include <functional>
#include <string_view>
#include <unordered_map>

namespace katydid::handlers::request {

/// What a receiver gets, by whichever way.
struct Written {
    Headers headers;  ///< with Content-Type and the signature
    Payload body;     ///< never null
};

/// Writes an event in the subscription's dialect and signs it, anew for each attempt: it has a
/// fresh timestamp and signature, and the id in it stays.
///
/// Thread safety: none; one for each loop.
class Writer {
public:
    struct Parts {
        const Clock& clock;
        /// The keys of a subscription, or null when it has none.
        std::function<signing::KeyRingPtr(SubscriptionId)> find_keys;
        /// The scheme that Subscription::signature names, or null when there is none of that name.
        std::function<signing::SchemePtr(SubscriptionId)> find_signature = nullptr;
        bool is_traced = false;  ///< attempts are spans: `traceparent` names them
    };

    /// Throws Failure when the catalog lacks a scheme that a dialect needs.
    explicit Writer(Parts parts);

    /// Errors: refused when the subscription is set up wrongly, which can be fixed; any other: the
    /// dialect cannot write this event.
    [[nodiscard]] result<Written> write(const Call& call) const;

private:
    /// The subscription's own scheme, else the dialect's; null: the request is not signed.
    [[nodiscard]] result<signing::SchemePtr> scheme_of(const Call& call,
                                                       const dialects::WireRequest& wire) const;
    [[nodiscard]] result<Headers> sign(const signing::Scheme& scheme, const Call& call,
                                       const dialects::WireRequest& wire,
                                       const std::string& body) const;

    Parts parts_;
    std::unordered_map<std::string_view, signing::SchemePtr> schemes_;
};

/// Adds what is not there yet. A name that comes several times in `more` stays so.
void add_absent(Headers& headers, Headers more);

/// What an attempt comes to whose request could not be written.
[[nodiscard]] Outcome outcome_of(const Error& error);

}  // namespace katydid::handlers::request
