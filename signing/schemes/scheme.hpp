// How a provider signs, as data.
#pragma once

#include "hub/core/error.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace katydid::signing {

/// A compiled scheme description. Opaque to everybody outside signing/.
class Scheme;
using SchemePtr = std::shared_ptr<const Scheme>;

/// Compiles a description: the TOML of one scheme, bare or below [schemes.NAME]. Errors:
/// invalid_argument, saying what cannot work and why.
result<SchemePtr> load_scheme(std::string_view name, std::string_view toml);

/// The schemes compiled into the binary, by name. Null when there is none of that name.
SchemePtr find_scheme(std::string_view name);
/// Their names, sorted.
std::vector<std::string> scheme_names();

/// "stripe"; "Stripe"; the description as TOML, with what it extends filled in.
[[nodiscard]] const std::string& scheme_name(const Scheme& scheme) noexcept;
[[nodiscard]] const std::string& scheme_title(const Scheme& scheme) noexcept;
[[nodiscard]] const std::string& scheme_toml(const Scheme& scheme) noexcept;

}  // namespace katydid::signing
