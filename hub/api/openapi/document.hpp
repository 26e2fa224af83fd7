// The OpenAPI 3.1 document, put together from what the routes say of themselves.
#pragma once

#include "hub/api/openapi/operation.hpp"

#include <boost/json.hpp>

#include <string>
#include <string_view>

namespace katydid::api {

/// Collects operations, and the schemas (hub/input/schemas) that they refer to; "XPage" is a page
/// of X. Every refusal that all routes share is described here once.
///
/// Thread safety: none; filled while the routes are added, then read.
class Document {
public:
    Document();

    /// A schema that is made of others.
    void add_schema(std::string_view name, boost::json::value schema);
    /// A page of rows under another name than "XPage": `{"data": […], "cursor": …}`.
    void add_page_schema(std::string_view name, std::string_view row);
    /// \param scope  which a key needs; not for public routes
    void add_operation(std::string_view method, std::string_view pattern, std::string_view scope,
                       const Operation& operation);

    /// Call last. Throws std::invalid_argument when a schema is missing: a bug.
    void close();
    /// After close().
    [[nodiscard]] const std::string& text() const noexcept { return text_; }

private:
    boost::json::object document_;
    std::string text_;
};

}  // namespace katydid::api
