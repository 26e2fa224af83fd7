// From what the provider says of a person to what they may do.
#pragma once

#include "hub/api/access/grant.hpp"
#include "hub/config/sign_on_settings.hpp"

#include <boost/json/object.hpp>

#include <optional>
#include <string>

namespace katydid::sso {

/// The grant of the first rule that fits; nullopt: the person has no role here. An e-mail address
/// counts only when the provider has verified it. Pure.
[[nodiscard]] std::optional<api::Grant> grant_of(const config::SignOnSettings& settings,
                                                 const boost::json::object& claims);

/// Who it is, for people: the verified address, else a name, else the subject.
[[nodiscard]] std::string person_of(const boost::json::object& claims);

}  // namespace katydid::sso
