#include "certs/session_store.hpp"

#include "certs/dev_ca.hpp"
#include "tests/certs/handshake.hpp"
#include "tests/support/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::certs;
using namespace katydid::test;

namespace {

struct SessionFixture {
    SessionFixture()
    {
        const auto files = ca.issue("server", {});
        server = std::make_unique<ServerTls>(
            ServerTls::Options{{{files.certificate, files.key}}, {}, false});
        client = std::make_unique<ClientTls>(ClientTls::Options{ca.ca_file(), {}, {}});
    }

    bool is_resumed(SessionStore& sessions, const std::string& key)
    {
        Handshake handshake{server->context(), *client->context(), "localhost"};
        sessions.attach(handshake.client.get(), key);
        BOOST_TEST(handshake.run());
        handshake.close();
        return handshake.is_resumed();
    }

    const TemporaryFolder folder;
    DevCa ca{folder.path()};
    std::unique_ptr<ServerTls> server;
    std::unique_ptr<ClientTls> client;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(certs_session_store, SessionFixture)

// Goal: a session is offered to its own key only.
BOOST_AUTO_TEST_CASE(keys_are_apart)
{
    SessionStore sessions;
    BOOST_TEST(!is_resumed(sessions, "tenant a"));
    BOOST_TEST(!is_resumed(sessions, "tenant b"));
    BOOST_TEST(is_resumed(sessions, "tenant a"));
    BOOST_TEST(is_resumed(sessions, "tenant b"));
}

// Goal: the store is bounded in sessions a key and in keys.
BOOST_AUTO_TEST_CASE(bounds)
{
    SessionStore sessions{2};
    for (int i = 0; i < 10; ++i) is_resumed(sessions, "a");
    BOOST_TEST(sessions.size() <= 4U);
    is_resumed(sessions, "b");
    is_resumed(sessions, "c");
    BOOST_TEST(!is_resumed(sessions, "a"));
    BOOST_TEST(sessions.size() <= 8U);
}

// Goal: a connection may live on after its store.
BOOST_AUTO_TEST_CASE(store_goes_first)
{
    auto sessions = std::make_unique<SessionStore>();
    Handshake handshake{server->context(), *client->context(), "localhost"};
    sessions->attach(handshake.client.get(), "a");
    sessions.reset();
    BOOST_TEST(handshake.run());
}

BOOST_AUTO_TEST_SUITE_END()
