#include "hub/api/protocol/request_check.hpp"

#include "hub/input/body.hpp"
#include "hub/core/codec/percent.hpp"
#include "hub/core/codec/utf8.hpp"
#include "hub/core/text/text.hpp"

#include <algorithm>
#include <cctype>

namespace katydid::api {
namespace {

/// Calls `visit(name)` for each parameter of the query; a broken escape is an empty name.
template <class Visit>
void each_name(std::string_view query, Visit visit)
{
    while (!query.empty()) {
        const auto end = query.find('&');
        const auto pair = query.substr(0, end);
        query = end == std::string_view::npos ? std::string_view{} : query.substr(end + 1);
        if (pair.empty()) continue;
        const auto equals = pair.find('=');
        const auto value = equals == std::string_view::npos ? std::string_view{}
                                                            : pair.substr(equals + 1);
        const auto name = percent_decode(pair.substr(0, equals), PlusSign::space);
        const auto text = percent_decode(value, PlusSign::space);
        visit(name.value_or(""), text && is_utf8(*text));
    }
}

void check_query(const http::Request& request, const Operation& operation,
                 std::vector<Fault>& faults)
{
    std::vector<std::string> seen;
    each_name(request.query, [&](const std::string& name, bool is_text) {
        const bool is_known = (operation.takes_ticket && name == "ticket")
                              || std::ranges::any_of(
                                  operation.parameters, [&](const Parameter& each) {
                                      return each.in == "query" && each.name == name;
                                  });
        if (!is_known) faults.push_back({"?" + name, "is not a parameter of this call"});
        else if (std::ranges::find(seen, name) != seen.end())
            faults.push_back({"?" + name, "is given twice"});
        else if (!is_text) faults.push_back({"?" + name, "is not proper percent-encoded UTF-8"});
        seen.push_back(name);
    });
}

bool is_empty_object(std::string_view body)
{
    std::string rest;
    for (const char c : body)
        if (c != ' ' && c != '\t' && c != '\r' && c != '\n') rest += c;
    return rest.empty() || rest == "{}";
}

http::Response unsupported(const Operation& operation)
{
    std::string types;
    for (const auto& body : operation.bodies) types += (types.empty() ? "" : ", ") + body.type;
    auto response = http::Response::problem(415, "Send the body as " + types + ".");
    response.with("Accept", types);
    return response;
}

}  // namespace

std::string media_type_of(const http::Request& request)
{
    auto type = std::string{request.header("content-type")};
    type.erase(std::min(type.find(';'), type.size()));
    while (!type.empty() && (type.back() == ' ' || type.back() == '\t')) type.pop_back();
    std::ranges::transform(type, type.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return type == "application/x-www-form-urlencoded" ? "" : type;
}

std::optional<http::Response> check_request(const http::Request& request,
                                            const Operation& operation)
{
    std::vector<Fault> faults;
    check_query(request, operation, faults);
    if (operation.bodies.empty() && !is_empty_object(request.body))
        faults.push_back({"", "this call takes no body"});
    if (!faults.empty()) return input::faults_response(faults);
    if (operation.bodies.empty() || request.body.empty()) return std::nullopt;
    const auto type = media_type_of(request);
    const bool is_described = type.empty()
                              || std::ranges::any_of(operation.bodies, [&](const auto& b) {
                                     return b.type == type || b.type == "*/*";
                                 });
    if (!is_described) return unsupported(operation);
    return std::nullopt;
}

}  // namespace katydid::api
