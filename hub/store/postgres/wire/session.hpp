// What a call works with inside its transaction.
#pragma once

#include "hub/store/postgres/write/writer_state.hpp"

namespace katydid::store::postgres {

/// Thread safety: none; it belongs to the store's thread.
struct Session {
    Connection& connection;
    WriterState& state;
    CommitEffects& effects;  ///< acted on after the commit
};

}  // namespace katydid::store::postgres
