#include "handlers/privacy/privacy_table.hpp"

#include "hub/core/json/scan.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace katydid::privacy {
namespace {

namespace json = boost::json;

std::vector<std::string> texts(const json::object& object, std::string_view member)
{
    std::vector<std::string> list;
    if (const auto* values = object.if_contains(member))
        for (const auto& value : values->as_array())
            list.emplace_back(std::string_view{value.as_string()});
    return list;
}

/// The value at "customer.id", as it stands in the text.
std::optional<std::string_view> find_path(std::string_view object, std::string_view path)
{
    for (;;) {
        const auto dot = path.find('.');
        const auto member = json_text::member(object, path.substr(0, dot));
        if (!member) return std::nullopt;
        if (dot == std::string_view::npos) return *member;
        object = *member;
        path.remove_prefix(dot + 1);
    }
}

/// The text of a string, or the digits of a number; empty for anything else.
std::string scalar_text(std::string_view value)
{
    if (json_text::is_string(value)) return json_text::unescaped(value.substr(1, value.size() - 2));
    const bool is_whole = value.find_first_not_of("-0123456789") == std::string_view::npos;
    return is_whole ? std::string{value} : std::string{};
}

bool names_receiver(const json::value& value, std::string_view receiver)
{
    if (const auto* flag = value.if_bool()) return *flag;
    const auto* list = value.if_array();
    return list != nullptr && std::ranges::any_of(*list, [&](const json::value& each) {
               return each.is_string() && std::string_view{each.get_string()} == receiver;
           });
}

}  // namespace

PrivacyTable::PrivacyTable(std::string_view text, const PersonalNames& names) : names_{&names}
{
    const auto document = json::parse(json::string_view{text.data(), text.size()});
    receiver_ = std::string_view{document.at("receiver").as_string()};
    for (const auto& [type, value] : document.at("rules").as_object()) {
        const auto& object = value.as_object();
        Rule rule;
        for (const auto& field : texts(object, "fields")) {
            if (field == "*") rule.fields.all = true;
            else rule.fields.listed.add(field);
        }
        rule.fields.removed = texts(object, "remove");
        rule.subject = texts(object, "subject");
        rule.opt_out = texts(object, "opt_out");
        rules_.emplace(std::string{std::string_view{type}}, std::move(rule));
    }
    static_cast<void>(rules_.at("*"));
}

const PrivacyTable::Rule& PrivacyTable::rule_of(std::string_view type) const
{
    if (const auto exact = rules_.find(type); exact != rules_.end()) return exact->second;
    const auto dot = type.find('.');
    if (dot != std::string_view::npos) {
        std::string family{type.substr(0, dot)};
        const auto found = rules_.find(family += ".*");
        if (found != rules_.end()) return found->second;
    }
    return rules_.find("*")->second;
}

bool PrivacyTable::allow(std::string_view type, std::string_view field)
{
    const auto& rule = rule_of(type);
    if (&rule == &rules_.find("*")->second) return false;
    auto own = rule;
    own.fields.listed.add(field);
    rules_.insert_or_assign(std::string{type}, std::move(own));
    return true;
}

SubjectFacts PrivacyTable::subject_of(std::string_view type, std::string_view data) const
{
    const auto& rule = rule_of(type);
    SubjectFacts facts;
    for (const auto& path : rule.subject) {
        const auto value = find_path(data, path);
        if (value) facts.subject = scalar_text(*value);
        if (!facts.subject.empty()) break;
    }
    for (const auto& path : rule.opt_out) {
        const auto value = find_path(data, path);
        if (value && says_no(*value)) facts.opted_out = true;
    }
    return facts;
}

bool PrivacyTable::says_no(std::string_view text) const
{
    boost::system::error_code error;
    const auto value = json::parse(json::string_view{text.data(), text.size()}, error);
    return !error && names_receiver(value, receiver_);
}

std::optional<std::string> PrivacyTable::filter(std::string_view type, std::string_view document,
                                                bool opted_out, const Envelope& envelope) const
{
    const auto& rule = rule_of(type);
    const FilterHow how{!opted_out, envelope.data_member, envelope.outline};
    if (!opted_out) return filter_fields(document, rule.fields, *names_, how);
    auto strict = rule.fields;
    for (const auto& path : rule.subject)
        if (path != "id" && path != "grasshopperId")  // what the event is about must stay
            strict.removed.push_back(path.substr(0, path.find('.')));
    return filter_fields(document, strict, *names_, how);
}

PrivacyTables::PrivacyTables(const std::vector<std::string>& allowed)
    : atlvs_{embedded_text(embedded_files, "atlvs.json"), personal_names()},
      grasshopper_{embedded_text(embedded_files, "grasshopper.json"), personal_names()}
{
    for (const auto& text : allowed) {
        const auto colon = text.find(':');
        const bool is_whole = colon != std::string::npos && colon + 1 < text.size();
        const auto type = std::string_view{text}.substr(0, colon);
        const auto field = is_whole ? std::string_view{text}.substr(colon + 1) : std::string_view{};
        bool done = is_whole && atlvs_.allow(type, field);
        done = (is_whole && grasshopper_.allow(type, field)) || done;
        if (!done)
            throw Failure{
                Error{errc::invalid_argument, "bridge.allow: \"" + text
                                                  + "\" allows nothing: write TYPE:FIELD with "
                                                    "a type of the privacy tables, e.g. "
                                                    "bridge.artist:contactInfo.email"}};
    }
}

const PrivacyTable* PrivacyTables::of(std::string_view platform) const noexcept
{
    if (platform == "atlvs") return &atlvs_;
    return platform == "grasshopper" ? &grasshopper_ : nullptr;
}

const PersonalNames& personal_names()
{
    static const PersonalNames names{embedded_text(embedded_files, "personal.json")};
    return names;
}

bool is_opted_out(std::string_view record_json, std::string_view receiver)
{
    boost::system::error_code error;
    const auto value = json::parse(json::string_view{record_json.data(), record_json.size()},
                                   error);
    const auto* object = error ? nullptr : value.if_object();
    const auto* opt_out = object != nullptr ? object->if_contains("opt_out") : nullptr;
    return opt_out != nullptr && names_receiver(*opt_out, receiver);
}

}  // namespace katydid::privacy
