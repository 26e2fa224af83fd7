// What a route says of itself: the source of /openapi.json.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace katydid::api {

/// A query parameter or a header. A parameter that is not listed is refused.
struct Parameter {
    std::string name;
    std::string schema;  ///< JSON text
    std::string what;
    std::string in = "query";
};

/// One thing a route may answer. Refusals that every route shares are not listed
/// (operation_json.cpp).
struct Answer {
    unsigned status = 200;
    std::string schema;  ///< a schema's name; "" no body; "bytes" any bytes
    std::string what;
};

struct MediaType {
    std::string type;    ///< "application/json"
    std::string schema;  ///< a schema's name; "text": not JSON; "binary": any bytes
};

/// A route as OpenAPI describes it. Its path parameters are described by their names.
struct Operation {
    std::string id;       ///< "listEvents", unique
    std::string summary;  ///< a sentence without a full stop
    std::vector<Answer> answers;
    std::vector<Parameter> parameters{};
    std::vector<MediaType> bodies{};  ///< empty: the route takes none
    bool body_is_optional = false;
    bool is_conditional = false;  ///< honours If-Match
    bool is_repeatable = true;    ///< a POST that honours Idempotency-Key
    bool is_public = false;       ///< needs no key
    bool takes_ticket = false;    ///< a ticket in the query does instead of a key (tickets.hpp)
};

[[nodiscard]] inline std::vector<MediaType> json_body(std::string schema)
{
    return {{"application/json", std::move(schema)}};
}

// Parameters that many lists have.
[[nodiscard]] Parameter limit_parameter();
[[nodiscard]] Parameter cursor_parameter();
[[nodiscard]] Parameter order_parameter();
[[nodiscard]] Parameter since_parameter(std::string_view what);
[[nodiscard]] Parameter until_parameter(std::string_view what);
/// A text. \param name  e.g. "subject"
[[nodiscard]] Parameter text_parameter(std::string_view name, std::string_view what);

}  // namespace katydid::api
