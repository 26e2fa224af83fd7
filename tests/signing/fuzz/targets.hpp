// What the fuzzers call, and what the corpus runner calls with every file of the corpus.
#pragma once

#include <string_view>

namespace katydid::signing::fuzz {

/// The bytes as the TOML of a scheme; one that loads is then used to verify and sign.
void load_any_scheme(std::string_view bytes);
/// First byte: the scheme; then header lines up to an empty line, then the body.
void verify_any_request(std::string_view bytes);
/// The bytes as Signature-Input and Signature, as a JWT and as a JWK set.
void read_any_header(std::string_view bytes);

}  // namespace katydid::signing::fuzz
