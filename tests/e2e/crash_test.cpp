// kill -9 at any moment: what was answered with 2xx is delivered after a restart.
#include "tests/e2e/fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <cstdlib>
#include <mutex>
#include <random>
#include <set>

namespace katydid::test {
namespace {

constexpr int rounds = 12;
constexpr std::size_t senders = 4;

/// What the hub promised to deliver, by the id in the data.
class Promises {
public:
    void add(std::string id)
    {
        const std::lock_guard lock{mutex_};
        ids_.insert(std::move(id));
    }
    [[nodiscard]] std::set<std::string> ids() const
    {
        const std::lock_guard lock{mutex_};
        return ids_;
    }

private:
    mutable std::mutex mutex_;
    std::set<std::string> ids_;
};

/// The id of the data inside a delivered body: both dialects write it as "id":"thing-…".
std::string id_in(const http::Request& request)
{
    const auto begin = request.body.find("thing-");
    return request.body.substr(begin, request.body.find('"', begin) - begin);
}

std::set<std::string> ids_in(const std::vector<http::Request>& requests)
{
    std::set<std::string> ids;
    for (const auto& request : requests) ids.insert(id_in(request));
    return ids;
}

bool covers(const std::vector<http::Request>& requests, const std::set<std::string>& wanted)
{
    const auto got = ids_in(requests);
    return std::ranges::includes(got, wanted);
}

/// Both platforms post over keep-alive connections until the hub dies under them.
class Senders {
public:
    Senders(std::uint16_t port, int round, Promises& to_grasshopper, Promises& to_atlvs)
    {
        for (std::size_t i = 0; i < senders; ++i) {
            const auto prefix = "thing-" + std::to_string(round) + '-' + std::to_string(i) + '-';
            auto& promises = i % 2 == 0 ? to_grasshopper : to_atlvs;
            threads_.emplace_back(
                [this, port, prefix, i, &promises] { post(port, prefix, i % 2 == 0, promises); });
        }
    }

    [[nodiscard]] std::size_t accepted() const { return accepted_; }
    /// Waits until so many were accepted in this round. Needs a hub that answers.
    void wait_for(std::size_t count) const
    {
        for (auto seen = accepted_.load(); seen < count; seen = accepted_.load())
            accepted_.wait(seen);
    }

private:
    void post(std::uint16_t port, const std::string& prefix, bool is_atlvs, Promises& promises)
    try {
        Wire wire{port};
        for (int number = 0;; ++number) {
            const auto id = prefix + std::to_string(number);
            const auto data = R"({"id":")" + id + R"("})";
            const auto request = is_atlvs ? atlvs_webhook(id, "resource.updated", data)
                                          : grasshopper_webhook(id, "ticket.sold", data);
            if (!wire.send(to_bytes(request))) break;
            if (wire.read_reply().status / 100 != 2) continue;
            promises.add(id);
            ++accepted_;
            accepted_.notify_all();
        }
    } catch (const std::exception&) {
        // The hub is gone, as it should be.
        accepted_ = std::numeric_limits<std::size_t>::max();
        accepted_.notify_all();
    }

    std::atomic<std::size_t> accepted_ = 0;
    std::vector<std::jthread> threads_;
};

std::uint64_t seed()
{
    const char* text = std::getenv("KATYDID_TEST_SEED");
    return text != nullptr ? std::strtoull(text, nullptr, 10) : 20261122;
}

BOOST_AUTO_TEST_SUITE(e2e_crash)

// Goal: over many kills at random moments under load, every webhook that got a 2xx reaches its
// receiver, and none that was refused or never posted does.
BOOST_AUTO_TEST_CASE(nothing_accepted_is_lost)
{
    BOOST_TEST_MESSAGE("KATYDID_TEST_SEED=" << seed());
    std::mt19937_64 random{seed()};
    TemporaryFolder folder;
    const Receiver grasshopper;
    const Receiver atlvs;
    HubProcess hub{folder.path(), settings_between(grasshopper, atlvs)};
    Promises to_grasshopper;
    Promises to_atlvs;
    for (int round = 0; round < rounds; ++round) {
        hub.start();
        const Senders running{hub.port(), round, to_grasshopper, to_atlvs};
        running.wait_for(1 + random() % 400);
        BOOST_TEST(hub.end(SIGKILL) == -SIGKILL);
    }
    hub.start();
    const auto wanted_by_grasshopper = to_grasshopper.ids();
    const auto wanted_by_atlvs = to_atlvs.ids();
    BOOST_TEST(wanted_by_grasshopper.size() > 0U);
    BOOST_TEST(wanted_by_atlvs.size() > 0U);
    BOOST_TEST_MESSAGE("accepted: " << wanted_by_grasshopper.size() << " + "
                                    << wanted_by_atlvs.size());
    BOOST_TEST(grasshopper.wait_until(
        [&](const auto& came) { return covers(came, wanted_by_grasshopper); }));
    BOOST_TEST(atlvs.wait_until([&](const auto& came) { return covers(came, wanted_by_atlvs); }));
    BOOST_TEST(hub.end(SIGTERM) == 0);
    for (const auto& id : ids_in(grasshopper.requests())) BOOST_TEST(id.starts_with("thing-"));
}

// Goal: a delivery that comes twice because of a kill is the same delivery: same id, same bytes.
BOOST_AUTO_TEST_CASE(what_comes_twice_is_the_same)
{
    std::mt19937_64 random{seed() + 1};
    TemporaryFolder folder;
    const Receiver grasshopper;
    const Receiver atlvs;
    HubProcess hub{folder.path(), settings_between(grasshopper, atlvs)};
    Promises to_grasshopper;
    Promises to_atlvs;
    for (int round = 0; round < 3; ++round) {
        hub.start();
        const Senders running{hub.port(), round, to_grasshopper, to_atlvs};
        running.wait_for(1 + random() % 200);
        BOOST_TEST(hub.end(SIGKILL) == -SIGKILL);
    }
    hub.start();
    BOOST_TEST(atlvs.wait_until([&](const auto& came) { return covers(came, to_atlvs.ids()); }));
    BOOST_TEST(hub.end(SIGTERM) == 0);
    std::map<std::string, std::pair<std::string, std::string>> first;
    for (const auto& request : atlvs.requests()) {
        const std::pair<std::string, std::string> sent{request.header("X-Webhook-Id"),
                                                       request.body};
        const auto [place, is_new] = first.try_emplace(id_in(request), sent);
        if (!is_new) BOOST_TEST((place->second == sent), id_in(request));
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace katydid::test
