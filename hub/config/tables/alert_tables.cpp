#include "hub/config/tables/alert_tables.hpp"

#include "hub/http/egress/egress.hpp"

#include <algorithm>
#include <array>

namespace katydid::config {
namespace {

constexpr std::array<std::string_view, 4> types{
    "katydid.subscription.degraded", "katydid.subscription.recovered",
    "katydid.subscription.disabled", "katydid.delivery.dead"};

bool is_address(std::string_view text)
{
    const auto at = text.find('@');
    return at != std::string_view::npos && at > 0 && at + 1 < text.size()
           && std::ranges::all_of(text, [](unsigned char each) {
                  return each > 0x20 && each < 0x7f && each != '<' && each != '>';
              });
}

bool is_mail_server(std::string_view url)
{
    return (url.starts_with("smtp://") || url.starts_with("smtps://"))
           && std::ranges::all_of(url,
                                  [](unsigned char each) { return each > 0x20 && each < 0x7f; });
}

/// "slack:URL", "mailto:ADDRESS", "subscription:NAME".
std::optional<AlertSettings> read_receiver(std::string_view to)
{
    using Way = AlertSettings::Way;
    const auto colon = to.find(':');
    if (colon == std::string_view::npos || colon + 1 == to.size()) return std::nullopt;
    const auto way = to.substr(0, colon);
    AlertSettings made;
    made.to = to.substr(colon + 1);
    if (way == "slack" && http::EgressPolicy::parse_url(made.to)) made.way = Way::slack;
    else if (way == "mailto" && is_address(made.to)) made.way = Way::mail;
    else if (way == "subscription") made.way = Way::subscription;
    else return std::nullopt;
    return made;
}

}  // namespace

std::optional<AlertSettings> read_alert(const TomlText& text, const toml::table& table)
{
    text.refuse_unknown(table, {"on", "to"});
    auto on = text.texts(table, "on");
    for (const auto& type : on)
        if (std::ranges::find(types, type) == types.end())
            text.refuse(*table.get("on"), "\"" + type
                                              + "\" is none of the hub's own events: "
                                                "docs/api.md lists them");
    const auto to = text.need_text(table, "to");
    if (!to) return std::nullopt;
    auto made = read_receiver(*to);
    if (!made) {
        text.refuse(*table.get("to"), "write \"slack:https://hooks.slack.com/services/…\", "
                                      "\"mailto:ops@example.com\" or \"subscription:NAME\"");
        return std::nullopt;
    }
    if (on.empty()) on.assign(types.begin(), types.end());
    made->on = std::move(on);
    return made;
}

SmtpSettings read_smtp(const TomlText& text, const toml::node& node)
{
    SmtpSettings made;
    const auto* table = node.as_table();
    if (table == nullptr) {
        text.refuse(node, "write it as [smtp]");
        return made;
    }
    text.refuse_unknown(*table,
                        {"url", "from", "user", "password_env", "password_file", "ca_file"});
    if (auto url = text.need_text(*table, "url")) {
        if (is_mail_server(*url)) made.url = std::move(*url);
        else
            text.refuse(*table->get("url"), "write smtp://HOST:587, which uses STARTTLS, or "
                                            "smtps://HOST");
    }
    if (auto from = text.need_text(*table, "from")) {
        if (is_address(*from)) made.from = std::move(*from);
        else text.refuse(*table->get("from"), "write an address, such as katydid@example.com");
    }
    text.read_text(*table, "user", made.user);
    text.read_text(*table, "ca_file", made.ca_file);
    const auto* absent = made.user.empty() ? "" : "a user needs password_env or password_file";
    if (auto password = text.secret(*table, "password", absent))
        made.password = std::move(*password);
    return made;
}

}  // namespace katydid::config
