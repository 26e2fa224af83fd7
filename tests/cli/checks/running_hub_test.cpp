#include "hub/cli/checks/running_hub.hpp"

#include "tests/hub/running_hub.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/test/unit_test.hpp>

#include <fstream>

using namespace katydid;
using namespace katydid::test;
using boost::asio::ip::tcp;
using cli::find_running_hub;

namespace {

tcp::endpoint endpoint_of(const boost::json::value& ports, std::string_view name)
{
    const auto address = text(ports, name);
    const auto port = std::stoul(address.substr(address.rfind(':') + 1));
    return {boost::asio::ip::address_v4::loopback(), static_cast<std::uint16_t>(port)};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(cli_checks_running_hub)

// Goal: only the hub of the settings is sent the operator's key. Regression: whatever answered at
// the operators' port was believed, and what listened at the other one got the key.
BOOST_AUTO_TEST_CASE(only_the_hub_of_the_settings_is_asked)
{
    const Folder folder;
    auto settings = settings_in(folder);
    settings.port_file = folder.path() / "ports.json";
    run_with_hub(settings, [settings](ApiClient person) -> awaitable<> {
        co_await person.make_source("shop", "github");
        std::ifstream file{settings.port_file};
        std::string line;
        std::getline(file, line);
        const auto ports = boost::json::parse(line);
        auto asked = settings;
        asked.listen = endpoint_of(ports, "listen");
        asked.operator_listen = endpoint_of(ports, "operator_listen");
        const auto found = find_running_hub(asked);
        BOOST_TEST(found.is_there);
        BOOST_TEST(found.sources == std::vector<std::string>{"shop"},
                   boost::test_tools::per_element());

        auto elsewhere = asked;  // another program has the port: the hub's proof is for its own
        boost::asio::io_context loop;
        tcp::acceptor other{loop, {boost::asio::ip::address_v4::loopback(), 0}};
        other.non_blocking(true);
        elsewhere.listen = other.local_endpoint();
        BOOST_TEST(!find_running_hub(elsewhere).is_there);
        boost::system::error_code error;
        const auto nobody = other.accept(error);
        BOOST_TEST((error == boost::asio::error::would_block));

        auto foreign = asked;  // a hub with another master key
        foreign.master_key.emplace(std::string(64, '1'));
        BOOST_TEST(!find_running_hub(foreign).is_there);
    });
}

BOOST_AUTO_TEST_SUITE_END()
