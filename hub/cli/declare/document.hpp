// A declarative document: what a hub is to have.
#pragma once

#include "hub/cli/declare/kind.hpp"
#include "hub/config/mistakes.hpp"
#include "hub/core/secret.hpp"

#include <boost/json/object.hpp>

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace katydid::cli::declare {

/// A secret by reference.
struct Reference {
    std::string variable;  ///< else empty
    std::string file;      ///< else empty
    std::string place;     ///< "hub.toml:12"
};

/// One row as the document wants it.
struct Wish {
    const Kind* kind = nullptr;
    std::string name;
    std::string place;            ///< "hub.toml:12"
    boost::json::object body{};   ///< of the API, without secrets
    boost::json::object shown{};  ///< what the hub would show: shown_of_body()
    /// By "secret", "verify_token" and "headers"; read only for a row that is new.
    std::map<std::string, Reference> secrets{};
};

/// What one tenant is to have.
struct TenantWishes {
    std::string tenant;             ///< its name; empty: whom the key or --tenant names
    std::set<const Kind*> kinds{};  ///< that the document has a list of, empty or not
    std::vector<Wish> rows{};
};

struct Document {
    bool has_tenants = false;
    std::vector<Wish> tenants{};
    std::vector<TenantWishes> wishes{};  ///< first those of the caller's own tenant
};

/// Reads a text: [[tenants]], [[event_types]], [schemes.NAME], [[sources]] and [[subscriptions]],
/// whose keys are those of katydid.toml and of the API's bodies. The last four below a tenant
/// ([[tenants.sources]]) are that tenant's.
/// \param path      for places
/// \param mistakes  gets everything that is wrong, each with its line
[[nodiscard]] Document read_document(const std::string& text, const std::string& path,
                                     config::Mistakes& mistakes);

/// The text of a secret; nullopt when it cannot be had, which is noted.
[[nodiscard]] std::optional<Secret> read_reference(const Reference& reference,
                                                   config::Mistakes& mistakes);

}  // namespace katydid::cli::declare
