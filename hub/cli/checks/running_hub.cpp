#include "hub/cli/checks/running_hub.hpp"

#include "hub/cli/client/session.hpp"
#include "hub/cli/offline_input.hpp"
#include "hub/process/key_files.hpp"
#include "hub/store/open_store.hpp"
#include "hub/store/peek.hpp"

#include <cstdlib>
#include <map>

namespace katydid::cli {
namespace {

namespace json = boost::json;

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

bool is_alive(const config::Settings& settings)
{
    HubAddress operators;
    operators.url = url_of(settings.operator_listen);
    HubClient health{operators};
    const auto alive = health.send({"GET", "/healthz", {}, {}, milliseconds{2'000}});
    return alive && alive->status == 200;
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
    const auto store = settings.store_url();
    if (!store::is_shared_store(store) && !store::store_in_use(store)) return hub;
    hub.is_there = is_alive(settings);
    HubAddress address;
    address.url = url_of(settings.listen);
    address.api_key = operator_key_of(settings);
    if (!hub.is_there || address.api_key.empty() || !settings.tls.certificate_files.empty())
        return hub;
    try {
        Session session{address, true, {}};
        const auto answer = session.ask({"GET", "/v1/sources?limit=1", {}, {}});
        hub.is_there = answer.status == 200;
        if (hub.is_there) ask(session, hub);
    } catch (const CommandEnd&) {
        // It is there; what it does not tell is not looked at.
    }
    return hub;
}

}  // namespace katydid::cli
