#include "hub/http/egress/egress.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace katydid;
using namespace katydid::http;
using boost::asio::ip::make_address;

namespace {

EgressPolicy policy_with(std::initializer_list<const char*> networks)
{
    EgressPolicy policy;
    for (const auto* text : networks) policy.allowed.push_back(parse_network(text).value());
    return policy;
}

/// "host port target" of a URL, or "bad".
std::string parsed(std::string_view text)
{
    const auto url = EgressPolicy::parse_url(text);
    if (!url) return url.error() == errc::invalid_argument ? "bad" : "wrong code";
    return std::string{url->tls ? "s " : "p "} + url->host + " " + std::to_string(url->port) + " "
           + url->target;
}

bool is_allowed(const EgressPolicy& policy, const char* url, const char* address)
{
    const auto checked = policy.check(EgressPolicy::parse_url(url).value(), make_address(address));
    BOOST_TEST((checked.has_value() || checked.error() == errc::refused));
    return checked.has_value();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(http_egress)

// Goal: what a URL means is never in doubt; what could be is refused.
BOOST_AUTO_TEST_CASE(urls)
{
    struct Row {
        std::string url;
        std::string expected;
    };
    const std::vector<Row> rows{
        {"https://a.example", "s a.example 443 /"},
        {"https://a.example/", "s a.example 443 /"},
        {"https://A.Example/Path?q=1", "s a.example 443 /Path?q=1"},
        {"HTTPS://a.example?x", "s a.example 443 /?x"},
        {"http://a.example/x", "p a.example 80 /x"},
        {"https://a.example:8443/x", "s a.example 8443 /x"},
        {"https://a.example:1/", "s a.example 1 /"},
        {"https://a.example:65535/", "s a.example 65535 /"},
        {"https://a_b.example/", "s a_b.example 443 /"},
        {"https://xn--bcher-kva.example/", "s xn--bcher-kva.example 443 /"},
        {"https://8.8.8.8/", "s 8.8.8.8 443 /"},
        {"https://127.0.0.1.evil.com/", "s 127.0.0.1.evil.com 443 /"},
        {"https://1.2.3.4.5x/", "s 1.2.3.4.5x 443 /"},
        {"https://[2606:4700::1111]/", "s 2606:4700::1111 443 /"},
        {"https://[::FFFF:8.8.8.8]:444/", "s ::ffff:8.8.8.8 444 /"},
        {"https://[::]/", "s :: 443 /"},
        {"https://[::ffff:7f00:1]/", "s ::ffff:127.0.0.1 443 /"},
        {"https://[::127.0.0.1]/", "s ::127.0.0.1 443 /"},
        {"https://[64:ff9b::a9fe:a9fe]/", "s 64:ff9b::a9fe:a9fe 443 /"},
        {"https://[2002:7f00:1::]/", "s 2002:7f00:1:: 443 /"},
        {"https://localhost/", "s localhost 443 /"},
        {"https://x.localhost/", "s x.localhost 443 /"},
        {"https://a.example/%2e%2E/x", "s a.example 443 /%2e%2E/x"},
        {"https://a.example/a@b:c", "s a.example 443 /a@b:c"},

        {"", "bad"},
        {"a.example", "bad"},
        {"//a.example/", "bad"},
        {"https:/a.example/", "bad"},
        {"https:a.example/", "bad"},
        {"https:///x", "bad"},
        {"http:///x", "bad"},
        {"https://", "bad"},
        {"https://?x", "bad"},
        {"https://:443/", "bad"},
        {"ftp://a.example/", "bad"},
        {"file:///etc/passwd", "bad"},
        {"gopher://a.example/", "bad"},
        {"javascript://a.example/", "bad"},
        {" https://a.example/", "bad"},
        {"https://a.example/ x", "bad"},
        {"https://a.example/\tx", "bad"},
        {"https://a.example/\r\nHost: b", "bad"},
        {std::string{"https://a.example/\0", 19}, "bad"},
        {"https://a.example/\x7f", "bad"},
        {"https://a.example/\xc3\xbc", "bad"},
        {"https://b\xc3\xbc"
         "cher.example/",
         "bad"},
        {"https://\xef\xbc\x91\xef\xbc\x92\xef\xbc\x97.0.0.1/", "bad"},  // full-width digits
        {"https://127\xe3\x80\x82"
         "0\xe3\x80\x82"
         "0\xe3\x80\x82"
         "1/",
         "bad"},  // wide dots
        {"https://a.example/#x", "bad"},
        {"https://a#b/", "bad"},
        {"https://a#@b/", "bad"},
        {"https://a\\@b/", "bad"},
        {"https://a\\b/", "bad"},
        {"https://a.example\\x", "bad"},
        {"https://user@127.0.0.1/", "bad"},
        {"https://user:secret@a.example/", "bad"},
        {"https://@a.example/", "bad"},
        {"https://8.8.8.8%2eevil.com/", "bad"},
        {"https://a%00.example/", "bad"},
        {"https://a.example/%", "bad"},
        {"https://a.example/%4", "bad"},
        {"https://a.example/%zz", "bad"},
        {"https://a.example/{id}", "bad"},
        {"https://a.example/<x>", "bad"},
        {"https://a.example/\"x\"", "bad"},
        {"https://a.example/|", "bad"},
        {"https://a.example:/", "bad"},
        {"https://a.example:0/", "bad"},
        {"https://a.example:65536/", "bad"},
        {"https://a.example:99999/", "bad"},
        {"https://a.example:443443/", "bad"},
        {"https://a.example:0443/", "bad"},
        {"https://a.example:+443/", "bad"},
        {"https://a.example:-1/", "bad"},
        {"https://a.example:4a/", "bad"},
        {"https://a.example:443:443/", "bad"},
        {"https://127.1/", "bad"},
        {"https://127.0.1/", "bad"},
        {"https://2130706433/", "bad"},
        {"https://0x7f000001/", "bad"},
        {"https://0x7f.1/", "bad"},
        {"https://0x/", "bad"},
        {"https://0X7F.0.0.1/", "bad"},
        {"https://1.2.3.0x4/", "bad"},
        {"https://0177.0.0.1/", "bad"},
        {"https://127.000.000.001/", "bad"},
        {"https://127.0.0.01/", "bad"},
        {"https://256.0.0.1/", "bad"},
        {"https://1.2.3.4.5/", "bad"},
        {"https://0/", "bad"},
        {"https://a.example.0/", "bad"},
        {"https://a.1234567890123456789012345/", "bad"},
        {"https://localhost./", "bad"},
        {"https://127.0.0.1./", "bad"},
        {"https://.a.example/", "bad"},
        {"https://a..example/", "bad"},
        {"https://./", "bad"},
        {"https://-a.example/", "bad"},
        {"https://a-.example/", "bad"},
        {"https://a!b.example/", "bad"},
        {"https://a,b.example/", "bad"},
        {"https://a;b.example/", "bad"},
        {"https://a*b.example/", "bad"},
        {"https://" + std::string(64, 'a') + ".example/", "bad"},
        {"https://" + std::string(5'000, 'a'), "bad"},
        {"https://[::1/", "bad"},
        {"https://[]/", "bad"},
        {"https://[::1]x/", "bad"},
        {"https://[::1]:/", "bad"},
        {"https://x[::1]/", "bad"},
        {"https://[127.0.0.1]/", "bad"},
        {"https://[fe80::1%25lo]/", "bad"},
        {"https://[fe80::1%lo]/", "bad"},
        {"https://[:::1]/", "bad"},
        {"https://[12345::]/", "bad"},
        {"https://::1/", "bad"},
    };
    for (const auto& row : rows)
        BOOST_TEST(parsed(row.url) == row.expected, row.url << " -> " << parsed(row.url));
}

// Goal: no special network is reached, however its address is written.
BOOST_AUTO_TEST_CASE(denied_addresses)
{
    const EgressPolicy policy;
    for (const auto* address : {"0.0.0.0",
                                "0.255.255.255",
                                "10.0.0.0",
                                "10.255.255.255",
                                "100.64.0.0",
                                "100.127.255.255",
                                "127.0.0.1",
                                "127.255.255.255",
                                "169.254.0.0",
                                "169.254.169.254",
                                "172.16.0.0",
                                "172.31.255.255",
                                "192.0.0.1",
                                "192.0.0.255",
                                "192.0.2.1",
                                "192.31.196.1",
                                "192.52.193.1",
                                "192.88.99.1",
                                "192.168.0.0",
                                "192.168.255.255",
                                "192.175.48.1",
                                "198.18.0.0",
                                "198.19.255.255",
                                "198.51.100.1",
                                "203.0.113.255",
                                "224.0.0.1",
                                "239.255.255.255",
                                "240.0.0.0",
                                "255.255.255.255",
                                "168.63.129.16",
                                "::",
                                "::1",
                                "::127.0.0.1",
                                "::8.8.8.8",
                                "::ffff:127.0.0.1",
                                "::ffff:10.0.0.1",
                                "::ffff:169.254.169.254",
                                "64:ff9b::8.8.8.8",
                                "64:ff9b::a9fe:a9fe",
                                "64:ff9b:1::1",
                                "100::1",
                                "fc00::1",
                                "fd00:ec2::254",
                                "fe80::1",
                                "fe80::1%lo",
                                "fec0::1",
                                "ff02::1",
                                "2001::1",
                                "2001:1::1",
                                "2001:1ff:ffff::1",
                                "2001:db8::1",
                                "2002::1",
                                "2002:7f00:1::",
                                "3fff::1",
                                "3fff:fff:ffff::1",
                                "4000::1",
                                "5f00::1",
                                "1fff::1"})
        BOOST_TEST(!is_allowed(policy, "https://a.example/", address), address);
}

// Goal: nothing public is refused, right up to the edges of the denied networks.
BOOST_AUTO_TEST_CASE(public_addresses)
{
    const EgressPolicy policy;
    for (const auto* address : {"1.0.0.1",
                                "8.8.8.8",
                                "9.255.255.255",
                                "11.0.0.0",
                                "100.63.255.255",
                                "100.128.0.0",
                                "126.255.255.255",
                                "128.0.0.1",
                                "168.63.129.15",
                                "168.63.129.17",
                                "169.253.255.255",
                                "169.255.0.0",
                                "172.15.255.255",
                                "172.32.0.0",
                                "191.255.255.255",
                                "192.0.1.0",
                                "192.0.3.0",
                                "192.31.195.255",
                                "192.31.197.0",
                                "192.52.192.255",
                                "192.52.194.0",
                                "192.88.98.255",
                                "192.88.100.0",
                                "192.167.255.255",
                                "192.169.0.0",
                                "192.175.47.255",
                                "192.175.49.0",
                                "198.17.255.255",
                                "198.20.0.0",
                                "198.51.99.255",
                                "198.51.101.0",
                                "203.0.112.255",
                                "203.0.114.0",
                                "223.255.255.255",
                                "::ffff:8.8.8.8",
                                "2001:200::1",
                                "2001:4860:4860::8888",
                                "2001:db7:ffff::1",
                                "2001:db9::1",
                                "2003::1",
                                "2606:4700::1111",
                                "2a00:1450::1",
                                "3ffe::1",
                                "3fff:1000::1"})
        BOOST_TEST(is_allowed(policy, "https://a.example/", address), address);
}

// Goal: http and other ports only where the operator opened a network.
BOOST_AUTO_TEST_CASE(schemes_and_ports)
{
    const auto policy = policy_with({"127.0.0.0/8", "10.1.2.0/24", "fd00::/8"});
    struct Row {
        const char* url;
        const char* address;
        bool allowed;
    };
    for (const auto& row :
         {Row{"https://a/", "8.8.8.8", true}, Row{"http://a/", "8.8.8.8", false},
          Row{"https://a:22/", "8.8.8.8", false}, Row{"https://a:8443/", "8.8.8.8", false},
          Row{"http://a:443/", "8.8.8.8", false}, Row{"http://a/", "127.0.0.1", true},
          Row{"http://a:22/", "127.255.0.1", true}, Row{"https://a:9/", "::ffff:127.0.0.1", true},
          Row{"http://a/", "10.1.2.255", true}, Row{"http://a/", "10.1.3.0", false},
          Row{"https://a/", "10.1.3.0", false}, Row{"http://a:1/", "fdff::1", true},
          Row{"http://a:1/", "fc00::1", false}, Row{"http://a/", "::1", false}})
        BOOST_TEST(is_allowed(policy, row.url, row.address) == row.allowed,
                   row.url << " at " << row.address);
}

// Goal: what can be said without DNS is said when a URL is set.
BOOST_AUTO_TEST_CASE(urls_before_dns)
{
    struct Row {
        const char* url;
        bool closed;  ///< allowed by a policy without networks
        bool opened;  ///< allowed by one that opens loopback
    };
    const EgressPolicy closed;
    const auto opened = policy_with({"127.0.0.0/8"});
    for (const auto& row :
         {Row{"https://a.example/", true, true}, Row{"http://a.example/", false, true},
          Row{"https://a.example:8443/", false, true}, Row{"https://localhost/", false, true},
          Row{"https://x.localhost/", false, true}, Row{"https://8.8.8.8/", true, true},
          Row{"http://8.8.8.8/", false, false}, Row{"https://8.8.8.8:444/", false, false},
          Row{"https://127.0.0.1/", false, true}, Row{"http://127.0.0.1:9000/", false, true},
          Row{"http://[::1]:9000/", false, false},
          Row{"http://[::ffff:127.0.0.1]:9000/", false, true},
          Row{"https://169.254.169.254/", false, false},
          Row{"https://[64:ff9b::a9fe:a9fe]/", false, false}, Row{"https://a@b/", false, false}}) {
        BOOST_TEST(closed.check_url(row.url).has_value() == row.closed, row.url);
        BOOST_TEST(opened.check_url(row.url).has_value() == row.opened, row.url);
    }
}

// Goal: an operator's network is written exactly, or refused with the fix.
BOOST_AUTO_TEST_CASE(networks)
{
    for (const auto* good :
         {"127.0.0.0/8", "10.0.0.1", "0.0.0.0/0", "::1", "::1/128", "fd00::/8", "::/0"})
        BOOST_TEST(parse_network(good).has_value(), good);
    for (const auto* bad :
         {"", "localhost", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.1/8", "10.0.0.0/8x",
          "10.0/8", "::1/129", "::1/64", "fe80::1%lo", "/8", "::ffff:10.0.0.0/104"})
        BOOST_TEST((parse_network(bad).has_error()
                    && parse_network(bad).error() == errc::invalid_argument),
                   bad);
}

// Goal: Host carries the port only when it is not the scheme's own.
BOOST_AUTO_TEST_CASE(authority)
{
    BOOST_TEST(EgressPolicy::parse_url("https://A.example:443/").value().authority()
               == "a.example");
    BOOST_TEST(EgressPolicy::parse_url("http://a.example:443/").value().authority()
               == "a.example:443");
    BOOST_TEST(EgressPolicy::parse_url("https://[::1]:8443/").value().authority() == "[::1]:8443");
}

BOOST_AUTO_TEST_SUITE_END()
