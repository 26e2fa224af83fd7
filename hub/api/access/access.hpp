// Who calls, for which tenant, and may they?
#pragma once

#include "hub/api/access/key_use.hpp"
#include "hub/core/clock.hpp"
#include "hub/http/message/message.hpp"
#include "hub/http/server/admission.hpp"
#include "hub/registry/tables.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace katydid::api {

/// A caller whose key was found and who may do what was asked.
struct Caller {
    TenantId tenant = default_tenant();
    KeyId key;
    bool is_operator = false;
    registry::ApiKeyPtr api_key{};  ///< null: the route needs no key
    std::string person{};           ///< who it is, when it is a session without a key
    std::string session{};          ///< the id of the session; empty: a key in the header
    /// All that there is for this caller; empty: no limit (reach.hpp).
    std::vector<SubscriptionId> subscriptions{};
};

/// Who did it, as the audit log has it: a key's id, "operator", or a person with their role.
[[nodiscard]] std::string actor_of(const Caller& caller);

/// Instead of a scope: no tenant's key has it, whatever its scopes.
constexpr std::string_view operator_only = "operator";
/// Instead of a scope: every good key has it.
constexpr std::string_view any_key = "any";
/// Makes tenants, and acts for those that its tenant made: there it makes keys too.
constexpr std::string_view make_tenants = "tenants:write";

/// Whether a key may do what asks for the scope. `admin` is all scopes of a tenant, but for
/// make_tenants, which reaches beyond it.
[[nodiscard]] bool has_scope(const registry::ApiKey& key, std::string_view scope);

/// Whether a key may act for the tenant: its own, one that its tenant made, any for an operator's.
[[nodiscard]] bool acts_for(const registry::ApiKey& key, const registry::Tenant& tenant);

/// A good key as the caller for a tenant that it acts for, or 403 without the scope.
[[nodiscard]] std::variant<Caller, http::Response>
admit_key(const registry::ApiKeyPtr& key, TenantId tenant, std::string_view scope);

/// As admit_key(), for the tenant that is named by id or name, or the key's own where `named` is
/// empty. 404 for a tenant that does not exist for this key.
[[nodiscard]] std::variant<Caller, http::Response>
admit_tenant(const registry::ApiKeyPtr& key, std::string_view named, const registry::Tables& tables,
             std::string_view scope);

/// Bearer key, tenant and scope of a request, or the response that refuses it: 401 without a
/// valid key, 403 without the scope, 404 for a tenant that does not exist for this key.
/// The tenant is the key's own, or the one that the header Katydid-Tenant names by id or name.
///
/// A wrong key costs what a right one costs: one hash and one look-up by it, so the time tells
/// nothing about the secret.
[[nodiscard]] std::variant<Caller, http::Response> authorise(const http::Request& request,
                                                             const registry::Tables& tables,
                                                             Timestamp now, std::string_view scope);

/// The throttle of one loop: decides, slows guessers down, and remembers which keys are in use.
///
/// Thread safety: none; each event loop has its own.
class LoginThrottle {
public:
    /// A wrong key costs its address one of these; an address that has none left waits.
    static constexpr http::Rate wrong_keys{1.0, 20};

    /// \param loops  that the hub has: each has a throttle, with a share of what an address may try
    explicit LoginThrottle(unsigned loops = 1)
        : wrong_{{wrong_keys.per_second / loops, std::max(1U, wrong_keys.burst / loops)},
                 addresses_max}
    {}

    /// As authorise(); 429 instead of 401 for an address that tried too many wrong keys. Right
    /// keys pass all the same: neighbours may share the address.
    [[nodiscard]] std::variant<Caller, http::Response>
    admit(const http::Request& request, const registry::Tables& tables, const Clock& clock,
          std::string_view scope);
    /// The refusal, or 429 instead of a 401 for an address that sent too many wrong keys and
    /// tickets.
    [[nodiscard]] http::Response slow_down(http::Response refusal, const http::Request& request,
                                           const Clock& clock);
    /// The same for a 401 that any other guess got: at a link, at a sign-on.
    [[nodiscard]] http::Response slow_down_guess(http::Response refusal,
                                                 const http::Request& request, const Clock& clock);
    /// How long an address waits until it may cost a sign-on provider another call; zero: not at
    /// all.
    [[nodiscard]] std::chrono::nanoseconds take_exchange(const http::Request& request,
                                                         const Clock& clock)
    {
        return exchanges_.take(http::AddressKey{request.peer.address}, clock.steady_now());
    }
    KeyUse uses;

private:
    using Rates = http::RateTable<http::AddressKey, http::AddressKey::Hash>;

    static constexpr std::size_t addresses_max = 4'096;
    Rates wrong_;
    Rates exchanges_{wrong_keys, addresses_max};
};

/// The 32 bytes by which a key is known: SHA-256 of its text.
[[nodiscard]] std::string hash_api_key(std::string_view text);

constexpr std::string_view live_prefix = "kd_live_";
constexpr std::string_view test_prefix = "kd_test_";

/// The prefix and 43 base64url digits of the system's randomness.
[[nodiscard]] std::string generate_api_key(std::string_view prefix = live_prefix);

}  // namespace katydid::api
