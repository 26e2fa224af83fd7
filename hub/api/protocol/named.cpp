#include "hub/api/protocol/named.hpp"

#include "hub/core/subscription/subscription.hpp"

namespace katydid::api {

SubscriptionPtr subscription_in_path(const Context& context, const Caller& caller,
                                     const http::Request& request, http::Response& response)
{
    auto found = registry::named_subscription(context.tables, caller.tenant,
                                              request.parameter("id"));
    if (!found)
        response = http::Response::problem(404, "There is no subscription of that id or name.");
    return found;
}

registry::SourceEntryPtr source_in_path(const Context& context, const Caller& caller,
                                        const http::Request& request, http::Response& response)
{
    auto found = registry::named_source(context.tables, caller.tenant, request.parameter("id"));
    if (!found) response = http::Response::problem(404, "There is no source of that id or name.");
    return found;
}

std::optional<SubscriptionId> subscription_id(const Context& context, TenantId tenant,
                                              std::string_view id_or_name)
{
    if (const auto id = SubscriptionId::parse(id_or_name)) return id;
    const auto found = registry::named_subscription(context.tables, tenant, id_or_name);
    return found ? std::optional{found->id} : std::nullopt;
}

std::optional<SourceId> source_id(const Context& context, TenantId tenant,
                                  std::string_view id_or_name)
{
    if (const auto id = SourceId::parse(id_or_name)) return id;
    const auto found = registry::named_source(context.tables, tenant, id_or_name);
    return found ? std::optional{found->source.id} : std::nullopt;
}

std::string unnamed(std::string_view noun)
{
    return "is neither the id nor the name of a " + std::string{noun};
}

bool read_subscription(const Context& context, const Caller& caller, const http::Request& request,
                       std::optional<SubscriptionId>& id, http::Response& response)
{
    const auto text = request.query_parameter("subscription");
    if (!text) return true;
    id = subscription_id(context, caller.tenant, *text);
    if (!id) response = parameter_fault("subscription", unnamed("subscription"));
    return id.has_value();
}

bool read_source(const Context& context, const Caller& caller, const http::Request& request,
                 std::optional<SourceId>& id, http::Response& response)
{
    const auto text = request.query_parameter("source");
    if (!text) return true;
    id = source_id(context, caller.tenant, *text);
    if (!id) response = parameter_fault("source", unnamed("source"));
    return id.has_value();
}

void read_subscription(const Context& context, const Caller& caller,
                       const boost::json::object& body, std::optional<SubscriptionId>& id,
                       std::vector<Fault>& faults)
{
    const auto* text = body.if_contains("subscription");
    if (text == nullptr) return;
    id = subscription_id(context, caller.tenant, text->get_string());
    if (!id) faults.push_back({"/subscription", unnamed("subscription")});
}

Parameter named_parameter(std::string_view noun)
{
    const std::string name{noun};
    return {name, R"({"type":"string","minLength":1})", "a " + name + ", by id or name"};
}

}  // namespace katydid::api
