// A browser that talks to a hub in this process.
#pragma once

#include "tests/hub/running_hub.hpp"

#include <string>
#include <utility>

namespace katydid::test {

/// A browser: it keeps the cookie, and the page in it the value of Katydid-Csrf.
struct Browser {
    ApiClient client;
    Headers sent{};  ///< besides what the browser sends by itself
    std::string cookie{};
    std::string csrf{};

    awaitable<http::ClientReply> call(std::string method, std::string path, std::string body = {})
    {
        auto headers = sent;
        if (!cookie.empty()) headers.push_back({"Cookie", "other=1; " + cookie});
        if (!csrf.empty()) headers.push_back({"Katydid-Csrf", csrf});
        if (!body.empty()) headers.push_back({"Content-Type", "application/json"});
        Call call{std::move(method), std::move(path), std::move(body), std::move(headers)};
        auto reply = co_await client.send(std::move(call));
        const std::string set{header_value(reply.headers, "set-cookie")};
        if (!set.empty()) cookie = set.substr(0, set.find(';'));
        co_return reply;
    }

    awaitable<http::ClientReply> sign_in(std::string key)
    {
        const boost::json::object body{{"key", key}};
        auto reply = co_await call("POST", "/console/session", boost::json::serialize(body));
        if (reply.status == 201) csrf = boost::json::parse(reply.body).at("csrf").as_string();
        co_return reply;
    }

    awaitable<http::ClientReply> enter(std::string link)
    {
        const boost::json::object body{{"link", link}};
        auto reply = co_await call("POST", "/portal/session", boost::json::serialize(body));
        if (reply.status == 201) csrf = boost::json::parse(reply.body).at("csrf").as_string();
        co_return reply;
    }

    awaitable<unsigned> status_of(std::string path)
    {
        const auto reply = co_await call("GET", std::move(path));
        co_return reply.status;
    }
};

inline std::string key_of(const ApiClient& person)
{
    const auto header = person.authorisation();
    return header.value.substr(std::string_view{"Bearer "}.size());
}

}  // namespace katydid::test
