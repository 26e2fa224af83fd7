// Hub and both simulators as they run in the demo: three programs, both directions.
#include "tests/e2e/fixture.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <csignal>
#include <fstream>

namespace katydid::test {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

/// One simulator, told by the test where the hub is once both run.
class SimulatorProcess {
public:
    SimulatorProcess(const std::filesystem::path& folder, const std::string& program,
                     const std::string& name)
    {
        const auto file = name + ".json";
        const FolderWatch watch{folder};
        process_ = std::make_unique<ChildProcess>(
            std::vector<std::string>{program, "--count", "0", "--rate", "500", "--port-file",
                                     (folder / file).string()},
            Variables{{"ATLVS_WEBHOOK_SECRET", std::string{atlvs_secret}},
                      {"ATLVS_PARTNER_SECRET", std::string{partner_secret}},
                      {"GRASSHOPPER_WEBHOOK_SECRET", std::string{grasshopper_secret}}},
            folder / (name + ".log"));
        watch.wait_for(file, *process_, 30s);
        std::ifstream text{folder / file};
        const std::string content{std::istreambuf_iterator<char>{text}, {}};
        address_ = std::string{json::parse(content).at("listen").as_string()};
    }

    [[nodiscard]] std::string url(const std::string& path) const
    {
        return "http://" + address_ + path;
    }
    [[nodiscard]] json::value ask(const std::string& method, const std::string& path,
                                  const std::string& body = {}) const
    {
        const auto port = static_cast<std::uint16_t>(
            std::stoul(address_.substr(address_.find(':') + 1)));
        const auto reply = exchange(port,
                                    {method, path, {{"Content-Type", "application/json"}}, body});
        BOOST_TEST_REQUIRE(reply.status == 200U, reply.head << reply.body);
        return json::parse(reply.body);
    }
    [[nodiscard]] std::optional<int> end()
    {
        process_->send(SIGTERM);
        return process_->wait(10s);
    }
    [[nodiscard]] const ChildProcess& process() const { return *process_; }

private:
    std::unique_ptr<ChildProcess> process_;
    std::string address_;
};

std::int64_t count_at(const json::value& ledger, const char* side, const char* name)
{
    return ledger.at(side).at(name).to_number<std::int64_t>();
}

BOOST_AUTO_TEST_SUITE(e2e_simulators)

// Goal: webhooks of both simulators arrive at the other one although Grasshopper fails for a
// while; a second copy of a webhook is told apart by the hub; all three programs end cleanly.
BOOST_AUTO_TEST_CASE(both_directions)
{
    TemporaryFolder folder;
    SimulatorProcess atlvs{folder.path(), ATLVS_SIMULATOR_BINARY, "atlvs"};
    SimulatorProcess grasshopper{folder.path(), GRASSHOPPER_SIMULATOR_BINARY, "grasshopper"};
    auto variables = quick_settings();
    variables["ATLVS_PARTNER_SECRET"] = partner_secret;
    variables["ATLVS_WEBHOOK_URL"] = atlvs.url("/webhooks/partner");
    variables["GRASSHOPPER_WEBHOOK_URL"] = grasshopper.url("/api/webhooks/atlvs");
    HubProcess hub{folder.path(), variables};
    hub.start();

    static_cast<void>(grasshopper.ask("POST", "/_sim/mode", R"({"mode":"error","for":5})"));
    const auto start = R"({"count":60,"hub":"http://127.0.0.1:)" + std::to_string(hub.port())
                       + R"("})";
    static_cast<void>(atlvs.ask("POST", "/_sim/post", start));
    static_cast<void>(grasshopper.ask("POST", "/_sim/post", start));

    const auto deadline = std::chrono::steady_clock::now() + 30s;
    const auto is_done = [&](const SimulatorProcess& sender) {
        return !sender.ask("GET", "/_sim/ledger").at("posting").as_bool();
    };
    const auto have_ended = [&] {
        return hub.list("/v1/deliveries?state=pending,scheduled").empty();
    };
    while (!(is_done(atlvs) && is_done(grasshopper) && have_ended())) {
        BOOST_TEST_REQUIRE((std::chrono::steady_clock::now() < deadline), hub.log_tail());
        // Between two looks the hub's end is waited for, so that a crash is noticed at once.
        BOOST_TEST_REQUIRE(!hub.process().wait(50ms), hub.log_tail());
    }

    const auto at_atlvs = atlvs.ask("GET", "/_sim/ledger");
    const auto at_grasshopper = grasshopper.ask("GET", "/_sim/ledger");
    BOOST_TEST(count_at(at_atlvs, "posted", "accepted") == 60);
    BOOST_TEST(count_at(at_grasshopper, "posted", "accepted") == 60);
    BOOST_TEST(count_at(at_atlvs, "received", "accepted") == 60);
    const auto dead = static_cast<std::int64_t>(hub.list("/v1/deliveries?state=dead").size());
    BOOST_TEST(count_at(at_grasshopper, "received", "accepted") + dead == 60);
    BOOST_TEST(count_at(at_grasshopper, "received", "again") == 0);
    BOOST_TEST(at_grasshopper.at("received").at("refused").at("500").to_number<int>() == 5);
    BOOST_TEST(atlvs.end().value_or(-1) == 0);
    BOOST_TEST(grasshopper.end().value_or(-1) == 0);
    BOOST_TEST(hub.end(SIGTERM) == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace katydid::test
