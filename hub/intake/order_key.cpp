#include "hub/intake/order_key.hpp"

#include <boost/json.hpp>

namespace katydid::intake {
namespace {

namespace json = boost::json;

constexpr std::string_view header_prefix = "header:";
const std::string no_key = "-";

const json::value* find(filter::Document& document, std::string_view pointer)
{
    const auto* payload = document.payload();
    if (payload == nullptr) return nullptr;
    json::error_code error;
    return payload->find_pointer(pointer, error);
}

std::string scalar_text(const json::value* value)
{
    if (value == nullptr || value->is_null() || value->is_structured()) return no_key;
    if (const auto* text = value->if_string()) return std::string{*text};
    return json::serialize(*value);
}

std::string key_for(const Event& event, const Limits& limits, filter::Document& document)
{
    if (limits.ordering == Ordering::none) return {};
    std::string key;
    if (limits.order_key.empty()) key = event.key;
    else if (limits.order_key.starts_with(header_prefix))
        key = header_value(event.headers, limits.order_key.substr(header_prefix.size()));
    else key = scalar_text(find(document, limits.order_key));
    return key.empty() ? no_key : key;
}

}  // namespace

std::vector<std::string> order_keys(const Event& event,
                                    const std::vector<SubscriptionPtr>& subscriptions,
                                    filter::Document& document)
{
    std::vector<std::string> keys;
    keys.reserve(subscriptions.size());
    for (const auto& subscription : subscriptions)
        keys.push_back(key_for(event, subscription->limits, document));
    return keys;
}

}  // namespace katydid::intake
