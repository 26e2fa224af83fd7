// A person with a browser, at a hub that lets people sign in at a provider.
#pragma once

#include "tests/hub/running_hub.hpp"
#include "tests/sso/fake_provider.hpp"

#include <functional>
#include <map>
#include <string>

namespace katydid::test {

constexpr const char* hub_url = "https://hub.example/hub";

/// A hub behind a proxy with TLS, where people of the group "ops" operate.
[[nodiscard]] Settings sign_on_settings(const Folder& folder, const std::string& issuer);

/// Keeps cookies as a browser does.
struct Person {
    ApiClient client;
    std::map<std::string, std::string> cookies{};
    std::string csrf{};
    Headers sent{{"X-Forwarded-Proto", "https"}};

    awaitable<http::ClientReply> call(std::string method, std::string path, std::string body = {});
    awaitable<http::ClientReply> get(std::string path);
    /// /sso/login, and what it asks the provider for.
    awaitable<std::map<std::string, std::string>> begin(std::string return_to = "/console/");
    /// /sso/callback as the provider sends people there. \param more  "&name=value"
    awaitable<http::ClientReply> come_back(std::string code, std::string state, std::string issuer,
                                           std::string more = {});
    /// All of it. The page then knows who it is.
    awaitable<http::ClientReply> sign_in(FakeProvider& provider);
    /// Whether there is a session; the page then has its csrf.
    awaitable<bool> is_signed_in();
};

/// A provider, and a hub for each script where people sign in there.
struct SignOnFixture {
    Folder folder;
    FakeProvider provider;

    /// Nothing where the console is not built in.
    void run(const std::function<awaitable<>(Person)>& script);
};

/// The URL of a redirect, without the hub's own.
[[nodiscard]] std::string location_of(const http::ClientReply& reply);

}  // namespace katydid::test
