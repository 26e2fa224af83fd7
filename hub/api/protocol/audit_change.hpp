// Who changed what: one line of the audit log.
#pragma once

#include "hub/api/access/access.hpp"
#include "hub/api/api.hpp"

#include <boost/json.hpp>

#include <string>

namespace katydid::api {

/// `{"before": {…}, "after": {…}}` with the members that differ; what is new has only `after`, what
/// is gone only `before`. Values that may be secret (headers, secrets, keys) are written as
/// "(hidden)", and so is what follows the host in a URL. Pure.
[[nodiscard]] std::string describe_change(const boost::json::object& before,
                                          const boost::json::object& after);

/// \param action  "source.created"
/// \param object  its id
/// \param detail  JSON text, without secrets
/// The change is done by now: when it cannot be noted, that is logged.
awaitable<void> audit_change(const Context& context, Caller caller, std::string action,
                             std::string object, std::string detail = "{}");

/// The same before the change: what cannot be noted is not done.
awaitable<result<void>> note_change(const Context& context, Caller caller, std::string action,
                                    std::string object, std::string detail = "{}");

/// What a deletion removed.
struct Deletion {
    std::string action;  ///< "source.deleted"
    std::string object;
    boost::json::object before;
};

/// 204, with the deletion noted.
awaitable<http::Response> answer_deletion(const Context& context, Caller caller, Deletion deletion);

}  // namespace katydid::api
