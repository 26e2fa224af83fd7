// A source as the API takes it.
#pragma once

#include "hub/core/json/fault.hpp"
#include "hub/registry/schemes.hpp"
#include "hub/core/source_json.hpp"
#include "signing/keys/secrets.hpp"

#include <boost/json/object.hpp>

#include <optional>
#include <vector>

namespace katydid::input {

struct SourceInput {
    Source source;
    std::optional<Secret> secret;  ///< as given, or generated
    std::string generated;         ///< the same text, to be shown once; else empty
};

/// What reading a source needs to know.
struct SourceRules {
    TenantId tenant;
    const registry::Schemes& schemes;
    const signing::KeyRing* keys = nullptr;  ///< of the source as it is; null for a new one
    Timestamp now{};
    bool asks_for_certificates = true;  ///< whether the listener asks clients for certificates
};

/// Changes what the body names. Faults are what a schema cannot say: a reserved name, another name
/// for a source that is there (its id is not nil), a URL that is none, a tolerance out of range.
/// \param body  fits the schema NewSource or ChangedSource
void change_source(const boost::json::object& body, Source& source, std::vector<Fault>& faults);

/// The same, with schemes that are there and a secret that fits them.
/// \param base  a new one has a nil id
[[nodiscard]] std::optional<SourceInput> read_source(const boost::json::object& body,
                                                     const Source& base, const SourceRules& rules,
                                                     std::vector<Fault>& faults);

/// Whether one of the schemes can verify with the secret. Errors: why the first cannot.
[[nodiscard]] result<void> check_any(const std::vector<signing::SchemePtr>& schemes,
                                     const Secret& secret);

/// The one whose provider makes the secret and shows it, so that one made here would be of no use;
/// null: there is none.
[[nodiscard]] signing::SchemePtr issuing_scheme(const std::vector<signing::SchemePtr>& schemes);

/// A secret of the first scheme that the hub can make one for.
[[nodiscard]] result<signing::MadeSecret> make_any(const std::vector<signing::SchemePtr>& schemes);

}  // namespace katydid::input
