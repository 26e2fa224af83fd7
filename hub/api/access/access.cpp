#include "hub/api/access/access.hpp"

#include "hub/api/access/grant.hpp"
#include "hub/api/access/recognise.hpp"
#include "hub/core/codec/random.hpp"
#include "hub/registry/named.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace katydid::api {
namespace {

http::Response unauthorised()
{
    auto response = http::Response::problem(
        401, "Send a valid API key as `Authorization: Bearer <key>`. The operator key is in "
             "operator.key in the hub's data directory.");
    response.with("WWW-Authenticate", "Bearer");
    return response;
}

}  // namespace

bool has_scope(const registry::ApiKey& key, std::string_view scope)
{
    if (key.is_operator || scope == any_key) return true;
    if (scope == operator_only) return false;
    return std::ranges::any_of(key.scopes, [&](const std::string& granted) {
        return granted == scope || (granted == "admin" && scope != make_tenants);
    });
}

bool acts_for(const registry::ApiKey& key, const registry::Tenant& tenant)
{
    if (key.is_operator || tenant.id == key.tenant) return true;
    return tenant.owner == key.tenant && has_scope(key, make_tenants);
}

std::variant<Caller, http::Response> admit_key(const registry::ApiKeyPtr& key, TenantId tenant,
                                               std::string_view scope)
{
    const bool is_owner = tenant != key->tenant && has_scope(*key, make_tenants);
    if (!has_scope(*key, scope) && !(scope == "admin" && is_owner)) {
        const std::string who = key->sha256.empty() ? "Your role" : "This key";  // see to_key()
        return http::Response::problem(
            403, scope == operator_only ? "Only an operator's key may do this."
                                        : who + " lacks the scope " + std::string{scope} + ".");
    }
    return Caller{tenant, key->id, key->is_operator, key};
}

std::string actor_of(const Caller& caller)
{
    if (!caller.person.empty()) {
        const auto role = caller.is_operator ? "operator" : to_text(role_of(*caller.api_key));
        return caller.person + " (" + std::string{role} + ")";
    }
    return caller.key.is_nil() ? "operator" : caller.key.to_string();
}

std::string hash_api_key(std::string_view text)
{
    std::array<unsigned char, 32> digest{};
    unsigned size = 0;
    if (EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1)
        throw std::runtime_error{"OpenSSL cannot compute SHA-256"};
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

std::string generate_api_key(std::string_view prefix)
{
    constexpr std::string_view digits
        = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    std::string key{prefix};
    for (const auto byte : random_bytes(43)) key += digits[static_cast<unsigned char>(byte) & 63U];
    return key;
}

std::variant<Caller, http::Response> authorise(const http::Request& request,
                                               const registry::Tables& tables, Timestamp now,
                                               std::string_view scope)
{
    const auto key = recognise(request.header("authorization"), now, hash_api_key,
                               [&](const std::string& hash) { return tables.api_key(hash); });
    if (!key || tables.is_leaving(key->tenant)) return unauthorised();
    return admit_tenant(key, request.header("katydid-tenant"), tables, scope);
}

std::variant<Caller, http::Response>
admit_tenant(const registry::ApiKeyPtr& key, std::string_view named, const registry::Tables& tables,
             std::string_view scope)
{
    if (named.empty()) return admit_key(key, key->tenant, scope);
    const auto tenant = registry::named_tenant(tables, named);
    if (!tenant || !acts_for(*key, *tenant))
        return http::Response::problem(404, "There is no tenant of that id or name.");
    return admit_key(key, tenant->id, scope);
}

std::variant<Caller, http::Response>
LoginThrottle::admit(const http::Request& request, const registry::Tables& tables,
                     const Clock& clock, std::string_view scope)
{
    auto access = authorise(request, tables, clock.now(), scope);
    auto* refusal = std::get_if<http::Response>(&access);
    if (refusal != nullptr) access = slow_down(std::move(*refusal), request, clock);
    return access;
}

http::Response LoginThrottle::slow_down(http::Response refusal, const http::Request& request,
                                        const Clock& clock)
{
    const bool is_guess = !request.header("authorization").empty()
                          || request.query_parameter("ticket").has_value();
    return is_guess ? slow_down_guess(std::move(refusal), request, clock) : refusal;
}

http::Response LoginThrottle::slow_down_guess(http::Response refusal, const http::Request& request,
                                              const Clock& clock)
{
    if (refusal.status != 401) return refusal;
    const auto wait = wrong_.take(http::AddressKey{request.peer.address}, clock.steady_now());
    if (wait.count() == 0) return refusal;
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(wait).count();
    auto slower = http::Response::problem(
        429, "Too many wrong API keys came from your address. Check the key, then try again.");
    slower.with("Retry-After", std::to_string(seconds));
    return slower;
}

}  // namespace katydid::api
