// Replay jobs of several hubs on one store.
#include "tests/jobs/replay_desk.hpp"

#include <memory>
#include <vector>

using namespace katydid;
using namespace katydid::jobs;
using namespace katydid::test;
using namespace std::chrono_literals;

namespace {

/// Hubs beside the desk's own, which is number 0.
struct Hubs {
    explicit Hubs(std::size_t count)
    {
        desk.options.is_shared = true;
        desk.restart();
        while (others.size() + 1 < count)
            others.push_back(std::make_unique<ReplayJobs>(desk.loop.get_executor(), desk.store,
                                                          desk.clock, 100 + others.size(),
                                                          desk.options));
        number(count);
    }
    ~Hubs()
    {
        for (auto& each : others) each->stop();
        desk.turn();
    }

    void number(std::size_t alive)
    {
        for (std::size_t i = 0; i < alive; ++i) hub(i).set_hubs(i, alive);
        desk.turn();
    }
    ReplayJobs& hub(std::size_t index) { return index == 0 ? *desk.jobs : *others.at(index - 1); }
    /// Every hub hears that something changed.
    void tell_all()
    {
        for (std::size_t i = 0; i <= others.size(); ++i)
            BOOST_TEST(desk.run(hub(i).read_changes()).has_value());
        desk.turn();
    }
    [[nodiscard]] std::size_t running()
    {
        std::size_t all = 0;
        for (std::size_t i = 0; i <= others.size(); ++i) all += hub(i).running();
        return all;
    }

    Desk desk{{.batch = 10, .window = {10, 10}}};
    std::vector<std::unique_ptr<ReplayJobs>> others;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(jobs_replay_hubs)

// Goal: a job made at one hub is found, listed and carried out wherever a person asks; it was 404
// at every hub but the one that made it.
BOOST_AUTO_TEST_CASE(every_hub_knows_a_job)
{
    Hubs hubs{3};
    auto& desk = hubs.desk;
    desk.add(30, DeliveryState::dead);
    const auto job = desk.run(hubs.hub(1).create(desk.dead_of(1))).value();
    for (std::size_t i = 0; i < 3; ++i) {
        BOOST_TEST(desk.run(hubs.hub(i).find(job.tenant, job.id)).has_value());
        BOOST_TEST(desk.run(hubs.hub(i).list(job.tenant)).value().size() == 1U);
    }
    hubs.tell_all();
    BOOST_TEST(hubs.running() == 1U);
    for (int i = 0; i < 20; ++i) {
        desk.turn();
        desk.end_all();
    }
    desk.turn();
    for (std::size_t i = 0; i < 3; ++i) {
        const auto after = desk.run(hubs.hub(i).find(job.tenant, job.id)).value();
        BOOST_TEST(to_text(after.status) == "completed");
        BOOST_TEST(after.made_due == 30U);
    }
    BOOST_TEST(desk.count(DeliveryState::delivered) == 30U);
}

// Goal: a hub that starts leads its share of the open jobs and no more.
BOOST_AUTO_TEST_CASE(one_hub_leads_a_job)
{
    Hubs hubs{3};
    auto& desk = hubs.desk;
    for (std::uint8_t number = 1; number <= 6; ++number) {
        desk.add(30, DeliveryState::dead, number, number);
        auto job = desk.dead_of(number);
        job.tenant = id_of<TenantId>(number);
        BOOST_TEST(desk.run(hubs.hub(0).create(std::move(job))).has_value());
    }
    hubs.tell_all();
    BOOST_TEST(hubs.running() == 6U);
    BOOST_TEST(hubs.hub(0).running() < 6U);
    desk.restart();
    BOOST_TEST(desk.run(desk.jobs->load()).has_value());
    desk.turn();
    BOOST_TEST(desk.jobs->running() == 0U);  // it does not know its number yet
    hubs.number(3);
    BOOST_TEST(hubs.running() == 6U);
}

// Goal: the jobs of a hub that is gone go on at the others.
BOOST_AUTO_TEST_CASE(another_hub_goes_on)
{
    Hubs hubs{2};
    auto& desk = hubs.desk;
    desk.add(30, DeliveryState::dead);
    const auto job = desk.run(hubs.hub(0).create(desk.dead_of(1))).value();
    hubs.tell_all();
    const bool first_leads = hubs.hub(0).running() == 1;
    hubs.hub(first_leads ? 0 : 1).stop();
    auto& left = hubs.hub(first_leads ? 1 : 0);
    left.set_hubs(0, 1);
    for (int i = 0; i < 20; ++i) {
        desk.turn();
        desk.end_all();
    }
    desk.turn();
    const auto after = desk.run(left.find(job.tenant, job.id)).value();
    BOOST_TEST(to_text(after.status) == "completed");
    BOOST_TEST(desk.count(DeliveryState::delivered) == 30U);
}

// Goal: pause and cancel are seen by the leader wherever they are said, also when it has not heard
// of them before its next step.
BOOST_AUTO_TEST_CASE(the_leader_sees_a_cancel)
{
    for (const bool is_told : {true, false}) {
        Hubs hubs{2};
        auto& desk = hubs.desk;
        desk.add(100, DeliveryState::dead);
        const auto job = desk.run(hubs.hub(0).create(desk.dead_of(1))).value();
        hubs.tell_all();
        auto& other = hubs.hub(hubs.hub(0).running() == 1 ? 1 : 0);
        const auto cancelled = desk.run(other.change(job.tenant, job.id, ReplayJobs::Wish::cancel));
        BOOST_TEST(to_text(cancelled.value().status) == "cancelled");
        if (is_told) hubs.tell_all();
        for (int i = 0; i < 3; ++i) {
            desk.turn();
            desk.end_all();  // so that the leader has a next step
        }
        desk.turn();
        BOOST_TEST(hubs.running() == 0U);
        for (std::size_t i = 0; i < 2; ++i) {
            const auto after = desk.run(hubs.hub(i).find(job.tenant, job.id)).value();
            BOOST_TEST(to_text(after.status) == "cancelled");
        }
        BOOST_TEST(desk.count(DeliveryState::pending) == 0U);
        BOOST_TEST(desk.count(DeliveryState::dead) > 50U);
    }
}

BOOST_AUTO_TEST_SUITE_END()
