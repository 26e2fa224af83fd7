// A source as the API takes it.
#pragma once

#include "hub/api/input/body.hpp"
#include "hub/registry/schemes.hpp"
#include "hub/store/store.hpp"
#include "signing/keys/secrets.hpp"

#include <optional>

namespace katydid::api {

struct SourceInput {
    store::Source source;
    std::optional<signing::Secret> secret;  ///< as given, or generated
    std::string generated;                  ///< the same text, to be shown once; else empty
};

/// What reading a source needs to know.
struct SourceRules {
    TenantId tenant;
    const registry::Schemes& schemes;
    const signing::KeyRing* keys = nullptr;  ///< of the source as it is; null for a new one
    Timestamp now{};
    bool asks_for_certificates = true;  ///< whether the listener asks clients for certificates
};

/// Reads a source to be created (`base` has a nil id), or what a PATCH changes. Every fault is
/// reported with its pointer.
[[nodiscard]] std::optional<SourceInput>
read_source(const boost::json::object& body, const store::Source& base, const SourceRules& rules,
            std::vector<Fault>& faults);

/// Whether one of the schemes can verify with the secret. Errors: why the first cannot.
[[nodiscard]] result<void> check_any(const std::vector<signing::SchemePtr>& schemes,
                                     const signing::Secret& secret);

/// A secret of the first scheme that the hub can make one for.
[[nodiscard]] result<signing::MadeSecret> make_any(const std::vector<signing::SchemePtr>& schemes);

}  // namespace katydid::api
