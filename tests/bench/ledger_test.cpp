#include "bench/load/ledger.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid::bench;
using namespace std::chrono_literals;

namespace {

const SteadyTime start{1h};

Ledger make_ledger(unsigned endpoints)
{
    return Ledger{{.run = 1, .endpoints = endpoints, .owes = {}, .measured_from = {}}};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(bench_ledger)

// Goal: what is accepted and does not arrive everywhere is missing.
BOOST_AUTO_TEST_CASE(missing)
{
    auto ledger = make_ledger(2);
    ledger.sent(0, start);
    ledger.accepted(0, start + 1ms);
    ledger.delivered(0, 0, "evt_a", start + 2ms);
    BOOST_TEST(ledger.outstanding() == 1U);
    BOOST_TEST(!ledger.tally().is_correct());
    ledger.delivered(0, 1, "evt_a", start + 5ms);
    BOOST_TEST(ledger.outstanding() == 0U);
    BOOST_TEST(ledger.tally().is_correct());
    BOOST_TEST((ledger.end_to_end().max() == 5ms));
    BOOST_TEST((ledger.after_acceptance().max() == 4ms));
}

// Goal: a delivery that overtakes the answer counts as soon as the answer comes.
BOOST_AUTO_TEST_CASE(delivered_before_accepted)
{
    auto ledger = make_ledger(1);
    ledger.sent(0, start);
    ledger.delivered(0, 0, "evt_a", start + 1ms);
    BOOST_TEST(ledger.tally().unaccepted == 1U);
    ledger.accepted(0, start + 2ms);
    BOOST_TEST(ledger.tally().unaccepted == 0U);
    BOOST_TEST(ledger.tally().delivered == 1U);
    BOOST_TEST(ledger.outstanding() == 0U);
    BOOST_TEST(ledger.after_acceptance().count() == 1U);
}

// Goal: duplicates are counted and allowed; another webhook-id for the same event is not.
BOOST_AUTO_TEST_CASE(duplicates_and_changed_ids)
{
    auto ledger = make_ledger(1);
    ledger.sent(0, start);
    ledger.accepted(0, start);
    ledger.delivered(0, 0, "evt_a", start);
    ledger.delivered(0, 0, "evt_a", start);
    BOOST_TEST(ledger.tally().duplicates == 1U);
    BOOST_TEST(ledger.tally().is_correct());
    ledger.delivered(0, 0, "evt_b", start);
    BOOST_TEST(!ledger.tally().is_correct());
}

// Goal: an event at an endpoint that it is not owed to, or that was never sent, is unexpected.
BOOST_AUTO_TEST_CASE(unexpected)
{
    Ledger ledger{
        {.run = 1,
         .endpoints = 2,
         .owes = [](std::uint32_t number, unsigned endpoint) { return number % 2 == endpoint; },
         .measured_from = {}}};
    ledger.sent(0, start);
    ledger.accepted(0, start);
    BOOST_TEST(ledger.tally().expected == 1U);
    ledger.delivered(0, 1, "evt_a", start);
    ledger.delivered(99, 0, "evt_c", start);
    BOOST_TEST(ledger.tally().unexpected == 2U);
}

// Goal: a bad signature makes a run incorrect.
BOOST_AUTO_TEST_CASE(bad_signature)
{
    auto ledger = make_ledger(1);
    ledger.bad_signature();
    BOOST_TEST(!ledger.tally().is_correct());
}

// Goal: an event that is sent again and accepted twice is owed once.
BOOST_AUTO_TEST_CASE(accepted_twice)
{
    auto ledger = make_ledger(1);
    ledger.sent(0, start);
    ledger.accepted(0, start);
    ledger.sent(0, start);
    ledger.accepted(0, start + 1s);
    BOOST_TEST(ledger.tally().accepted == 1U);
    BOOST_TEST(ledger.outstanding() == 1U);
}

// Goal: a caller that is told of progress may send more at once. Regression: the entry of the event
// that had just arrived was read after the books had grown and moved.
BOOST_AUTO_TEST_CASE(progress_may_send_more)
{
    auto ledger = make_ledger(1);
    std::uint32_t next = 1;
    ledger.on_progress = [&] {
        for (int i = 0; i < 1'000; ++i) ledger.sent(next++, start);
    };
    ledger.sent(0, start);
    ledger.accepted(0, start);
    ledger.delivered(0, 0, "evt_a", start + 3ms);
    BOOST_TEST((ledger.end_to_end().max() == 3ms));
    BOOST_TEST((ledger.after_acceptance().max() == 3ms));
}

BOOST_AUTO_TEST_SUITE_END()
