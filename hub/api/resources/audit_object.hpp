// Which object of the audit log a person means.
#pragma once

#include "hub/api/api.hpp"
#include "hub/api/access/access.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace katydid::api {

/// The object as the log has it: an id, or the name of what has no id (event types,
/// schemes, subjects). A name that is one row's means that row; "source:shop" says of which kind it
/// is. Any other text is taken as it is: what it names may be gone.
/// nullopt: `fault` says what else could be meant, or that nothing of that kind has the name.
[[nodiscard]] std::optional<std::string> audited_object(const Context& context,
                                                        const Caller& caller, std::string_view text,
                                                        std::string& fault);

/// The actor as the log has it: the id of the key of that name, or the text as it is.
[[nodiscard]] std::string audited_actor(const Context& context, const Caller& caller,
                                        std::string text);

}  // namespace katydid::api
