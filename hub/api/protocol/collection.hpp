// The routes that most kinds of rows have: make, list, show, change, delete.
#pragma once

#include "hub/api/protocol/route.hpp"

#include <string>
#include <string_view>

namespace katydid::api {

/// Where a kind of row is, and what it is called in /openapi.json.
struct Resource {
    std::string path;  ///< "/v1/sources"
    std::string key;   ///< of a row in the path: "id" or "name"
    std::string noun;  ///< schema of a row; that of a new one is "New…", of a page "…Page"
    std::string_view read_scope;
    std::string_view write_scope;
};

/// What a route of a kind says of itself.
struct OperationText {
    std::string id;          ///< "createSource"
    std::string summary;     ///< a sentence without a full stop
    std::string answer;      ///< what comes back when it worked
    std::string conflict{};  ///< when it is answered with 409; empty: never
};

/// Adds the routes of one kind of row, which look the same for all kinds.
///
/// Thread safety: none; used at start, shorter than the routes it adds to.
class Collection {
public:
    Collection(Routes& routes, Resource resource) : routes_{routes}, resource_{std::move(resource)}
    {}

    /// POST: 201 with the row.
    void add_creation(OperationText words, BodyHandle handle, BodyCheck check = {});
    /// GET: 200 with a page.
    void add_list(OperationText words, Handle handle);
    /// GET of one: 200 with the row.
    void add_show(OperationText words, Handle handle);
    /// PUT or PATCH of one, with If-Match: 200 with the row. \param body  its schema's name
    void add_change(std::string method, std::string body, OperationText words, BodyHandle handle,
                    BodyCheck check = {});
    /// DELETE of one, with If-Match: 204.
    void add_removal(OperationText words, Handle handle);

    /// "/v1/sources/{id}"
    [[nodiscard]] std::string one() const { return resource_.path + "/{" + resource_.key + "}"; }

private:
    Routes& routes_;
    Resource resource_;
};

}  // namespace katydid::api
