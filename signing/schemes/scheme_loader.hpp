// Compiles the TOML of a scheme. Internal to signing/.
#pragma once

#include "signing/schemes/scheme_data.hpp"

#include <toml++/toml.h>

namespace katydid::signing {

/// Throws Failure (invalid_argument) that names the scheme, the key and what is wrong with it.
SchemePtr compile_scheme(std::string_view name, const toml::table& description);

/// The description of a scheme of the catalog, or null. For `extends`.
const toml::table* find_description(std::string_view name);

/// The base with the keys of the derived description put over it, table by table.
toml::table merged(const toml::table& base, const toml::table& derived);

}  // namespace katydid::signing
