#include "hub/cli/checks/running_hub.hpp"

#include "hub/cli/client/session.hpp"
#include "hub/cli/offline_input.hpp"
#include "hub/core/codec/encoding.hpp"
#include "hub/core/codec/random.hpp"
#include "hub/process/hub_proof.hpp"
#include "hub/process/key_files.hpp"

#include <algorithm>
#include <map>

namespace katydid::cli {
namespace {

namespace json = boost::json;

constexpr milliseconds patience{2'000};

std::string url_of(const boost::asio::ip::tcp::endpoint& endpoint)
{
    auto address = endpoint.address();
    if (address.is_unspecified())
        address = address.is_v6()
                      ? boost::asio::ip::address{boost::asio::ip::address_v6::loopback()}
                      : boost::asio::ip::address_v4::loopback();
    const auto host = address.is_v6() ? "[" + address.to_string() + "]" : address.to_string();
    return "http://" + host + ":" + std::to_string(endpoint.port());
}

std::string operator_key_of(const config::Settings& settings)
{
    try {
        const auto key = find_operator_key(settings);
        return key ? std::string{key->text()} : std::string{};
    } catch (const Failure&) {
        return {};
    }
}

std::unique_ptr<signing::Vault> vault_of(const config::Settings& settings)
{
    try {
        return find_vault(settings);
    } catch (const Failure&) {
        return nullptr;
    }
}

/// Whether the hub of the settings is what listens at their addresses. Another program, or another
/// hub, must not get the operator's key.
bool is_running(const config::Settings& settings)
{
    const auto vault = vault_of(settings);
    if (!vault) return false;
    HubAddress operators;
    operators.url = url_of(settings.operator_listen);
    HubClient health{operators};
    const auto challenge = encode(Encoding::hex, random_bytes(16));
    HubCall call{"GET", "/healthz", {}, {{std::string{challenge_header}, challenge}}, patience};
    const auto answer = health.send(std::move(call));
    if (!answer || answer->status != 200) return false;
    const auto wanted = hub_proof(*vault, challenge, settings.listen.port());
    return std::ranges::any_of(answer->headers, [&](const Header& header) {
        return equal_names(header.name, proof_header) && header.value == wanted;
    });
}

void ask(Session& session, RunningHub& hub)
{
    std::map<std::string, std::string> names;
    for (const auto& row : session.list("/v1/sources", {}, 10'000)) {
        const auto name = cell_text(value_at(row, "name"));
        names[cell_text(value_at(row, "id"))] = name;
        if (value_at(row, "read_only") != json::value(true)) hub.sources.push_back(name);
    }
    for (const auto& row : session.list("/v1/rejected", {}, 1'000))
        hub.refused.push_back({names[cell_text(value_at(row, "source"))],
                               cell_text(value_at(row, "reason")),
                               cell_text(value_at(row, "diagnosis"))});
    for (const auto& row : session.list("/v1/subscriptions", {}, 10'000))
        if (const auto* url = value_at(row, "handler.url").if_string())
            hub.receivers.push_back({cell_text(value_at(row, "name")), std::string{*url}});
}

}  // namespace

RunningHub find_running_hub(const config::Settings& settings)
{
    RunningHub hub;
    hub.is_there = is_running(settings);
    HubAddress address;
    address.url = url_of(settings.listen);
    address.api_key = operator_key_of(settings);
    if (!hub.is_there || address.api_key.empty() || !settings.tls.certificate_files.empty())
        return hub;
    try {
        Session session{address, true, {}};
        ask(session, hub);
    } catch (const CommandEnd&) {
        // It is there; what it does not tell is not looked at.
    }
    return hub;
}

}  // namespace katydid::cli
