// URLs of the settings that the egress guard would refuse each time.
#pragma once

#include "hub/config/settings.hpp"
#include "hub/http/egress/egress.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace katydid::config {

/// What to do about an address that the guard refuses, in the start's and the doctor's words.
constexpr std::string_view egress_remedy
    = "Deliveries to private networks must be allowed: egress.allow "
      "(KATYDID_EGRESS_ALLOW=10.0.0.0/8), where they may also go over http.";

/// A setting that leads nowhere.
struct RefusedUrl {
    std::string name;  ///< of the subscription, or of the variable
    std::string host;  ///< without the path, which may hold a secret
    std::string why;
};

/// As far as can be said before DNS is asked: scheme, port, literal addresses.
[[nodiscard]] std::vector<RefusedUrl> refused_urls(const Settings& settings,
                                                   const http::EgressPolicy& policy);

}  // namespace katydid::config
