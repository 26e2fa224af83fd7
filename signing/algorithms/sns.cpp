// AWS SNS (https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html).
#include "signing/builtins.hpp"

#include <algorithm>
#include <array>

namespace katydid::signing {
namespace {

constexpr std::array<std::string_view, 6> notification_keys{"Message",   "MessageId", "Subject",
                                                            "Timestamp", "TopicArn",  "Type"};
constexpr std::array<std::string_view, 7> subscription_keys{
    "Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"};

std::string_view member(const boost::json::object& object, std::string_view name)
{
    const auto* const value = object.if_contains(name);
    return value != nullptr && value->is_string() ? std::string_view{value->get_string()}
                                                  : std::string_view{};
}

/// Nothing when a field is no text, or could end in the middle of another one: only the message
/// itself may have lines (a subject must not, says SNS).
std::optional<std::string> canonical(const boost::json::object& object,
                                     std::span<const std::string_view> names)
{
    std::string message;
    for (const auto name : names) {
        const auto* const value = object.if_contains(name);
        if (value == nullptr) continue;  // Subject is left out when there is none
        const auto text = member(object, name);
        if (!value->is_string() || (name != "Message" && text.find('\n') != std::string::npos))
            return std::nullopt;
        message.append(name).append("\n").append(text).append("\n");
    }
    return message;
}

bool is_our_topic(const KeyRing& keys, std::string_view topic, Timestamp now)
{
    return std::any_of(keys.keys.begin(), keys.keys.end(), [&](const Key& key) {
        return key.is_active(now) && equal_bytes(key.secret.text(), topic);
    });
}

}  // namespace

BuiltinMessages sns_messages(RequestValues& values, Candidates& candidates, const KeyRing& keys,
                             Timestamp now)
{
    const auto* const document = values.json();
    if (document == nullptr || !document->is_object())
        return builtin_refusal(RefusalReason::signature_missing, "the body is not a JSON object");
    const auto& object = document->get_object();
    const auto topic = member(object, "TopicArn");
    if (!is_our_topic(keys, topic, now))
        return builtin_refusal(RefusalReason::signature_wrong,
                               "the message is from a topic that is not configured as the secret");
    for (std::size_t i = 0; i < candidates.size; ++i)
        candidates.items[i].field = member(object, "SignatureVersion");
    const auto type = member(object, "Type");
    const bool is_notification = type == "Notification";
    if (!is_notification && type != "SubscriptionConfirmation" && type != "UnsubscribeConfirmation")
        return builtin_refusal(RefusalReason::signature_wrong,
                               "the message's Type is not one of SNS's");
    auto message = is_notification ? canonical(object, notification_keys)
                                   : canonical(object, subscription_keys);
    if (!message)
        return builtin_refusal(RefusalReason::signature_wrong,
                               "a signed field of the message is not one line of text");
    BuiltinMessages made;
    made.messages.push_back(std::move(*message));
    made.configured = topic;
    return made;
}

}  // namespace katydid::signing
