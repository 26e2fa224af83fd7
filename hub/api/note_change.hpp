// Who changed what: one line of the audit log.
#pragma once

#include "hub/api/access.hpp"
#include "hub/api/api.hpp"

#include <string>

namespace katydid::api {

struct ChangeNote {
    std::string action;  ///< "source.created"
    std::string object;  ///< id
    std::string detail = "{}";
};

/// The change is done by now: when it cannot be noted, that is logged.
awaitable<void> note_change(const Context& context, Caller caller, ChangeNote note);

}  // namespace katydid::api
