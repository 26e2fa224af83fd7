// Who changed what: one line of the audit log.
#pragma once

#include "hub/api/access.hpp"
#include "hub/api/api.hpp"

#include <string>

namespace katydid::api {

/// \param action  "source.created"
/// \param object  its id
/// \param detail  JSON text, without secrets
/// The change is done by now: when it cannot be noted, that is logged.
awaitable<void> note_change(const Context& context, Caller caller, std::string action,
                            std::string object, std::string detail = "{}");

}  // namespace katydid::api
