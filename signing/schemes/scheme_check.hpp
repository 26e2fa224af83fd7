// Whether a scheme can work at all. Internal to signing/.
#pragma once

#include "signing/schemes/scheme_data.hpp"

namespace katydid::signing {

/// Fills in what follows from the rest (TimestampRule::signed_in_body).
/// Throws Failure (invalid_argument) that says what cannot work and why.
void check_scheme(Scheme& scheme);

}  // namespace katydid::signing
