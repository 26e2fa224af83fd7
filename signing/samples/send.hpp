// A sample as its provider would send it: signed.
#pragma once

#include "signing/keys/key_ring.hpp"
#include "signing/samples/sample.hpp"
#include "signing/schemes/scheme.hpp"

#include <cstdint>

namespace katydid::signing::samples {

/// What is to be wrong with a request, for those who test their own refusals.
enum class Broken : std::uint8_t { nothing, signature, timestamp, body };

struct Sender {
    std::string url;            ///< where the request goes, for schemes that sign it
    KeyRing keys{};             ///< the user's secret
    std::string private_key{};  ///< PEM; signs instead where it is not empty
    Timestamp now{};            ///< the time of the signature
    Broken broken = Broken::nothing;
};

/// The request with every header, Content-Type first. `timestamp` is broken by a `now` of long
/// ago, in the sample as well. Errors: those of sign(); invalid_argument, when what is to be broken
/// would not be noticed: the scheme does not cover it.
[[nodiscard]] result<Sample> sign_sample(const Scheme& scheme, Sample sample, const Sender& sender);

}  // namespace katydid::signing::samples
