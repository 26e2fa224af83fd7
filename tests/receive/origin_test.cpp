#include "hub/receive/origin.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using receive::Proxies;

namespace {

Proxies trusting(const std::vector<std::string>& networks)
{
    std::vector<http::AllowedNetwork> trusted;
    for (const auto& network : networks) trusted.push_back(http::parse_network(network).value());
    return Proxies{std::move(trusted)};
}

http::Request request_from(const char* peer, Headers headers)
{
    http::Request request;
    request.peer.address = boost::asio::ip::make_address(peer);
    request.target = "/in?a=1";
    request.path = "/in";
    request.query = "a=1";
    request.headers = std::move(headers);
    request.headers.push_back({"Host", "10.0.0.9:8080"});
    return request;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(receive_origin)

// Goal: the client is the last address that is no trusted proxy, however many a stranger invents.
BOOST_AUTO_TEST_CASE(client_address)
{
    const auto proxies = trusting({"10.0.0.0/8", "fd00::/8"});
    struct Row {
        const char* peer;
        Headers headers;
        const char* client;
    };
    const std::vector<Row> rows{
        {"203.0.113.7", {{"X-Forwarded-For", "1.2.3.4"}}, "203.0.113.7"},
        {"10.0.0.1", {}, "10.0.0.1"},
        {"10.0.0.1", {{"X-Forwarded-For", "1.2.3.4"}}, "1.2.3.4"},
        {"10.0.0.1", {{"X-Forwarded-For", "9.9.9.9, 1.2.3.4, 10.0.0.2"}}, "1.2.3.4"},
        {"10.0.0.1", {{"X-Forwarded-For", "9.9.9.9"}, {"X-Forwarded-For", "1.2.3.4"}}, "1.2.3.4"},
        {"10.0.0.1", {{"X-Forwarded-For", "10.0.0.3, 10.0.0.2"}}, "10.0.0.3"},
        {"10.0.0.1", {{"X-Forwarded-For", "1.2.3.4, nonsense"}}, "10.0.0.1"},
        {"10.0.0.1", {{"X-Forwarded-For", "1.2.3.4:5678"}}, "1.2.3.4"},
        {"fd00::1", {{"X-Forwarded-For", "[2001:db8::1]:443"}}, "2001:db8::1"},
        {"10.0.0.1",
         {{"Forwarded", R"(for=1.2.3.4;proto=https, for="[2001:db8::2]")"}},
         "2001:db8::2"},
        {"10.0.0.1", {{"Forwarded", "for=unknown"}}, "10.0.0.1"},
        {"10.0.0.1", {{"Forwarded", "proto=https"}}, "10.0.0.1"},
    };
    for (const auto& row : rows)
        BOOST_TEST(proxies.client_of(request_from(row.peer, row.headers)) == row.client);
}

// Goal: scheme and host come from trusted proxies only, else from the request itself.
BOOST_AUTO_TEST_CASE(url_without_a_public_one)
{
    const auto proxies = trusting({"10.0.0.0/8"});
    const Headers forwarded{{"X-Forwarded-Proto", "https"}, {"X-Forwarded-Host", "hub.example"}};
    BOOST_TEST(proxies.url_of(request_from("10.0.0.1", forwarded), "")
               == "https://hub.example/in?a=1");
    BOOST_TEST(proxies.url_of(request_from("192.0.2.1", forwarded), "")
               == "http://10.0.0.9:8080/in?a=1");
    const Headers rfc7239{{"Forwarded", "for=1.2.3.4;proto=https;host=hub.example"}};
    BOOST_TEST(proxies.url_of(request_from("10.0.0.1", rfc7239), "")
               == "https://hub.example/in?a=1");
    const Headers odd{{"X-Forwarded-Proto", "gopher"}};
    BOOST_TEST(proxies.url_of(request_from("10.0.0.1", odd), "") == "http://10.0.0.9:8080/in?a=1");
}

// Goal: behind a proxy that appends, what counts is what the proxy noted and not what the client
// sent along.
BOOST_AUTO_TEST_CASE(what_the_client_noted_does_not_count)
{
    const auto proxies = trusting({"10.0.0.0/8"});
    const auto url = [&](Headers headers) {
        return proxies.url_of(request_from("10.0.0.1", std::move(headers)), "");
    };
    const std::string good = "https://hub.example/in?a=1";
    BOOST_TEST(url({{"X-Forwarded-Proto", "http, https"},
                    {"X-Forwarded-Host", "evil.example, hub.example"}})
               == good);
    BOOST_TEST(url({{"X-Forwarded-Host", "evil.example"},
                    {"X-Forwarded-Host", "hub.example"},
                    {"X-Forwarded-Proto", "http"},
                    {"X-Forwarded-Proto", "https"}})
               == good);
    BOOST_TEST(url({{"Forwarded", "host=evil.example;proto=http, "
                                  "for=1.2.3.4;host=hub.example;proto=https"}})
               == good);
    // The proxy's own element has no host: the request's counts, not the client's.
    BOOST_TEST(url({{"Forwarded", "host=evil.example;proto=gopher, for=1.2.3.4;proto=https"}})
               == "https://10.0.0.9:8080/in?a=1");
    BOOST_TEST(url({{"X-Forwarded-For", "1.2.3.4"}, {"Forwarded", "host=evil.example;proto=https"}})
               == "http://10.0.0.9:8080/in?a=1");
}

// Goal: the port that a protocol has anyway is not in the URL; another one is.
BOOST_AUTO_TEST_CASE(url_without_the_usual_port)
{
    const auto proxies = trusting({"10.0.0.0/8"});
    const auto url = [&](const char* host, bool tls, const char* protocol = "") {
        http::Request request;
        request.peer.address = boost::asio::ip::make_address("10.0.0.1");
        request.peer.tls = tls;
        request.target = "/in";
        request.headers = {{"Host", host}};
        if (*protocol != 0) request.headers.push_back({"X-Forwarded-Proto", protocol});
        return proxies.url_of(request, "");
    };
    BOOST_TEST(url("hub.example:80", false) == "http://hub.example/in");
    BOOST_TEST(url("hub.example:443", true) == "https://hub.example/in");
    BOOST_TEST(url("hub.example:443", false) == "http://hub.example:443/in");
    BOOST_TEST(url("hub.example:80", true) == "https://hub.example:80/in");
    BOOST_TEST(url("hub.example:443", false, "https") == "https://hub.example/in");
    BOOST_TEST(url("hub.example:8443", true) == "https://hub.example:8443/in");
    BOOST_TEST(url("[::1]:80", false) == "http://[::1]/in");
    BOOST_TEST(url("hub.example:", true) == "https://hub.example/in");
    BOOST_TEST(url("[::1]:", false) == "http://[::1]/in");
}

// Goal: the public URL of a source is what the provider has, completed by what it left open.
BOOST_AUTO_TEST_CASE(url_with_a_public_one)
{
    const auto proxies = trusting({});
    const auto request = request_from("192.0.2.1", {});
    const auto url = [&](const char* configured) { return proxies.url_of(request, configured); };
    BOOST_TEST(url("https://a.example/hook") == "https://a.example/hook?a=1");
    BOOST_TEST(url("https://a.example/hook?b=2") == "https://a.example/hook?b=2");
    BOOST_TEST(url("https://a.example") == "https://a.example/in?a=1");
    BOOST_TEST(url("https://a.example/") == "https://a.example/in?a=1");
}

BOOST_AUTO_TEST_SUITE_END()
