#include "hub/http/egress/host_rule.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::http;

BOOST_AUTO_TEST_SUITE(http_host_rule)

namespace {

bool covers(const char* rule, const char* url)
{
    auto parsed = EgressPolicy::parse_url(url).value();
    return parse_host_rule(rule).value().covers(parsed);
}

}  // namespace

// Goal: a rule covers the host it names, on the port it names, and nothing that only ends or begins
// like it.
BOOST_AUTO_TEST_CASE(covered)
{
    BOOST_TEST(covers("api.example.com", "https://api.example.com/x"));
    BOOST_TEST(covers("API.example.com", "https://api.EXAMPLE.com/x"));
    BOOST_TEST(covers("api.example.com", "https://api.example.com:8443/x"));
    BOOST_TEST(covers("api.example.com:8443", "https://api.example.com:8443/x"));
    BOOST_TEST(covers("api.example.com:443", "https://api.example.com/"));
    BOOST_TEST(covers("*.example.com", "https://a.b.example.com/"));
    BOOST_TEST(covers("127.0.0.1", "http://127.0.0.1:9/"));
    BOOST_TEST(covers("[::1]:9", "http://[::1]:9/"));
    BOOST_TEST(covers("[::1]", "http://[0:0:0:0:0:0:0:1]:9/"));

    BOOST_TEST(!covers("api.example.com", "https://api.example.com.evil.example/"));
    BOOST_TEST(!covers("api.example.com", "https://evil-api.example.com/"));
    BOOST_TEST(!covers("api.example.com:8443", "https://api.example.com/"));
    BOOST_TEST(!covers("*.example.com", "https://example.com/"));
    BOOST_TEST(!covers("*.example.com", "https://evilexample.com/"));
    BOOST_TEST(!covers("[::1]:9", "http://[::1]:8/"));
}

// Goal: what is no host is refused, with the forms there are.
BOOST_AUTO_TEST_CASE(refused)
{
    for (const auto* text : {"", "*", "*.", "https://api.example.com", "api.example.com/x",
                             "api.example.com:0", "user@host", "a..b", "*.*.com", "a b", "a?b"}) {
        const auto rule = parse_host_rule(text);
        BOOST_TEST(rule.has_error(), text);
        if (rule.has_error())
            BOOST_TEST(rule.error().message.find("*.example.com") != std::string::npos);
    }
}

BOOST_AUTO_TEST_SUITE_END()
