// Start, drain, stop and start again of the real binary.
#include "tests/e2e/fixture.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <csignal>

namespace katydid::test {
namespace {

const std::string payload = R"({"id":"res_42"})";

/// A receiver that holds its answers back until it is told.
class SlowReceiver {
public:
    SlowReceiver() : receiver_{[this](http::Request request) { return answer(std::move(request)); }}
    {}

    [[nodiscard]] const Receiver& receiver() const { return receiver_; }
    void let_go()
    {
        asio::post(receiver_.loop(), [this] { gate_.cancel(); });
    }

private:
    awaitable<http::Response> answer(http::Request request)
    {
        static_cast<void>(request);
        const auto [ignored] = co_await gate_.async_wait(use_tuple);
        static_cast<void>(ignored);
        co_return http::Response::json(200, R"({"success":true,"action":"update_resource"})");
    }

    Receiver receiver_;
    asio::steady_timer gate_{receiver_.loop(), SteadyTime::max()};
};

Variables settings_for(const Receiver& grasshopper)
{
    auto variables = quick_settings();
    variables["GRASSHOPPER_WEBHOOK_URL"] = grasshopper.url("/api/webhooks/atlvs");
    return variables;
}

std::size_t count_of(const HubProcess& hub, const std::string& state)
{
    return hub.list("/v1/deliveries?state=" + state).size();
}

BOOST_AUTO_TEST_SUITE(e2e_life)

// Goal: the operators' listener says that the hub lives, is ready, and counts.
BOOST_AUTO_TEST_CASE(operators_listener)
{
    E2eFixture floor;
    for (const char* path : {"/healthz", "/readyz", "/metrics"}) {
        const auto reply = exchange(floor.hub.operator_port(), {"GET", path, {}, {}});
        BOOST_TEST(reply.status == 200U, path);
        BOOST_TEST(!reply.body.empty(), path);
    }
}

// Goal: SIGTERM of an idle hub ends it with status 0.
BOOST_AUTO_TEST_CASE(sigterm_when_idle)
{
    E2eFixture floor;
    BOOST_TEST(floor.hub.end(SIGTERM) == 0);
}

// Goal: SIGTERM lets the attempt under way end and records it: after a restart nothing is sent
// again.
BOOST_AUTO_TEST_CASE(sigterm_drains)
{
    TemporaryFolder folder;
    SlowReceiver grasshopper;
    HubProcess hub{folder.path(), settings_for(grasshopper.receiver())};
    hub.start();
    BOOST_TEST(exchange(hub.port(), atlvs_webhook("id-1", "resource.updated", payload)).status / 100
               == 2U);
    grasshopper.receiver().wait_for(1);
    hub.process().send(SIGTERM);
    // The listener closes first: once a connection is refused, the hub drains.
    const auto is_closed = [&] {
        try {
            const Wire probe{hub.port()};
            return false;
        } catch (const std::system_error&) {
            return true;
        }
    };
    while (!is_closed()) {}
    BOOST_TEST(!hub.process().wait(std::chrono::milliseconds{0}));
    grasshopper.let_go();
    BOOST_TEST(hub.end(SIGTERM) == 0);

    hub.start();
    BOOST_TEST(count_of(hub, "delivered") == 1U);
    BOOST_TEST(grasshopper.receiver().requests().size() == 1U);
}

// Goal: what was accepted and could not be delivered before kill -9 is delivered after a restart.
BOOST_AUTO_TEST_CASE(kill_and_restart)
{
    TemporaryFolder folder;
    std::atomic<bool> is_up = false;
    const Receiver grasshopper{[&](http::Request) -> awaitable<http::Response> {
        co_return is_up ? http::Response::json(200, "{}")
                        : http::Response::plain_error(500, "down");
    }};
    HubProcess hub{folder.path(), settings_for(grasshopper)};
    hub.start();
    const auto accepted = exchange(hub.port(), atlvs_webhook("id-1", "resource.updated", payload));
    BOOST_TEST(accepted.status / 100 == 2U);
    grasshopper.wait_for(1);
    BOOST_TEST(hub.end(SIGKILL) == -SIGKILL);
    is_up = true;
    const auto before = grasshopper.requests().size();

    hub.start();
    grasshopper.wait_for(before + 1);
    BOOST_TEST(hub.end(SIGTERM) == 0);
    hub.start();
    BOOST_TEST(count_of(hub, "delivered") == 1U);
}

// Goal: the operator's key is in a file that nobody else reads, and stays the same.
BOOST_AUTO_TEST_CASE(operator_key_file)
{
    E2eFixture floor;
    namespace fs = std::filesystem;
    const auto file = floor.hub.data_folder / "operator.key";
    BOOST_TEST(
        (fs::status(file).permissions() == (fs::perms::owner_read | fs::perms::owner_write)));
    BOOST_TEST(floor.hub.end(SIGTERM) == 0);
    floor.hub.start();
    BOOST_TEST(floor.hub.manage("GET", "/v1/events").status == 200U);
}

// Goal: a bad setting is refused at the start, by name, and the hub does not start.
BOOST_AUTO_TEST_CASE(bad_setting)
{
    TemporaryFolder folder;
    auto variables = quick_settings();
    variables["ATLVS_WEBHOOK_SECRET"] = "";
    HubProcess hub{folder.path(), variables};
    BOOST_CHECK_THROW(hub.start(), std::runtime_error);
    BOOST_TEST(hub.log_tail().find("ATLVS_WEBHOOK_SECRET") != std::string::npos, hub.log_tail());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace katydid::test
