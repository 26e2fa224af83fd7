#include "hub/bridge/writes/write_body.hpp"

#include "handlers/dialects/dialects.hpp"
#include "hub/core/codec/utf8.hpp"
#include "hub/core/text/text.hpp"
#include "signing/algorithms/digest.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <map>
#include <optional>
#include <stdexcept>

namespace katydid::bridge {
namespace {

namespace json = boost::json;

constexpr std::size_t depth_max = 32;

/// The same text for equal content: members by name.
void write_canonical(const json::value& value, std::string& out)
{
    if (const auto* object = value.if_object()) {
        std::vector<std::string_view> names;
        for (const auto& member : *object) names.push_back(member.key());
        std::ranges::sort(names);
        out += '{';
        for (const auto name : names) {
            out.append(json::serialize(json::string_view{name})).append(":");
            write_canonical(object->at(name), out);
            out += ',';
        }
        out += '}';
    } else if (const auto* array = value.if_array()) {
        out += '[';
        for (const auto& each : *array) {
            write_canonical(each, out);
            out += ',';
        }
        out += ']';
    } else {
        out += json::serialize(value);
    }
}

std::string member_text(const json::value& body, std::string_view name)
{
    const auto* member = body.get_object().if_contains(name);
    if (member == nullptr) return {};
    if (const auto* text = member->if_string()) return std::string{std::string_view{*text}};
    return json::serialize(*member);
}

json::value parse(std::string_view text, boost::system::error_code& error)
{
    json::parse_options options;
    options.max_depth = depth_max;
    return json::parse(json::string_view{text.data(), text.size()}, error, {}, options);
}

/// A schema with the sentences it gives for its members.
struct Rules {
    schema::JsonSchemaPtr schema;
    std::map<std::string, std::string> descriptions;  ///< by pointer
};

Rules read_rules(std::string_view type)
{
    const auto text = embedded_text(dialects::embedded_files,
                                    "grasshopper/schemas/" + std::string{type} + ".json");
    const auto document = json::parse(json::string_view{text.data(), text.size()});
    std::vector<Fault> faults;
    Rules rules{schema::JsonSchema::compile(document, faults), {}};
    if (!rules.schema)
        throw std::logic_error{std::string{type} + ": " + faults.front().pointer + " "
                               + faults.front().detail};
    for (const auto& [name, member] : document.at("properties").as_object())
        if (const auto* told = member.as_object().if_contains("description"))
            rules.descriptions.emplace("/" + std::string{std::string_view{name}},
                                       std::string_view{told->as_string()});
    return rules;
}

const Rules& rules_of(const WriteCall& call)
{
    static const auto all = [] {
        std::map<std::string_view, Rules> made;
        for (const auto& each : write_calls()) made.emplace(each.type, read_rules(each.type));
        return made;
    }();
    return all.at(call.type);
}

/// The moment that a member names; a day is its first moment. nullopt: it names none.
std::optional<Timestamp> moment_of(const json::value& body, std::string_view member)
{
    const auto* object = body.if_object();
    const auto* value = object == nullptr ? nullptr : object->if_contains(member);
    if (value == nullptr || !value->is_string()) return std::nullopt;
    const std::string text{std::string_view{value->get_string()}};
    constexpr std::size_t day_chars = 10;
    return parse_rfc3339(text.size() == day_chars ? text + "T00:00:00Z" : text);
}

}  // namespace

std::vector<Fault> faults_of(const WriteCall& call, const json::value& body)
{
    const auto& rules = rules_of(call);
    auto faults = rules.schema->check(body);
    for (auto& fault : faults) {
        const auto told = rules.descriptions.find(fault.pointer);
        const bool is_choice = fault.detail.starts_with("fits none");
        if (is_choice && told != rules.descriptions.end()) fault.detail = "must be " + told->second;
    }
    const auto later = moment_of(body, call.later);
    const auto earlier = moment_of(body, call.earlier);
    if (later && earlier && *later < *earlier)
        faults.push_back(
            {"/" + std::string{call.later}, "must not be before " + std::string{call.earlier}});
    return faults;
}

http::Response refusal(const std::vector<Fault>& faults)
{
    std::string sentence;
    json::array errors;
    for (const auto& fault : faults) {
        if (!sentence.empty()) sentence += "; ";
        sentence += (fault.pointer.empty() ? "the body" : fault.pointer.substr(1)) + " "
                    + fault.detail;
        errors.push_back({{"pointer", fault.pointer}, {"detail", fault.detail}});
    }
    const json::object body{{"error", sentence}, {"errors", std::move(errors)}};
    return http::Response::json(400, json::serialize(body));
}

std::variant<json::value, http::Response> validate_body(const WriteCall& call,
                                                        std::string_view body)
{
    boost::system::error_code error;
    auto value = parse(body, error);
    if (error || !is_utf8(body)) return http::Response::plain_error(400, "the body is not JSON");
    const auto faults = faults_of(call, value);
    if (!faults.empty()) return refusal(faults);
    return value;
}

WriteBody make_write_body(const WriteCall& call, std::string_view body, std::string_view path_id,
                          const privacy::PrivacyTable& privacy, bool opted_out)
{
    WriteBody made;
    made.subject = privacy.subject_of(call.type, body).subject;
    auto filtered = privacy.filter(call.type, body, opted_out);
    made.payload = filtered ? std::move(*filtered) : std::string{body};
    boost::system::error_code error;
    const auto value = parse(made.payload, error);
    std::string canonical;
    write_canonical(value, canonical);
    made.hash = signing::sha256_hex(canonical);
    made.key = member_text(value, call.key);
    made.natural = path_id;
    if (call.natural_key.empty()) made.natural += made.hash;
    for (const auto& member : split_list(call.natural_key))
        made.natural.append("\n").append(member_text(value, member));
    return made;
}

}  // namespace katydid::bridge
