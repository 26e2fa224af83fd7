// What can be done about each refusal.
#include "signing/verify.hpp"

namespace katydid::signing {

std::string_view remedy_of(RefusalReason reason) noexcept
{
    switch (reason) {
    case RefusalReason::signature_missing:
        return "set a secret at the provider, or give the source the scheme that it signs with";
    case RefusalReason::signature_malformed:
        return "give the source the scheme that the provider signs with (`katydid schemes`)";
    case RefusalReason::signature_duplicated:
        return "find the proxy that repeats the header, or leave it: such a request is not trusted";
    case RefusalReason::signature_wrong:
        return "compare the secret with the provider's, and see that nothing on the way changes "
               "body or URL (public_url, trusted_proxies)";
    case RefusalReason::timestamp_missing:
    case RefusalReason::timestamp_malformed:
        return "give the source the scheme that the provider signs with, or one of your own with "
               "another timestamp rule";
    case RefusalReason::timestamp_old:
    case RefusalReason::timestamp_future:
        return "set this machine's clock by NTP, or give the source a longer tolerance; a delivery "
               "that was late and rejected can be replayed";
    case RefusalReason::id_malformed: return "ask the provider: its id cannot be signed as it is";
    case RefusalReason::no_active_key:
        return "give the source a secret: POST /v1/sources/{id}/rotate-secret";
    case RefusalReason::key_undecodable:
        return "give the source the secret as the provider shows it, or fix the way to its key";
    case RefusalReason::body_malformed: return "ask the provider: the body is not JSON";
    case RefusalReason::over_limit:
        return "leave it: no provider sends so much; what is over a limit is not trusted";
    case RefusalReason::repeated:
        return "nothing, or let the source accept what may be a repeat (repeats = \"accept\")";
    case RefusalReason::type_unsigned:
        return "let the source accept types that are not signed (unsigned_types = \"accept\")";
    case RefusalReason::schema_misfit:
        return "ask the provider, or change the type's schema and replay the request";
    }
    return {};
}

}  // namespace katydid::signing
