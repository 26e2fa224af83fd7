// The OpenID Connect provider: what it says of itself, its keys, and the code for a person.
#pragma once

#include "hub/config/sign_on_settings.hpp"
#include "hub/core/clock.hpp"
#include "hub/http/client/client.hpp"
#include "hub/sso/login_state.hpp"
#include "signing/keys/remote_key_cache.hpp"

#include <boost/json/object.hpp>

#include <string>

namespace katydid::sso {

/// OpenID Connect Discovery 1.0, section 3, as far as it is used.
struct ProviderMetadata {
    std::string authorization_endpoint;
    std::string token_endpoint;
    std::string jwks_uri;
    std::string userinfo_endpoint;     ///< empty: there is none
    std::string end_session_endpoint;  ///< empty: nobody can sign out there
    bool takes_basic = true;           ///< how the client's secret is sent; else in the form
    bool says_issuer = false;          ///< answers carry `iss` (RFC 9207)
};

/// Gets documents of the provider through the hub's own client and its egress guard. http is for
/// providers whose issuer is http, which the settings allow on this machine only.
class ProviderFetcher final : public signing::Fetcher {
public:
    explicit ProviderFetcher(http::Client& client) : client_{client} {}
    awaitable<result<std::string>> fetch(std::string url) override;

private:
    http::Client& client_;
};

/// Asks the provider. Its description and its keys are kept for an hour; keys are fetched anew,
/// once a minute at most, when a token names one that is not among them.
///
/// Lifetime: it outlives its calls; client, clock and settings outlive it. Thread safety: none; one
/// loop. Cancellation: terminal.
class Provider {
public:
    Provider(http::Client& client, const Clock& clock, const config::SignOnSettings& settings);

    /// Errors: refused when the description is not of this issuer or lacks what is needed, those of
    /// the client when nothing answers.
    awaitable<result<ProviderMetadata>> metadata();

    /// The claims of who came back with the code: of the ID token, whose signature and claims are
    /// good, and where they name no role with those of the userinfo endpoint.
    /// \param redirect_uri  the one that the code was asked for
    /// Errors: refused for a code or a token that is not good; others as metadata().
    awaitable<result<boost::json::object>> claims_for(std::string code, LoginState state,
                                                      std::string redirect_uri);

private:
    struct Tokens {
        std::string id_token;
        std::string access_token;
    };
    [[nodiscard]] http::ClientRequest token_request(const ProviderMetadata& provider,
                                                    std::string form) const;
    awaitable<result<Tokens>> redeem(ProviderMetadata provider, std::string form);
    awaitable<result<boost::json::object>> open_token(ProviderMetadata provider, std::string token);
    awaitable<result<boost::json::object>> with_userinfo(ProviderMetadata provider, Tokens tokens,
                                                         boost::json::object claims);

    http::Client& client_;
    const Clock& clock_;
    const config::SignOnSettings& settings_;
    ProviderFetcher fetcher_;
    signing::RemoteKeyCache documents_;
};

/// Reads a description. Pure. Errors: refused, with a sentence.
[[nodiscard]] result<ProviderMetadata> read_metadata(std::string_view text,
                                                     const config::SignOnSettings& settings);

/// application/x-www-form-urlencoded
[[nodiscard]] std::string
form_of(const std::vector<std::pair<std::string_view, std::string_view>>& fields);

}  // namespace katydid::sso
