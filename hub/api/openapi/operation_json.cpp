#include "hub/api/openapi/operation_json.hpp"

#include "hub/input/schemas.hpp"
#include "hub/api/access/access.hpp"

#include <algorithm>

namespace katydid::api {

namespace json = boost::json;

json::object reference_to(std::string_view schema)
{
    return {{"$ref", std::string{input::schema_path} + std::string{schema}}};
}

namespace {

struct Shared {
    unsigned status;
    const char* what;
};
constexpr Shared shared_answers[] = {
    {400, "The request cannot be read"},
    {401, "No valid API key"},
    {403, "The key lacks the scope"},
    {404, "There is no such thing in this tenant"},
    {409, "Something else is in the way"},
    {412, "It was changed since: `If-Match` does not fit"},
    {413, "The body is too large"},
    {415, "The body is of another media type"},
    {422, "Something in the request is wrong; `errors` says where"},
    {429, "Too many wrong keys, or too much at once"},
    {431, "The header section is too large"},
    {503, "The hub cannot do it now: try again later"},
};

bool is_shared(const Operation& operation, unsigned status)
{
    if (operation.is_public) return status == 431;  // of the listener, as for all others
    switch (status) {
    case 400:
    case 401:
    case 403:
    case 404:
    case 422:
    case 429:
    case 503: return true;
    case 409: return operation.is_repeatable;
    case 412: return operation.is_conditional;
    case 413:
    case 415: return !operation.bodies.empty();
    default: return false;
    }
}

json::object problem_content()
{
    return {{"application/problem+json", json::object{{"schema", reference_to("Problem")}}}};
}

json::object content_of(const std::string& schema)
{
    if (schema == "bytes") return {{"*/*", json::object{}}};
    return {{"application/json", json::object{{"schema", reference_to(schema)}}}};
}

json::object answers_of(const Operation& operation)
{
    json::object answers;
    for (const auto& answer : operation.answers) {
        if (answer.status >= 400) {
            answers[std::to_string(answer.status)] = json::object{{"description", answer.what},
                                                                  {"content", problem_content()}};
            continue;
        }
        json::object object{{"description", answer.what}};
        if (!answer.schema.empty()) object["content"] = content_of(answer.schema);
        answers[std::to_string(answer.status)] = std::move(object);
    }
    for (const auto& shared : shared_answers)
        if (is_shared(operation, shared.status))
            answers.emplace(
                std::to_string(shared.status),
                json::object{{"$ref", "#/components/responses/" + std::to_string(shared.status)}});
    return answers;
}

json::object parameter_json(const Parameter& parameter)
{
    return {{"name", parameter.name},
            {"in", parameter.in},
            {"description", parameter.what},
            {"schema", json::parse(parameter.schema)}};
}

/// What a part of a path is. \param noun  the part before it: "subscriptions"
std::string describe_part(std::string_view noun, std::string_view name)
{
    if (name != "id") return "its " + std::string{name};
    constexpr std::string_view with_names[] = {"subscriptions", "sources", "tenants", "keys"};
    const bool has_name = std::ranges::find(with_names, noun) != std::end(with_names);
    return has_name ? "its id or name" : "its id";
}

/// "{id}" parts of the pattern.
void add_path_parameters(std::string_view pattern, json::array& parameters)
{
    for (auto open = pattern.find('{'); open != std::string_view::npos;
         open = pattern.find('{', open + 1)) {
        const auto close = pattern.find('}', open);
        const std::string name{pattern.substr(open + 1, close - open - 1)};
        const auto before = pattern.substr(0, open - 1);
        const auto noun = before.substr(before.rfind('/') + 1);
        parameters.push_back(json::object{{"name", name},
                                          {"in", "path"},
                                          {"required", true},
                                          {"description", describe_part(noun, name)},
                                          {"schema", json::object{{"type", "string"}}}});
    }
}

json::array parameters_of(std::string_view pattern, const Operation& operation)
{
    json::array parameters;
    add_path_parameters(pattern, parameters);
    for (const auto& parameter : operation.parameters)
        parameters.push_back(parameter_json(parameter));
    const auto add_shared = [&](const char* name) {
        parameters.push_back(
            json::object{{"$ref", std::string{"#/components/parameters/"} + name}});
    };
    if (operation.is_conditional) add_shared("IfMatch");
    if (operation.is_repeatable) add_shared("IdempotencyKey");
    if (!operation.is_public) add_shared("Tenant");
    return parameters;
}

json::object bodies_of(const Operation& operation)
{
    json::object content;
    for (const auto& body : operation.bodies) {
        json::object object;
        if (body.schema == "binary")
            object["schema"] = json::object{{"description", "a CloudEvent in binary mode"}};
        else if (body.schema == "text") object["schema"] = json::object{{"type", "string"}};
        else object["schema"] = reference_to(body.schema);
        content[body.type] = std::move(object);
    }
    return {{"required", !operation.body_is_optional}, {"content", std::move(content)}};
}

/// Who may call it. Programs find the scope in `x-required-scope`: OpenAPI has a place for scopes
/// only where a scheme lists them, which that of API keys cannot.
std::string description_of(std::string_view scope, const Operation& operation)
{
    if (operation.is_public) return "Needs no key.";
    if (scope == operator_only) return "Needs the operator's key.";
    return "Needs a key with the scope `" + std::string{scope} + "`.";
}

/// "/v1/event-types/{name}" → "event-types".
std::string tag_of(std::string_view pattern)
{
    if (pattern == "/api/realtime") return "realtime";
    if (!pattern.starts_with("/v1/")) return "hub";
    pattern.remove_prefix(4);
    return std::string{pattern.substr(0, pattern.find('/'))};
}

}  // namespace

json::object shared_components()
{
    json::object responses;
    for (const auto& shared : shared_answers)
        responses[std::to_string(shared.status)] = json::object{{"description", shared.what},
                                                                {"content", problem_content()}};
    const Parameter if_match{"If-Match", R"({"type":"string"})",
                             "the `ETag` the change is meant for; another one is answered with 412",
                             "header"};
    const Parameter repeat{
        "Idempotency-Key", R"({"type":"string","minLength":1,"maxLength":255})",
        "the same key with the same request gets the same answer again for a day", "header"};
    const Parameter tenant{
        "Katydid-Tenant", R"({"type":"string"})",
        "the tenant to act for, by id or name: an operator's any, else the key's own "
        "and those that it made; absent: the key's own",
        "header"};
    json::object key{{"type", "http"},
                     {"scheme", "bearer"},
                     {"description", "An API key: kd_live_… or kd_test_…. Each operation names "
                                     "the scope it needs; `admin` has them all."}};
    json::object ticket{{"type", "apiKey"},
                        {"in", "query"},
                        {"name", "ticket"},
                        {"description", "For browsers, which cannot send a header here: made with "
                                        "POST /v1/tickets, good once"}};
    return {
        {"schemas", json::object{}},
        {"responses", std::move(responses)},
        {"parameters", json::object{{"IfMatch", parameter_json(if_match)},
                                    {"IdempotencyKey", parameter_json(repeat)},
                                    {"Tenant", parameter_json(tenant)}}},
        {"securitySchemes", json::object{{"key", std::move(key)}, {"ticket", std::move(ticket)}}}};
}

bool describes(const Operation& operation, unsigned status)
{
    if (is_shared(operation, status)) return true;
    return std::ranges::any_of(operation.answers,
                               [status](const Answer& each) { return each.status == status; });
}

json::object operation_json(std::string_view pattern, std::string_view scope,
                            const Operation& operation)
{
    json::object object{{"operationId", operation.id},
                        {"summary", operation.summary},
                        {"description", description_of(scope, operation)},
                        {"tags", json::array{json::value(tag_of(pattern))}},
                        {"parameters", parameters_of(pattern, operation)},
                        {"responses", answers_of(operation)}};
    if (!operation.bodies.empty()) object["requestBody"] = bodies_of(operation);
    if (operation.is_public) return object;
    json::array security;
    security.push_back(json::object{{"key", json::array{}}});
    if (operation.takes_ticket) security.push_back(json::object{{"ticket", json::array{}}});
    object["security"] = std::move(security);
    object["x-required-scope"] = scope;
    return object;
}

}  // namespace katydid::api
