// A hub's rows as a declarative document.
#pragma once

#include "hub/cli/declare/hub_state.hpp"

#include <string>

namespace katydid::cli::declare {

/// One row as the table of a document: what is not the default, in the words of the document.
/// \param prefix  "tenants." for rows below a tenant. Pure.
[[nodiscard]] std::string write_row(const Kind& kind, const boost::json::object& shown,
                                    const std::string& prefix);

/// A scheme as [schemes.NAME], of the description that the hub has. Pure.
[[nodiscard]] std::string write_scheme(const std::string& name, const std::string& toml,
                                       const std::string& prefix);

/// Everything a document can describe that the session may read, without secrets.
[[nodiscard]] std::string export_document(Session& session);

}  // namespace katydid::cli::declare
