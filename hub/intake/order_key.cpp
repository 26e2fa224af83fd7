#include "hub/intake/order_key.hpp"

#include "hub/core/subscription/subscription.hpp"
#include "signing/algorithms/digest.hpp"

#include <boost/json.hpp>

#include <unordered_map>

namespace katydid::intake {
namespace {

namespace json = boost::json;

constexpr std::string_view header_prefix = "header:";
constexpr std::size_t key_bytes_max = 200;
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

/// \param place  as in Limits::order_key
std::string key_at(const Event& event, std::string_view place, filter::Document& document)
{
    std::string key;
    if (place.empty()) key = event.key;
    else if (place.starts_with(header_prefix))
        key = header_value(event.headers, place.substr(header_prefix.size()));
    else key = scalar_text(find(document, place));
    // It lies beside every delivery. What is equal stays equal.
    if (key.size() > key_bytes_max) return "sha256:" + signing::sha256_hex(key);
    return key.empty() ? no_key : key;
}

}  // namespace

std::vector<std::string> order_keys(const Event& event,
                                    const std::vector<SubscriptionPtr>& subscriptions,
                                    filter::Document& document)
{
    std::vector<std::string> keys;
    keys.reserve(subscriptions.size());
    // Each place is looked at once: what stands there may be as long as the payload.
    std::unordered_map<std::string_view, std::string> known;
    for (const auto& subscription : subscriptions) {
        const auto& limits = subscription->limits;
        if (limits.ordering == Ordering::none) {
            keys.emplace_back();
            continue;
        }
        const auto [key, is_new] = known.try_emplace(limits.order_key);
        if (is_new) key->second = key_at(event, limits.order_key, document);
        keys.push_back(key->second);
    }
    return keys;
}

}  // namespace katydid::intake
