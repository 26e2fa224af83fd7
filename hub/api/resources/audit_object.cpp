#include "hub/api/resources/audit_object.hpp"

#include "hub/core/subscription/subscription.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace katydid::api {
namespace {

constexpr std::array<std::string_view, 6> kinds{"source", "subscription", "tenant",
                                                "key",    "event_type",   "scheme"};

struct Named {
    std::string_view kind;
    std::string object;
};

/// Every row of that name which the caller may know.
std::vector<Named> find_named(const Context& context, const Caller& caller, std::string_view name)
{
    const auto& tables = context.tables;
    std::vector<Named> found;
    if (const auto row = tables.source(caller.tenant, name))
        found.push_back({"source", row->source.id.to_string()});
    if (const auto row = tables.subscription_by_name(caller.tenant, name))
        found.push_back({"subscription", row->id.to_string()});
    if (const auto row = tables.tenant_by_name(name); row && acts_for(*caller.api_key, *row))
        found.push_back({"tenant", row->id.to_string()});
    for (const auto& row : tables.api_keys(caller.tenant))
        if (row->name == name) found.push_back({"key", row->id.to_string()});
    if (tables.event_type(caller.tenant, name)) found.push_back({"event_type", std::string{name}});
    if (tables.schemes().find_own(caller.tenant, name))
        found.push_back({"scheme", std::string{name}});
    return found;
}

std::string list_of(const std::vector<Named>& found, std::string_view name)
{
    std::string text;
    for (const auto& each : found) {
        const bool is_only = std::ranges::count(found, each.kind, &Named::kind) == 1;
        text.append(text.empty() ? "" : ", ");
        if (is_only) text.append(each.kind).append(":").append(name);
        else text.append(each.object);
    }
    return text;
}

}  // namespace

std::optional<std::string> audited_object(const Context& context, const Caller& caller,
                                          std::string_view text, std::string& fault)
{
    const auto kind = text.substr(0, text.find(':'));
    const bool has_kind = kind.size() < text.size() && std::ranges::count(kinds, kind) > 0;
    const auto name = has_kind ? text.substr(kind.size() + 1) : text;
    auto found = find_named(context, caller, name);
    if (has_kind) std::erase_if(found, [&](const Named& each) { return each.kind != kind; });
    if (found.size() == 1) return std::move(found.front().object);
    if (found.size() > 1)
        fault = "is the name of several things: choose one of " + list_of(found, name);
    else if (has_kind)
        fault = "is the name of nothing that is there; what is gone is found by its id";
    else return std::string{text};
    return std::nullopt;
}

std::string audited_actor(const Context& context, const Caller& caller, std::string text)
{
    // A key of that name does not hide what these did. People stand there with a role.
    if (text == "operator" || text == "settings" || text == "hub" || text.ends_with(')'))
        return text;
    for (const auto& row : context.tables.api_keys(caller.tenant))
        if (row->name == text && !row->is_operator) return row->id.to_string();
    return text;
}

}  // namespace katydid::api
