#include "tests/sso/person.hpp"

#include "hub/console/console.hpp"
#include "hub/core/codec/percent.hpp"

#include <stdexcept>

namespace katydid::test {

Settings sign_on_settings(const Folder& folder, const std::string& issuer)
{
    auto settings = settings_in(folder);
    settings.public_url = hub_url;
    config::SignOnSettings sign_on;
    sign_on.issuer = issuer;
    sign_on.name = "Example";
    sign_on.client_id = "hub";
    sign_on.client_secret = Secret{"top:secret"};
    sign_on.roles = {{"groups", "ops", "operate"},
                     {"groups", "admins", "admin", default_tenant(), true}};
    sign_on.platforms = {{"atlvs", "https://atlvs.example/sso/katydid"}};
    settings.sign_on = std::move(sign_on);
    return settings;
}

awaitable<http::ClientReply> Person::call(std::string method, std::string path, std::string body)
{
    auto headers = sent;
    std::string all;
    for (const auto& [name, value] : cookies) all += (all.empty() ? "" : "; ") + name + "=" + value;
    if (!all.empty()) headers.push_back({"Cookie", all});
    if (!csrf.empty()) headers.push_back({"Katydid-Csrf", csrf});
    if (!body.empty()) headers.push_back({"Content-Type", "application/json"});
    Call made{std::move(method), std::move(path), std::move(body), std::move(headers)};
    auto reply = co_await client.send(std::move(made));
    for (const auto& header : reply.headers) {
        if (!equal_names(header.name, "set-cookie")) continue;
        const auto pair = header.value.substr(0, header.value.find(';'));
        const auto equals = pair.find('=');
        if (header.value.find("Max-Age=0") != std::string::npos)
            cookies.erase(pair.substr(0, equals));
        else cookies[pair.substr(0, equals)] = pair.substr(equals + 1);
    }
    co_return reply;
}

awaitable<http::ClientReply> Person::get(std::string path)
{
    auto reply = co_await call("GET", std::move(path));
    co_return reply;
}

awaitable<std::map<std::string, std::string>> Person::begin(std::string return_to)
{
    const auto reply = co_await get("/sso/login?return_to=" + percent_encode(return_to));
    if (reply.status != 303)
        throw std::runtime_error{"/sso/login answered " + std::to_string(reply.status) + ": "
                                 + reply.body};
    const std::string url{header_value(reply.headers, "location")};
    co_return fields_of(std::string_view{url}.substr(url.find('?') + 1));
}

awaitable<http::ClientReply> Person::come_back(std::string code, std::string state,
                                               std::string issuer, std::string more)
{
    auto path = "/sso/callback?code=" + percent_encode(code) + "&state=" + percent_encode(state)
                + more;
    if (!issuer.empty()) path += "&iss=" + percent_encode(issuer);
    auto reply = co_await get(std::move(path));
    co_return reply;
}

awaitable<http::ClientReply> Person::sign_in(FakeProvider& provider)
{
    const auto asked = co_await begin();
    auto code = provider.authorize(asked);
    auto reply = co_await come_back(std::move(code), asked.at("state"), provider.issuer());
    if (reply.status == 303) co_await is_signed_in();
    co_return reply;
}

awaitable<bool> Person::is_signed_in()
{
    const auto reply = co_await get("/console/session");
    if (reply.status != 200) co_return false;
    csrf = boost::json::parse(reply.body).at("csrf").as_string();
    co_return true;
}

std::string location_of(const http::ClientReply& reply)
{
    std::string url{header_value(reply.headers, "location")};
    return url.starts_with(hub_url) ? url.substr(std::string_view{hub_url}.size()) : url;
}

void SignOnFixture::run(const std::function<awaitable<>(Person)>& script)
{
    if (!console::is_built_in()) return;
    run_with_hub(sign_on_settings(folder, provider.issuer()), [&](ApiClient client) -> awaitable<> {
        auto told = script(Person{client});
        co_await std::move(told);
    });
}

}  // namespace katydid::test
