// The table of URLs, DNS answers and where a request goes (cases/egress.txt).
#include "hub/http/client/client.hpp"
#include "hub/http/client/connector.hpp"
#include "hub/http/egress/resolver.hpp"
#include "tests/http/client/raw_server.hpp"
#include "tests/http/table.hpp"

#include <boost/test/unit_test.hpp>

#include <sstream>

using namespace katydid;
using namespace katydid::http;
using namespace katydid::test;

namespace {

using Addresses = std::vector<boost::asio::ip::address>;
using boost::asio::ip::make_address;

std::vector<std::string> split(const std::string& text, const std::string& by)
{
    std::vector<std::string> parts;
    std::size_t begin = 0;
    for (auto end = text.find(by); end != text.npos; end = text.find(by, begin)) {
        parts.push_back(text.substr(begin, end - begin));
        begin = end + by.size();
    }
    parts.push_back(text.substr(begin));
    return parts;
}

/// Answers from the table, one answer a question.
struct TableResolver final : Resolver {
    awaitable<result<Resolved>> resolve(std::string) override
    {
        if (answer.empty()) co_return Error{errc::resolve_failed, "no such name"};
        co_return answer;
    }
    Addresses answer;
};

/// Writes down where it should connect to, and never does.
struct RecordingConnector final : Connector {
    awaitable<boost::system::error_code> connect(tcp::socket&, tcp::endpoint to) override
    {
        std::ostringstream text;
        text << to;
        asked += " " + text.str();
        co_return boost::asio::error::connection_refused;
    }
    std::string asked;
};

/// Leads to a socket of the test whatever address it is given.
struct LyingConnector final : Connector {
    awaitable<boost::system::error_code> connect(tcp::socket& socket, tcp::endpoint) override
    {
        const auto [error] = co_await socket.async_connect(really, use_tuple);
        co_return error;
    }
    tcp::endpoint really;
};

Addresses parse_addresses(const std::string& text)
{
    Addresses addresses;
    std::istringstream words{text};
    for (std::string word; words >> word;) addresses.push_back(make_address(word));
    return addresses;
}

/// Only "\\xHH": a backslash itself is one of the cases.
std::string unescape_url(const std::string& text)
{
    std::string url;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool is_escape = text[i] == '\\' && i + 3 < text.size() && text[i + 1] == 'x'
                               && text[i + 2] >= '0' && text[i + 2] <= 'f';
        if (!is_escape) {
            url.push_back(text[i]);
            continue;
        }
        url.push_back(static_cast<char>(std::stoi(text.substr(i + 2, 2), nullptr, 16)));
        i += 3;
    }
    return url;
}

struct Fixture {
    Fixture()
    {
        options.resolver = resolver;
        options.connector = connector;
    }

    /// What becomes of one request: "bad", "denied" or "connect ADDRESS:PORT …".
    std::string verdict_on(const EgressPolicy& policy, const std::string& url)
    {
        if (!EgressPolicy::parse_url(url)) return "bad";
        connector->asked.clear();
        std::string verdict = "nothing";
        loop.restart();
        run_coroutine(loop, [&]() -> awaitable<> {
            Client client{loop.get_executor(), policy, options};
            ClientRequest request;
            request.url = url;
            const auto reply = co_await client.send(std::move(request), Deadline::after(5s));
            if (connector->asked.empty() && reply.error() == errc::refused) verdict = "denied";
            else if (!connector->asked.empty()) verdict = "connect" + connector->asked;
            else verdict = reply.error().message;
        });
        return verdict;
    }

    boost::asio::io_context loop{1};
    std::shared_ptr<TableResolver> resolver = std::make_shared<TableResolver>();
    std::shared_ptr<RecordingConnector> connector = std::make_shared<RecordingConnector>();
    ClientOptions options;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(http_egress_table, Fixture)

// Goal: not one request leaves for a wrong place, and none of the public ones is refused.
BOOST_AUTO_TEST_CASE(every_row)
{
    EgressPolicy policy;
    std::size_t rows = 0;
    std::size_t let_out = 0;
    for (const auto& [number, text] : read_table("egress.txt")) {
        const auto columns = split(text, "\t");
        if (columns[0] == "allow") {
            for (const auto& network : split(columns[1], " "))
                policy.allowed.push_back(parse_network(network).value());
            continue;
        }
        BOOST_REQUIRE_MESSAGE(columns.size() == 3, "egress.txt:" << number);
        const auto answers = split(columns[1], " | ");
        const auto verdicts = split(columns[2], " | ");
        for (std::size_t i = 0; i < verdicts.size(); ++i) {
            resolver->answer = parse_addresses(answers[std::min(i, answers.size() - 1)]);
            const auto verdict = verdict_on(policy, unescape_url(columns[0]));
            ++rows;
            let_out += verdict.starts_with("connect") ? 1 : 0;
            if (verdict != verdicts[i])
                BOOST_ERROR("egress.txt:" << number << ": " << verdict << ", not " << verdicts[i]);
        }
    }
    BOOST_TEST(rows >= 300U);
    BOOST_TEST(let_out >= 100U);
}

// Goal: a connection that led elsewhere than it was sent is refused before a byte is written.
BOOST_AUTO_TEST_CASE(peer_is_checked)
{
    std::string seen;
    RawServer inside{loop, [&](RawSocket& socket, int) -> awaitable<> {
                         auto bytes = co_await socket.read_all();
                         seen = std::move(bytes);
                     }};
    const auto lying = std::make_shared<LyingConnector>();
    lying->really = loopback(inside.port());
    options.connector = lying;
    run_coroutine(loop, [&]() -> awaitable<> {
        Client client{loop.get_executor(), {}, options};
        ClientRequest request;
        request.url = "https://8.8.8.8/";
        const auto reply = co_await client.send(std::move(request), Deadline::after(5s));
        BOOST_REQUIRE(reply.has_error());
        BOOST_TEST((reply.error() == errc::refused), reply.error().message);
    });
    BOOST_TEST(seen.empty());
}

BOOST_AUTO_TEST_SUITE_END()
