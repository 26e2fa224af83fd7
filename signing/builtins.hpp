// The few things that data cannot say. Internal to signing/.
#pragma once

#include "signing/request/candidates.hpp"
#include "signing/request/request_values.hpp"

#include <optional>
#include <string>
#include <vector>

namespace katydid::signing {

/// What a built-in makes of a request: the texts that may have been signed, or why not.
struct BuiltinMessages {
    std::vector<std::string> messages;
    std::optional<Refusal> refusal;
    /// Where the secret is a configured value (an SNS topic): the one this request is for.
    std::optional<std::string_view> configured = {};
    /// Whether message and candidate of the same index belong together (RFC 9421); else any may.
    bool each_has_its_own = false;
};

/// \param candidates  a built-in may name the method of each (SNS) or find its own (RFC 9421)
/// \param keys        for values that are configured as the secret (an SNS topic)
BuiltinMessages builtin_messages(RequestValues& values, Candidates& candidates, const KeyRing& keys,
                                 Timestamp now);

/// URL then sorted parameters (SHA-256 of the body in the URL's query for JSON), with and without
/// port.
BuiltinMessages twilio_messages(RequestValues& values);
/// Method, escaped path and query, the named headers sorted, body; one a line.
BuiltinMessages contentful_messages(RequestValues& values);
/// The fixed keys of a notification, name and value one a line; of the configured topic only.
BuiltinMessages sns_messages(RequestValues& values, Candidates& candidates, const KeyRing& keys,
                             Timestamp now);
/// Refuses more than one item, since the others would not be signed.
BuiltinMessages adyen_messages(RequestValues& values);

inline BuiltinMessages builtin_refusal(RefusalReason reason, std::string text)
{
    BuiltinMessages made;
    made.refusal = Refusal{reason, std::move(text)};
    return made;
}

}  // namespace katydid::signing
