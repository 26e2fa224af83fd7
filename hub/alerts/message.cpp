#include "hub/alerts/message.hpp"

#include "hub/core/text/visible.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace katydid::alerts {
namespace {

namespace json = boost::json;

/// What people paste into a shell: the name, unless the shell would see more in it.
std::string word_of(const Happening& happening)
{
    const bool is_word = std::ranges::all_of(happening.name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
               || c == '_' || c == '.' || c == '-';
    });
    return is_word && !happening.name.starts_with('-') ? happening.name : happening.subscription;
}

std::string title_of(const Message& message)
{
    const auto& type = message.happening.type;
    const auto whose = "\"" + visible(message.happening.name) + "\"";
    if (message.is_over && type == "katydid.subscription.recovered")
        return whose + " delivers again";
    if (message.is_over && type == "katydid.subscription.degraded")
        return whose + " is degraded no longer";
    if (message.is_over) return "no more deliveries of " + whose + " die";
    if (type == "katydid.subscription.disabled") return whose + " is disabled";
    if (type == "katydid.subscription.degraded") return "the receiver of " + whose + " fails";
    return "a delivery of " + whose + " is dead";
}

/// What to do, in a sentence.
std::string advice_of(const Message& message)
{
    if (message.is_over) return "What died meanwhile can be replayed.";
    const auto& type = message.happening.type;
    if (type == "katydid.subscription.disabled")
        return "It was disabled at once: nothing more is sent to it. Correct its URL and enable "
               "it: in "
               "the console, with \"katydid subscriptions resume "
               + word_of(message.happening)
               + "\", or, where the hub's settings have it, by starting the hub again.";
    if (type == "katydid.subscription.degraded")
        return "Its deliveries wait and are retried; a receiver that answers 410 is disabled.";
    return "It is not retried: fix the reason and replay it.";
}

/// The dead deliveries of the subscription, which the console replays.
std::string link_to(const std::string& console_url, const std::string& subscription)
{
    if (console_url.empty()) return {};
    const auto* slash = console_url.ends_with('/') ? "" : "/";
    return console_url + slash + "#/deliveries?state=dead&subscription=" + subscription;
}

}  // namespace

json::object describe(const Message& message, std::size_t number, const std::string& console_url)
{
    const auto& happening = message.happening;
    auto text = happening.reason.empty() ? std::string{} : visible(happening.reason) + "\n";
    if (message.count > 1) text += "It is one of " + std::to_string(message.count) + ".\n";
    text += advice_of(message);
    return {
        {"alert", number},
        {"state", message.is_over ? "over" : "open"},
        {"title", title_of(message)},
        {"text", std::move(text)},
        {"link", link_to(console_url, happening.subscription)},
        {"subscription", json::object{{"id", happening.subscription}, {"name", happening.name}}},
        {"type", happening.type},
        {"reason", happening.reason},
        {"count", message.count},
        {"at", to_rfc3339(happening.at)}};
}

std::string id_of(const Message& message, std::size_t number)
{
    const auto& [type, subscription, name, reason, at] = message.happening;
    return "alert-" + std::to_string(number) + "-" + (message.is_over ? "over-" : "open-")
           + subscription + "-" + type + "-" + to_rfc3339(at);
}

const std::string_view slack_code = R"(// What an alert says in Slack.
const escaped = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

function transform({ payload }) {
  const sign = payload.state === "over" ? ":white_check_mark:" : ":rotating_light:";
  const link = payload.link ? `\n<${payload.link}|Replay in the console>` : "";
  const text = `${sign} *${escaped(payload.title)}*\n${escaped(payload.text)}${link}`;
  return { payload: { text } };
}
)";

}  // namespace katydid::alerts
