// Lists of what the tables hold: a page of rows that are in memory, newest first.
#pragma once

#include "hub/api/protocol/output.hpp"
#include "hub/api/protocol/route.hpp"

#include <functional>

namespace katydid::api {

/// One page of `rows` by the query's `limit` and `cursor`, or the response that refuses it.
/// \param id_of    a row's id; the rows are sorted by it, descending
/// \param to_json  a row as the API writes it
template <class Rows, class IdOf, class ToJson>
[[nodiscard]] http::Response table_page(const http::Request& request, const Rows& rows, IdOf id_of,
                                        ToJson to_json)
{
    using Id = std::decay_t<decltype(std::invoke(id_of, rows.front()))>;
    http::Response response;
    std::optional<Id> cursor;
    const auto limit = read_limit(request, response);
    if (!limit || !read_id(request, "cursor", cursor, response)) return response;
    boost::json::array data;
    std::string next;
    for (const auto& row : rows) {
        const auto id = id_of(row);
        if (cursor && id >= *cursor) continue;
        if (data.size() == *limit) break;
        data.push_back(to_json(row));
        next = id.to_string();
    }
    if (data.size() < *limit) next.clear();
    return page(std::move(data), next);
}

}  // namespace katydid::api
