#include "hub/cli/declare/plan.hpp"

#include "hub/input/body.hpp"
#include "hub/input/subscription_input.hpp"
#include "hub/cli/terminal/table.hpp"
#include "hub/core/json/write.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <array>
#include <ranges>

namespace katydid::cli::declare {
namespace {

namespace json = boost::json;

/// Objects that are one value: a change of them replaces the whole.
bool is_whole(std::string_view name)
{
    constexpr std::array<std::string_view, 5> whole{"filter", "schema", "headers", "statuses",
                                                    "retention"};
    return std::ranges::find(whole, name) != whole.end();
}

/// "limits.in_flight" and its value, for every member.
void flatten(const json::object& object, const std::string& above,
             std::vector<std::pair<std::string, json::value>>& members)
{
    for (const auto& [name, value] : object) {
        const auto path = above + std::string{name};
        const auto* inner = value.if_object();
        if (inner != nullptr && !is_whole(name)) flatten(*inner, path + ".", members);
        else members.emplace_back(path, value);
    }
}

constexpr std::size_t value_columns = 60;

/// One value as TOML and people have it; an object is shown as JSON.
std::string shown_value(const json::value& value)
{
    return value.is_null() ? "(none)" : fit(json_text::write(value), value_columns);
}

/// Two values; of long texts that begin alike, what stands shortly before they differ.
std::string shown_change(const json::value& now, const json::value& then)
{
    constexpr std::size_t before = 20;
    auto from = json_text::write(now);
    auto to = json_text::write(then);
    auto at = static_cast<std::size_t>(std::ranges::mismatch(from, to).in1 - from.begin());
    if (now.is_null() || then.is_null() || at + 1 < value_columns)
        return shown_value(now) + " → " + shown_value(then);
    at -= before;
    while ((static_cast<unsigned char>(from[at]) & 0xC0U) == 0x80U) --at;  // whole characters
    return "…" + fit(from.substr(at), value_columns) + " → …" + fit(to.substr(at), value_columns);
}

/// Objects that are shown member by member, and given to the API as a whole or not at all.
bool is_given_whole(std::string_view name) { return name == "transform" || name == "branding"; }

/// What the API takes for a member that is to be gone.
json::value blank_of(std::string_view member)
{
    if (member == "retry.statuses" || member == "handler.headers" || member == "branding")
        return json::object{};
    return nullptr;
}

void set_member(json::object& body, std::string_view path, json::value value)
{
    const auto dot = path.find('.');
    if (dot == std::string_view::npos) {
        body[path] = std::move(value);
        return;
    }
    auto& inner = body[path.substr(0, dot)];
    if (!inner.is_object()) inner = json::object{};
    set_member(inner.as_object(), path.substr(dot + 1), std::move(value));
}

json::object body_of_change(const Wish& wish, const std::vector<Change>& changes)
{
    json::object body;
    if (wish.kind->has_id) {
        for (const auto& change : changes) {
            if (change.member == "handler.url" && change.then.is_null()) continue;  // by its kind
            const auto group = change.member.substr(0, change.member.find('.'));
            const bool is_whole = is_given_whole(group);
            const auto& member = is_whole ? group : change.member;
            // What is shown of headers is "(hidden)".
            const auto& headers = value_at(wish.body, "handler.headers");
            const bool is_given = member == "handler.headers" && !headers.is_null();
            const auto& then = is_whole   ? value_at(wish.shown, group)
                               : is_given ? headers
                                          : change.then;
            set_member(body, member, then.is_null() ? blank_of(member) : then);
        }
        return body;
    }
    if (wish.kind == &scheme_kind) return {{"toml", wish.body.at("toml")}};
    for (const auto& member : wish.shown)
        if (member.key() != "name") body.insert(member);
    return body;
}

/// What the document leaves out of these stays: a person paused it, and headers are secrets.
json::object with_kept(const Wish& wish, const json::object& now)
{
    auto then = wish.shown;
    if (wish.kind != &subscription_kind) return then;
    if (!wish.body.contains("status") && now.contains("status")) then["status"] = now.at("status");
    const auto& given = value_at(wish.body, "handler.headers");
    const auto& known = value_at(now, "handler.headers");
    auto& handler = then.at("handler").as_object();
    if (given.is_null() && !known.is_null()) handler["headers"] = known;
    return then;
}

void check_change(const Wish& wish, const Row& row, config::Mistakes& mistakes)
{
    if (row.is_read_only)
        mistakes.add(wish.place, "the " + std::string{wish.kind->noun} + " \"" + wish.name
                                     + "\" was made by a setting or a program: change it there");
    if (wish.kind != &subscription_kind) return;
    const auto& url = value_at(row.shown, "handler.url");
    const auto& headers = value_at(row.shown, "handler.headers");
    const bool has_headers = headers.is_object() && !headers.get_object().empty();
    const auto& new_url = value_at(wish.shown, "handler.url");
    if (!has_headers || !value_at(wish.body, "handler.headers").is_null() || !url.is_string()
        || !new_url.is_string()
        || input::has_same_origin(url.as_string().c_str(), new_url.as_string().c_str()))
        return;
    mistakes.add(wish.place, "its headers were given for another host: write them, or headers = {} "
                             "for none");
}

/// A value that the API hid can only stay.
void check_hidden(const Wish& wish, const Row* row, config::Mistakes& mistakes)
{
    const auto* headers = value_at(wish.body, "handler.headers").if_object();
    if (headers == nullptr) return;
    for (const auto& [name, value] : *headers) {
        if (value != json::value(input::hidden_value)) continue;
        const auto* known = row == nullptr ? nullptr
                                           : value_at(row->shown, "handler.headers").if_object();
        if (known == nullptr || !known->contains(name))
            mistakes.add(wish.place, "give the value of the header \"" + std::string{name}
                                         + "\": the hub does not have it");
    }
}

Step plan_creation(const Wish& wish, const std::string& tenant)
{
    Step step{Verb::create, wish.kind, tenant, wish.name, wish.place};
    step.body = wish.body;
    step.secrets = wish.secrets;
    if (wish.kind == &scheme_kind) return step;  // its description is long
    step.changes = differences(shown_by_default(*wish.kind), wish.shown);
    std::erase_if(step.changes, [](const Change& change) {
        return change.member == "name" || change.then.is_null();
    });
    return step;
}

std::optional<Step> plan_change(const Wish& wish, const Row& row, const std::string& tenant)
{
    const auto then = with_kept(wish, row.shown);
    auto changes = differences(row.shown, then);
    if (changes.empty()) return std::nullopt;
    Step step{Verb::change, wish.kind, tenant, wish.name, wish.place, row.id};
    step.body = body_of_change(wish, changes);
    step.changes = std::move(changes);
    return step;
}

void plan_removals(const TenantWishes& wishes, const Rows& rows, std::vector<Step>& steps)
{
    for (const auto* kind : kinds_of_tenant | std::views::reverse) {
        const auto known = rows.find(kind);
        if (!wishes.kinds.contains(kind) || known == rows.end()) continue;
        for (const auto& [name, row] : known->second) {
            const auto is_wanted = [&](const Wish& wish) {
                return wish.kind == kind && wish.name == name;
            };
            if (row.is_read_only || std::ranges::any_of(wishes.rows, is_wanted)) continue;
            steps.push_back({Verb::remove, kind, wishes.tenant, name, {}, row.id});
        }
    }
}

std::string_view word_of(Verb verb)
{
    return verb == Verb::create ? "create" : verb == Verb::change ? "change" : "delete";
}

}  // namespace

std::vector<Change> differences(const json::object& now, const json::object& then)
{
    std::vector<std::pair<std::string, json::value>> before;
    std::vector<std::pair<std::string, json::value>> after;
    flatten(now, "", before);
    flatten(then, "", after);
    const auto find = [](const auto& members, const std::string& path) {
        const auto found = std::ranges::find(members, path, [](const auto& m) { return m.first; });
        return found == members.end() ? json::value{} : found->second;
    };
    std::vector<Change> changes;
    for (const auto& [path, value] : after)
        if (auto known = find(before, path); known != value)
            changes.push_back({path, std::move(known), value});
    for (const auto& [path, value] : before)
        if (!value.is_null() && std::ranges::none_of(after, [&](const auto& member) {
                return member.first == path;
            }))
            changes.push_back({path, value, {}});
    return changes;
}

std::vector<Step> plan_tenant(const TenantWishes& wishes, const Rows& rows, bool prune,
                              config::Mistakes& mistakes)
{
    std::vector<Step> steps;
    for (const auto* kind : kinds_of_tenant)
        for (const auto& wish : wishes.rows) {
            if (wish.kind != kind) continue;
            const auto known = rows.find(kind);
            const Row* row = nullptr;
            if (known != rows.end() && known->second.contains(wish.name))
                row = &known->second.at(wish.name);
            check_hidden(wish, row, mistakes);
            if (row == nullptr) {
                steps.push_back(plan_creation(wish, wishes.tenant));
                continue;
            }
            auto step = plan_change(wish, *row, wishes.tenant);
            if (!step) continue;
            check_change(wish, *row, mistakes);
            steps.push_back(std::move(*step));
        }
    if (prune) plan_removals(wishes, rows, steps);
    return steps;
}

std::vector<Step> plan_tenants(const std::vector<Wish>& wishes,
                               const std::map<std::string, Row>& rows)
{
    std::vector<Step> steps;
    for (const auto& wish : wishes) {
        const auto row = rows.find(wish.name);
        if (row == rows.end()) steps.push_back(plan_creation(wish, {}));
        else if (auto step = plan_change(wish, row->second, {})) steps.push_back(std::move(*step));
    }
    return steps;
}

std::string title_of(const Step& step)
{
    const auto whose = step.tenant.empty() ? std::string{} : " of " + step.tenant;
    return std::string{step.kind->noun} + " \"" + step.name + "\"" + whose;
}

std::string plan_text(const std::vector<Step>& steps)
{
    std::string text;
    std::map<Verb, std::size_t> counts;
    for (const auto& step : steps) {
        ++counts[step.verb];
        const auto* sign = step.verb == Verb::create   ? "+ "
                           : step.verb == Verb::change ? "~ "
                                                       : "- ";
        text += sign + title_of(step) + "\n";
        for (const auto& [member, now, then] : step.changes) {
            text += "    " + member + ": ";
            text += (step.verb == Verb::change ? shown_change(now, then) : shown_value(then))
                    + "\n";
        }
        for (const auto& [member, reference] : step.secrets)
            text += "    " + member + ": from "
                    + (reference.file.empty() ? reference.variable : reference.file) + "\n";
    }
    if (steps.empty()) return "There is nothing to change.\n";
    return text + std::to_string(counts[Verb::create]) + " to create, "
           + std::to_string(counts[Verb::change]) + " to change, "
           + std::to_string(counts[Verb::remove]) + " to delete.\n";
}

json::object to_json(const Step& step)
{
    json::object object{{"do", word_of(step.verb)}, {"kind", step.kind->noun}};
    if (!step.tenant.empty()) object["tenant"] = step.tenant;
    object["name"] = step.name;
    if (step.verb != Verb::change) return object;
    json::object changes;
    for (const auto& [member, now, then] : step.changes)
        changes[member] = json::object{{"from", now}, {"to", then}};
    object["changes"] = std::move(changes);
    return object;
}

}  // namespace katydid::cli::declare
