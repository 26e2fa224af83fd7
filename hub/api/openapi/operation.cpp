#include "hub/api/openapi/operation.hpp"

namespace katydid::api {

Parameter limit_parameter()
{
    return {"limit", R"({"type":"integer","minimum":1,"maximum":250,"default":50})",
            "how many at most"};
}

Parameter cursor_parameter()
{
    return {"cursor", R"({"type":"string","minLength":1})",
            "`cursor` of the page before; absent: the first page"};
}

Parameter order_parameter()
{
    return {"order", R"({"type":"string","enum":["desc","asc"],"default":"desc"})",
            "newest or oldest first"};
}

Parameter since_parameter(std::string_view what)
{
    return {"since", R"({"type":"string","format":"date-time"})", std::string{what} + " or later"};
}

Parameter until_parameter(std::string_view what)
{
    return {"until", R"({"type":"string","format":"date-time"})",
            "before that " + std::string{what}};
}

Parameter text_parameter(std::string_view name, std::string_view what)
{
    return {std::string{name}, R"({"type":"string"})", std::string{what}};
}

}  // namespace katydid::api
