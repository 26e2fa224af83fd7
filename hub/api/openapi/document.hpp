// The OpenAPI 3.1 document, put together from what the routes say of themselves.
#pragma once

#include "hub/api/openapi/operation.hpp"

#include <boost/json.hpp>

#include <string>
#include <string_view>

namespace katydid::api {

/// Collects schemas and operations. Every refusal that all routes share is described here once.
///
/// Thread safety: none; filled while the routes are added, then read.
class Document {
public:
    Document();

    /// A schema of the document. \param text  JSON; refers to others as
    /// `{"$ref": "#/components/schemas/Name"}`. Throws std::invalid_argument when the name is taken
    /// or the text is not JSON: a bug.
    void add_schema(std::string_view name, std::string_view text);
    /// The schema `name`, a page of `row`: `{"data": […], "cursor": …}`.
    void add_page_schema(std::string_view name, std::string_view row);
    /// \param scope  which a key needs; not for public routes
    void add_operation(std::string_view method, std::string_view pattern, std::string_view scope,
                       const Operation& operation);

    /// Nothing is added any more. Throws std::invalid_argument when a schema is missing or nobody
    /// uses it: a bug.
    void close();
    /// After close().
    [[nodiscard]] const std::string& text() const noexcept { return text_; }

private:
    [[nodiscard]] boost::json::object& schemas();

    boost::json::object document_;
    std::string text_;
};

}  // namespace katydid::api
