// What a request says about itself, and how it is known again. Internal to signing/.
#pragma once

#include "signing/request/coverage.hpp"

namespace katydid::signing {

/// Type, id and subject by the scheme's sources. Of types and ids those that the signature covers
/// come first, then the others, marked. Without an id that is covered, the hash of what was signed.
/// Errors: body_malformed when the scheme reads from JSON and the body is none.
[[nodiscard]] Verdict identify(RequestValues& values, std::string_view signed_text);

}  // namespace katydid::signing
