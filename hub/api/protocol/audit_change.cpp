#include "hub/api/protocol/audit_change.hpp"

#include "hub/input/body.hpp"
#include "hub/api/protocol/output.hpp"
#include "hub/core/json/write.hpp"
#include "hub/http/egress/egress.hpp"
#include "hub/observe/log.hpp"

namespace katydid::api {
namespace {

namespace json = boost::json;

bool is_secret(std::string_view name)
{
    return name == "headers" || name == "secret" || name == "key" || name == "public_key";
}

/// Path and query of a URL are often a receiver's secret: where it leads is said, and no more.
json::string without_secrets(std::string_view url)
{
    const auto parsed = http::EgressPolicy::parse_url(url);
    if (!parsed) return json::string{input::hidden_value};
    auto text = (parsed->tls ? "https://" : "http://") + parsed->authority() + "/";
    if (parsed->target != "/") text += input::hidden_value;
    return json::string{text};
}

void hide_secrets(json::value& value)
{
    if (auto* object = value.if_object()) {
        for (auto& member : *object)
            if (is_secret(member.key())) member.value() = input::hidden_value;
            else if (member.key().ends_with("url") && member.value().is_string())
                member.value() = without_secrets(member.value().get_string());
            else hide_secrets(member.value());
    } else if (auto* array = value.if_array()) {
        for (auto& each : *array) hide_secrets(each);
    }
}

/// Members of `one` that `other` has not, or has with another value.
json::value difference(const json::object& one, const json::object& other)
{
    json::object different;
    for (const auto& member : one) {
        const auto* same = other.if_contains(member.key());
        if (same != nullptr && *same == member.value()) continue;
        if (member.key() == "updated_at") continue;
        different.emplace(member.key(), member.value());
    }
    json::value hidden(std::move(different));
    hide_secrets(hidden);
    return hidden;
}

}  // namespace

std::string describe_change(const json::object& before, const json::object& after)
{
    json::object change;
    if (!before.empty()) change["before"] = difference(before, after);
    if (!after.empty()) change["after"] = difference(after, before);
    return json_text::write(change);
}

awaitable<result<void>> note_change(const Context& context, Caller caller, std::string action,
                                    std::string object, std::string detail)
{
    store::AuditEntry entry;
    entry.tenant = caller.tenant;
    entry.at = context.clock.now();
    entry.actor = actor_of(caller);
    entry.action = std::move(action);
    entry.object = std::move(object);
    entry.detail = std::move(detail);
    auto noted = co_await context.store.audit(std::move(entry));
    co_return noted;
}

awaitable<void> audit_change(const Context& context, Caller caller, std::string action,
                             std::string object, std::string detail)
{
    auto noting = note_change(context, std::move(caller), std::move(action), object,
                              std::move(detail));
    const auto noted = co_await std::move(noting);
    if (!noted) log::warn("audit.failed", noted.error().message, {{"object", object}});
}

awaitable<http::Response> answer_deletion(const Context& context, Caller caller, Deletion deletion)
{
    auto detail = describe_change(deletion.before, {});
    co_await audit_change(context, std::move(caller), std::move(deletion.action),
                          std::move(deletion.object), std::move(detail));
    http::Response response;
    response.status = 204;
    co_return response;
}

}  // namespace katydid::api
