#include "hub/api/input/body.hpp"

#include "hub/core/json/rewrite.hpp"
#include "hub/core/json/scan.hpp"

#include "hub/api/input/duplicate_keys.hpp"

#include <algorithm>

namespace katydid::api {
namespace {

namespace json = boost::json;

constexpr std::size_t depth_max = 32;
constexpr std::size_t list_max = 200;

}  // namespace

http::Response faults_response(const std::vector<Fault>& faults)
{
    json::array errors;
    for (const auto& fault : faults)
        errors.push_back(json::object{{"pointer", fault.pointer}, {"detail", fault.detail}});
    const json::object body{{"type", "about:blank"},
                            {"title", "Unprocessable Content"},
                            {"status", 422},
                            {"detail", faults.front().pointer + ": " + faults.front().detail},
                            {"errors", std::move(errors)}};
    auto response = http::Response::json(422, json::serialize(body));
    response.content_type = "application/problem+json";
    return response;
}

ObjectReader::ObjectReader(const json::object& object, std::string pointer,
                           std::vector<Fault>& faults)
    : object_{object},
      pointer_{std::move(pointer)},
      faults_{faults}
{}

std::string ObjectReader::pointer_to(std::string_view name) const
{
    std::string pointer = pointer_ + '/';
    for (const char c : name) {
        if (c == '~') pointer += "~0";
        else if (c == '/') pointer += "~1";
        else pointer += c;
    }
    return pointer;
}

void ObjectReader::fault(std::string_view name, std::string detail)
{
    faults_.push_back({pointer_to(name), std::move(detail)});
}

const json::value* ObjectReader::take(std::string_view name)
{
    taken_.push_back(name);
    return object_.if_contains(name);
}

std::optional<std::string> ObjectReader::text(std::string_view name, std::size_t size_max)
{
    const auto* value = take(name);
    if (value == nullptr) return std::nullopt;
    const auto* text = value->if_string();
    if (text == nullptr || text->empty() || text->size() > size_max) {
        fault(name, "must be a text of 1 to " + std::to_string(size_max) + " bytes");
        return std::nullopt;
    }
    return std::string{*text};
}

std::optional<std::vector<std::string>> ObjectReader::texts(std::string_view name)
{
    const auto* value = take(name);
    if (value == nullptr) return std::nullopt;
    const auto* array = value->if_array();
    if (array == nullptr || array->size() > list_max) {
        fault(name, "must be a list of at most " + std::to_string(list_max) + " texts");
        return std::nullopt;
    }
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < array->size(); ++i) {
        const auto* text = (*array)[i].if_string();
        if (text == nullptr || text->empty()) {
            faults_.push_back(
                {pointer_to(name) + "/" + std::to_string(i), "must be a text that is not empty"});
            return std::nullopt;
        }
        texts.emplace_back(*text);
    }
    return texts;
}

std::optional<milliseconds> ObjectReader::duration(std::string_view name)
{
    const auto* value = take(name);
    if (value == nullptr) return std::nullopt;
    const auto* text = value->if_string();
    const auto duration = text != nullptr ? parse_duration(*text) : std::nullopt;
    if (!duration) fault(name, "must be a duration such as \"500ms\", \"5s\", \"5m\" or \"2h\"");
    return duration;
}

std::optional<std::uint64_t> ObjectReader::number(std::string_view name, std::uint64_t low,
                                                  std::uint64_t high)
{
    const auto* value = take(name);
    if (value == nullptr) return std::nullopt;
    json::error_code error;
    const auto number = value->is_number() ? value->to_number<std::uint64_t>(error) : 0;
    if (!value->is_number() || value->is_double() || error || number < low || number > high) {
        fault(name,
              "must be a whole number from " + std::to_string(low) + " to " + std::to_string(high));
        return std::nullopt;
    }
    return number;
}

std::optional<double> ObjectReader::real(std::string_view name, double low, double high)
{
    const auto* value = take(name);
    if (value == nullptr) return std::nullopt;
    json::error_code error;
    const auto number = value->is_number() ? value->to_number<double>(error) : 0.0;
    if (!value->is_number() || error || !(number >= low && number <= high)) {
        fault(name, "must be a number from " + json::serialize(json::value(low)) + " to "
                        + json::serialize(json::value(high)));
        return std::nullopt;
    }
    return number;
}

std::optional<bool> ObjectReader::flag(std::string_view name)
{
    const auto* value = take(name);
    if (value == nullptr) return std::nullopt;
    const auto* flag = value->if_bool();
    if (flag == nullptr) {
        fault(name, "must be true or false");
        return std::nullopt;
    }
    return *flag;
}

std::optional<Timestamp> ObjectReader::time(std::string_view name)
{
    const auto* value = take(name);
    if (value == nullptr) return std::nullopt;
    const auto* text = value->if_string();
    const auto time = text != nullptr ? parse_rfc3339(*text) : std::nullopt;
    if (!time) fault(name, "must be a time such as \"2026-06-15T18:00:00Z\" (RFC 3339)");
    return time;
}

const json::object* ObjectReader::object(std::string_view name)
{
    const auto* value = take(name);
    if (value == nullptr) return nullptr;
    const auto* object = value->if_object();
    if (object == nullptr) fault(name, "must be an object");
    return object;
}

void ObjectReader::finish()
{
    for (const auto& member : object_) {
        if (std::find(taken_.begin(), taken_.end(), std::string_view{member.key()}) != taken_.end())
            continue;
        std::string known;
        for (const auto name : taken_) {
            if (known.find('"' + std::string{name} + '"') != std::string::npos) continue;
            known.append(known.empty() ? "\"" : ", \"").append(name).append("\"");
        }
        fault(member.key(), "is not a field of this object: it has " + known);
    }
}

std::string json_fault(std::string_view text, const json::error_code& error)
{
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

result<json::object> parse_object(std::string_view text, std::vector<Fault>& faults,
                                  std::string_view opaque)
{
    json::parse_options options;
    options.max_depth = depth_max;
    json::error_code error;
    auto value = json::parse(text, error, {}, options);
    if (error) return Error{errc::invalid_argument, json_fault(text, error)};
    if (auto pointer = find_duplicate_key(text, opaque))
        faults.push_back({std::move(*pointer), "is there twice"});
    auto* object = value.if_object();
    if (object == nullptr) {
        faults.push_back({"", "must be an object"});
        return json::object{};
    }
    return std::move(*object);
}

std::optional<json::object> read_object(const http::Request& request, http::Response& response)
{
    std::vector<Fault> faults;
    auto object = parse_object(request.body, faults);
    if (!object) {
        response = http::Response::problem(400, "The body " + object.error().message);
        return std::nullopt;
    }
    if (!faults.empty()) {
        response = faults_response(faults);
        return std::nullopt;
    }
    return std::move(*object);
}

std::optional<json::object> read_optional_object(const http::Request& request,
                                                 http::Response& response)
{
    if (request.body.empty()) return json::object{};
    return read_object(request, response);
}

}  // namespace katydid::api
