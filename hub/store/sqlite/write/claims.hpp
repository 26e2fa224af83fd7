// The claims of the one process that has the file open.
#pragma once

#include "hub/store/shared/lane_claims.hpp"

namespace katydid::store::sqlite {

struct HeldRow {
    std::int64_t subscriber;
    DeliveryState state;  ///< the stored one, pending or scheduled
    Lane lane;
};

/// Thread safety: none; it belongs to the writer's thread.
using Claims = BasicClaims<std::int64_t, HeldRow>;

}  // namespace katydid::store::sqlite
