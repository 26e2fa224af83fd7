// A key ring as the API shows it: never a secret.
#pragma once

#include "signing/keys/key_ring.hpp"

#include <boost/json.hpp>

namespace katydid::api {

/// `[{id, active, not_before, not_after, public_key?}]`, newest first.
[[nodiscard]] boost::json::array keys_json(const signing::KeyRing& keys, Timestamp now);

}  // namespace katydid::api
