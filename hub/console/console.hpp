// The web console and the portal: the files of the page, and the sessions that it works with.
#pragma once

#include "hub/api/api.hpp"

namespace katydid::console {

/// Whether this program was built with the console (KATYDID_CONSOLE).
[[nodiscard]] bool is_built_in() noexcept;

/// Adds /console/ and /portal/ with their files, and POST, GET and DELETE of their sessions.
/// Nothing at all in a program that was built without the console. `context.vault` and
/// `context.throttle` are needed.
void add_routes(http::Router& router, const api::Context& context);

/// Adds /embed/widgets.js, for pages of other sites. It is there without the console, too. Nothing
/// in a program that was built without the console.
void add_widget_routes(http::Router& router);

/// For add_routes().
void add_file_routes(http::Router& router, const api::Context& context);
void add_session_routes(http::Router& router, const api::Context& context);

}  // namespace katydid::console
