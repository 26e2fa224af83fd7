// The disk is full: no 2xx, 503 with Retry-After, and recovery without a restart.
#include "tests/e2e/fixture.hpp"
#include "tests/e2e/small_disk.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

namespace katydid::test {
namespace {

using namespace std::chrono_literals;

/// 100 KB each, so that a few of them outgrow what the store had reserved.
WireRequest large_webhook(int number)
{
    const auto id = "id-" + std::to_string(number);
    return atlvs_webhook(id, "resource.updated",
                         R"({"id":")" + id + R"(","note":")" + std::string(100'000, 'x') + R"("})");
}

/// Posts until one is refused; returns that answer. The ids of the accepted ones go to `accepted`.
Reply post_until_refused(const HubProcess& hub, int& number, std::set<std::string>& accepted)
{
    for (int i = 0; i < 500; ++i) {
        auto reply = exchange(hub.port(), large_webhook(++number));
        if (reply.status / 100 != 2) return reply;
        accepted.insert("id-" + std::to_string(number));
    }
    throw std::runtime_error{"500 webhooks of 100 KB fitted on a full disk"};
}

/// Whether every accepted id is in some body that came.
bool has_all(const std::vector<http::Request>& requests, const std::set<std::string>& accepted)
{
    std::set<std::string> missing = accepted;
    for (const auto& request : requests)
        std::erase_if(missing, [&](const auto& id) {
            return request.body.find('"' + id + '"') != std::string::npos;
        });
    return missing.empty();
}

BOOST_AUTO_TEST_SUITE(e2e_disk_full)

// Goal: with a full disk webhooks get 503 with Retry-After and never a 2xx; with room again the
// same process accepts, and everything it ever accepted is delivered.
BOOST_AUTO_TEST_CASE(full_disk_and_recovery)
{
    TemporaryFolder folder;
    const auto data_folder = folder.path() / "small";
    std::filesystem::create_directory(data_folder);
    const SmallDisk disk{data_folder, 16 * 1024 * 1024};
    if (!disk.is_mounted()) {
        BOOST_TEST_MESSAGE(
            "skipped: neither root nor user namespaces, so no small disk can be mounted");
        return;
    }
    const Receiver grasshopper;
    auto variables = quick_settings();
    variables["GRASSHOPPER_WEBHOOK_URL"] = grasshopper.url("/api/webhooks/atlvs");
    HubProcess hub{folder.path(), variables};
    hub.data_folder = data_folder;
    hub.start();

    int number = 0;
    std::set<std::string> accepted;
    BOOST_TEST(exchange(hub.port(), large_webhook(++number)).status / 100 == 2U);
    accepted.insert("id-1");
    disk.fill();
    const auto refused = post_until_refused(hub, number, accepted);
    BOOST_TEST(refused.status == 503U, refused.head << refused.body);
    BOOST_TEST(!refused.header("Retry-After").empty(), refused.head);
    const auto again = exchange(hub.port(), large_webhook(++number));
    BOOST_TEST(again.status == 503U, again.head << again.body);
    BOOST_TEST(exchange(hub.operator_port(), {"GET", "/healthz", {}, {}}).status == 200U);

    disk.make_room();
    const auto deadline = std::chrono::steady_clock::now() + 30s;
    auto reply = exchange(hub.port(), large_webhook(++number));
    while (reply.status == 503 && std::chrono::steady_clock::now() < deadline) {
        const auto retry_after = std::stoi(std::string{reply.header("Retry-After")});
        // Waits as a good sender would; a hub that dies meanwhile is noticed at once.
        BOOST_TEST_REQUIRE(!hub.process().wait(std::chrono::seconds{retry_after}), hub.log_tail());
        reply = exchange(hub.port(), large_webhook(++number));
    }
    BOOST_TEST(reply.status / 100 == 2U, reply.head << reply.body);
    accepted.insert("id-" + std::to_string(number));
    BOOST_TEST(
        grasshopper.wait_until([&](const auto& requests) { return has_all(requests, accepted); }));
    BOOST_TEST(hub.end(SIGTERM) == 0);
}

// Goal: a hub that is to start on a full disk says that the disk is full, and does not speak of
// rights; with room it starts.
BOOST_AUTO_TEST_CASE(full_disk_before_the_start)
{
    TemporaryFolder folder;
    const auto data_folder = folder.path() / "small";
    std::filesystem::create_directory(data_folder);
    const SmallDisk disk{data_folder, 16 * 1024 * 1024};
    if (!disk.is_mounted()) {
        BOOST_TEST_MESSAGE("skipped: no small disk can be mounted");
        return;
    }
    HubProcess hub{folder.path(), quick_settings()};
    hub.data_folder = data_folder;
    disk.fill();
    BOOST_CHECK_EXCEPTION(hub.start(), std::runtime_error, [&](const std::runtime_error& error) {
        const std::string_view log{error.what()};
        BOOST_TEST((log.find("The disk of " + data_folder.string() + " is full.") != log.npos),
                   log);
        return log.find("chown") == log.npos;
    });
    disk.make_room();
    hub.start();
    BOOST_TEST(hub.end(SIGTERM) == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace katydid::test
