#include "hub/input/body.hpp"

#include "hub/input/duplicate_keys.hpp"
#include "hub/input/schemas.hpp"
#include "hub/core/json/rewrite.hpp"
#include "hub/core/json/scan.hpp"

#include <algorithm>

namespace katydid::input {
namespace {

namespace json = boost::json;

constexpr std::size_t depth_max = 32;

}  // namespace

http::Response faults_response(const std::vector<Fault>& faults)
{
    json::array errors;
    for (const auto& fault : faults)
        errors.push_back(json::object{{"pointer", fault.pointer}, {"detail", fault.detail}});
    const auto& pointer = faults.front().pointer;
    const json::object body{
        {"type", "about:blank"},
        {"title", "Unprocessable Content"},
        {"status", 422},
        {"detail", (pointer.empty() ? "" : pointer + ": ") + faults.front().detail},
        {"errors", std::move(errors)}};
    auto response = http::Response::json(422, json::serialize(body));
    response.content_type = "application/problem+json";
    return response;
}

std::string json_fault(std::string_view text, const json::error_code& error)
{
    if (text.find_first_not_of(" \t\r\n") == text.npos) return "is empty: JSON is needed.";
    if (!json_text::is_json(text)) return "is not valid JSON: " + error.message() + ".";
    if (json_text::without_mark(text).size() < text.size())
        return "begins with a byte order mark: send it without.";
    if (error == json::error::too_deep)
        return "nests deeper than " + std::to_string(depth_max) + " levels: send it flatter.";
    if (json_text::repaired(text) != text)
        return "has half of a surrogate pair (such as \"\\ud83d\"), which is no character: send "
               "both halves.";
    return "holds a value that cannot be read: " + error.message() + ".";
}

result<json::value> parse_object(std::string_view text, std::vector<Fault>& faults,
                                 std::string_view opaque)
{
    json::parse_options options;
    options.max_depth = depth_max;
    json::error_code error;
    auto value = json::parse(text, error, {}, options);
    if (error) return Error{errc::invalid_argument, json_fault(text, error)};
    if (auto pointer = find_duplicate_key(text, opaque))
        faults.push_back({std::move(*pointer), "is a duplicate"});
    if (!value.is_object()) faults.push_back({"", "must be an object"});
    return value;
}

namespace {

/// Whether the one points to what the other points to, or to something in it.
bool is_in(std::string_view pointer, std::string_view other)
{
    return pointer.starts_with(other)
           && (pointer.size() == other.size() || pointer[other.size()] == '/');
}

/// Adds what is found beside the faults there are. What is missing now is no fault of its own.
void add_faults(const FindFaults& find, const json::object& object, std::vector<Fault>& faults)
{
    const auto known = faults;
    find(object, faults);
    const auto begin = faults.begin() + static_cast<std::ptrdiff_t>(known.size());
    faults.erase(std::remove_if(begin, faults.end(),
                                [&](const Fault& fault) {
                                    return std::ranges::any_of(known, [&](const Fault& other) {
                                        return is_in(fault.pointer, other.pointer)
                                               || is_in(other.pointer, fault.pointer);
                                    });
                                }),
                 faults.end());
}

}  // namespace

std::optional<json::value> read_body(std::string_view body, std::string_view schema,
                                     http::Response& response, const FindFaults& find_more)
{
    std::vector<Fault> faults;
    auto value = parse_object(body, faults);
    if (!value) {
        response = http::Response::problem(400, "The body " + value.error().message);
        return std::nullopt;
    }
    if (value->is_object()) take_what_fits(schema, *value, faults);
    if (faults.empty()) return std::move(*value);
    if (find_more && value->is_object()) add_faults(find_more, value->get_object(), faults);
    response = faults_response(faults);
    return std::nullopt;
}

}  // namespace katydid::input
