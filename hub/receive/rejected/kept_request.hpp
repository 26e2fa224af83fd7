// A refused request as it is kept: in one sealed piece, since any part of it may be secret.
#pragma once

#include "hub/core/error.hpp"
#include "hub/core/text/headers.hpp"
#include "hub/store/rejected.hpp"
#include "signing/keys/vault.hpp"

#include <string>

namespace katydid::receive {

struct KeptRequest {
    std::string target;  ///< path and query as they came
    std::string url;     ///< what the sender signed, as far as the hub could tell
    Headers headers;
    std::string body;
};

/// Seals the request under the row's tenant and id, and leaves only the path outside.
void seal(store::Rejected& row, const KeptRequest& request, const signing::Vault& vault);

/// Errors: corrupt, also when it was sealed under a master key that is gone.
[[nodiscard]] result<KeptRequest> open(const store::Rejected& row, const signing::Vault& vault);

}  // namespace katydid::receive
