// Sign-on: people sign in at an OpenID Connect provider, and are handed on to the platforms.
#pragma once

#include "hub/api/api.hpp"
#include "hub/config/settings.hpp"
#include "hub/http/client/client.hpp"

#include <memory>

namespace katydid::sso {

class Provider;
class HandoffKeys;

/// What the console and the API know of sign-on: the button's text, and a stamp of who may do what.
[[nodiscard]] api::SignOn describe(const config::SignOnSettings& settings);

/// What the routes of one loop work with. Everything that is referred to outlives the router.
struct Parts {
    api::Context context;  ///< with vault, throttle, public_url and sign_on
    const config::SignOnSettings& settings;
    std::shared_ptr<Provider> provider;
    std::shared_ptr<HandoffKeys> keys;
};

/// Adds /sso/login, /sso/callback, /sso/logout, /sso/handoff and /.well-known/jwks.json.
void add_routes(http::Router& router, const api::Context& context, http::Client& client,
                const config::SignOnSettings& settings);

/// For add_routes().
void add_login_routes(http::Router& router, const std::shared_ptr<const Parts>& parts);
void add_handoff_routes(http::Router& router, const std::shared_ptr<const Parts>& parts);

}  // namespace katydid::sso
