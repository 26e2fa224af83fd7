// A tenant with one of everything, and what calls its routes.
#pragma once

#include "tests/api/served/api_document.hpp"
#include "tests/hub/running_hub.hpp"

#include <map>
#include <string>

namespace katydid::test {

/// Ids by the part of the path before them: {"events": "evt_…"}.
using Things = std::map<std::string, std::string>;

/// Makes a tenant and, in it, one of everything that a route can name. Beside those by path:
/// "tenant_key" is the text of a key of that tenant with the scope admin.
awaitable<Things> make_things(ApiClient person, std::string tenant);

/// The pattern with the things' ids in it. A thing that is not there leaves "nothing".
[[nodiscard]] std::string path_of(const Operation& operation, const Things& things);

/// A key of a tenant with one scope. \param admin  a person with a key that may make keys
awaitable<std::string> make_key(ApiClient admin, std::string scope);

/// A body that the operation takes, for its tests; "" for none.
[[nodiscard]] std::string good_body(const Operation& operation);

awaitable<ApiDocument> fetch_document(ApiClient person);

}  // namespace katydid::test
