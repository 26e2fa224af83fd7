#include "hub/dispatch/policy/retry_policy.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>

using namespace katydid;
using namespace katydid::dispatch;
using namespace std::chrono_literals;

namespace {

Outcome answered(unsigned status, std::optional<milliseconds> retry_after = std::nullopt)
{
    Outcome outcome;
    outcome.status = status;
    if (status >= 200 && status <= 299) return outcome;
    outcome.outcome = status == 429 ? AttemptClass::throttled : AttemptClass::rejected;
    outcome.error = "the receiver answered " + std::to_string(status);
    outcome.retry_after = retry_after;
    return outcome;
}

Outcome failed(AttemptClass outcome) { return {outcome, 0, "it failed", {}, std::nullopt, false}; }

RetryPolicy::Options steady()
{
    RetryPolicy::Options options;
    options.jitter = 0;
    return options;
}

using Next = Decision::Next;

}  // namespace

BOOST_AUTO_TEST_SUITE(dispatch_retry_policy)

// Goal: the table of robustness.md, Delivery, row by row.
BOOST_AUTO_TEST_CASE(classification)
{
    for (const unsigned status : {200U, 201U, 202U, 204U, 299U})
        BOOST_TEST((classify(answered(status)) == Trouble::none), status);
    BOOST_TEST((classify(answered(410)) == Trouble::gone));
    for (const unsigned status : {400U, 404U, 405U, 413U, 415U, 422U, 451U})
        BOOST_TEST((classify(answered(status)) == Trouble::limited), status);
    for (const unsigned status : {401U, 403U})
        BOOST_TEST((classify(answered(status)) == Trouble::setup), status);
    for (const unsigned status :
         {301U, 302U, 303U, 307U, 308U, 408U, 425U, 429U, 500U, 502U, 503U, 504U})
        BOOST_TEST((classify(answered(status)) == Trouble::passing), status);
    BOOST_TEST((classify(failed(AttemptClass::tls_failed)) == Trouble::setup));
    for (const auto network : {AttemptClass::timed_out, AttemptClass::connect_failed,
                               AttemptClass::protocol_error, AttemptClass::failed})
        BOOST_TEST((classify(failed(network)) == Trouble::passing), to_text(network));
    BOOST_TEST((classify(Outcome::dead("no")) == Trouble::final));
}

// Goal: the default schedule is ten attempts with the documented waits.
BOOST_AUTO_TEST_CASE(default_schedule)
{
    const RetryPolicy policy{steady()};
    const std::vector<milliseconds> waits{5s, 5min, 30min, 2h, 5h, 10h, 14h, 20h, 24h};
    for (std::uint32_t made = 1; made <= waits.size(); ++made) {
        const auto decision = policy.decide(answered(500), {made, 0ms, 0.5});
        BOOST_TEST((decision.next == Next::retry));
        BOOST_TEST(decision.delay.count() == waits[made - 1].count());
    }
    const auto last = policy.decide(answered(500), {10, 0ms, 0.5});
    BOOST_TEST((last.next == Next::dead));
    BOOST_TEST(last.reason == "given up after 10 attempts: the receiver answered 500");
}

// Goal: an answer that will hardly change gets three attempts, not ten.
BOOST_AUTO_TEST_CASE(limited_and_slow)
{
    const RetryPolicy policy{steady()};
    BOOST_TEST((policy.decide(answered(404), {2, 0ms, 0.5}).next == Next::retry));
    BOOST_TEST((policy.decide(answered(404), {3, 0ms, 0.5}).next == Next::dead));
    const auto slow = policy.decide(answered(401), {1, 0ms, 0.5});
    BOOST_TEST(slow.delay.count() == milliseconds{30min}.count());
    BOOST_TEST((policy.decide(answered(401), {7, 0ms, 0.5}).next == Next::retry));
    BOOST_TEST((policy.decide(answered(401), {8, 0ms, 0.5}).next == Next::dead));
    BOOST_TEST((policy.decide(answered(410), {1, 0ms, 0.5}).next == Next::dead));
    const auto dead = policy.decide(Outcome::dead("no counterpart in x"), {1, 0ms, 0.5});
    BOOST_TEST(dead.reason == "no counterpart in x");
}

// Goal: jitter spreads both ways by its fraction and no further.
BOOST_AUTO_TEST_CASE(jitter)
{
    const RetryPolicy policy{RetryPolicy::Options{}};
    BOOST_TEST(policy.next_delay(Trouble::passing, 1, 0.0)->count() == 4'000);
    BOOST_TEST(policy.next_delay(Trouble::passing, 1, 0.5)->count() == 5'000);
    BOOST_TEST(policy.next_delay(Trouble::passing, 1, 0.999999)->count() <= 6'000);
    BOOST_TEST(policy.next_delay(Trouble::passing, 1, 0.999999)->count() > 5'900);
}

// Goal: Retry-After lengthens, never shortens, and is clamped to 1 s and 24 h.
BOOST_AUTO_TEST_CASE(retry_after)
{
    const RetryPolicy policy{steady()};
    const auto longer = policy.decide(answered(429, 60s), {1, 0ms, 0.5});
    BOOST_TEST(longer.delay.count() == 60'000);
    BOOST_TEST((longer.hold == milliseconds{60s}));
    const auto shorter = policy.decide(answered(503, 0s), {2, 0ms, 0.5});
    BOOST_TEST(shorter.delay.count() == milliseconds{5min}.count());
    BOOST_TEST((shorter.hold == milliseconds{1s}));
    const auto endless = policy.decide(answered(503, 10'000h), {1, 0ms, 0.5});
    BOOST_TEST(endless.delay.count() == milliseconds{24h}.count());
}

// Goal: what a consumer answers is about that delivery: it holds up no other, counts for no
// breaker, and a 410 does not end the subscription. Only one that does not answer counts.
BOOST_AUTO_TEST_CASE(consumers_answers)
{
    const RetryPolicy policy{RetrySettings{}, true};
    auto later = answered(503, 60s);
    later.outcome = AttemptClass::rejected;
    const auto decision = policy.decide(later, {1, 0ms, 0.5});
    BOOST_TEST((decision.next == Next::retry));
    BOOST_TEST(decision.delay.count() == 60'000);
    BOOST_TEST(!decision.hold.has_value());
    BOOST_TEST(!policy.is_breaker_failure(later));
    const auto gone = policy.decide(answered(410), {1, 0ms, 0.5});
    BOOST_TEST((gone.next == Next::dead));
    BOOST_TEST((gone.trouble == Trouble::final));
    BOOST_TEST(gone.reason == "the receiver answered 410");
    BOOST_TEST(policy.is_breaker_failure(failed(AttemptClass::timed_out)));
    BOOST_TEST(RetryPolicy{steady()}.is_breaker_failure(later));
}

// Goal: own delays and age are obeyed.
BOOST_AUTO_TEST_CASE(own_settings)
{
    const RetryPolicy policy{RetrySettings{{100ms, 200ms}, 10s, {}}};
    BOOST_TEST((policy.decide(answered(500), {2, 1s, 0.5}).next == Next::retry));
    BOOST_TEST((policy.decide(answered(500), {3, 1s, 0.5}).next == Next::dead));
    const auto old = policy.decide(answered(500), {1, 9'950ms, 0.5});
    BOOST_TEST((old.next == Next::dead));
    BOOST_TEST(old.reason.starts_with("older than 10s"));
}

// Goal: a subscription's own rules come before the standard table; the first that fits decides.
BOOST_AUTO_TEST_CASE(own_statuses)
{
    RetrySettings settings;
    settings.delays.assign(5, milliseconds{1s});
    settings.statuses = {{404, 404, RetryClass::full},
                         {500, 599, RetryClass::dead},
                         {503, 503, RetryClass::full},
                         {410, 410, RetryClass::few}};
    const RetryPolicy policy{settings};
    BOOST_TEST((policy.decide(answered(404), {4, 0ms, 0.5}).next == Next::retry));
    const auto dead = policy.decide(answered(503), {1, 0ms, 0.5});
    BOOST_TEST((dead.next == Next::dead));
    BOOST_TEST(dead.reason == "the receiver answered 503");
    const auto gone = policy.decide(answered(410), {1, 0ms, 0.5});
    BOOST_TEST((gone.next == Next::retry));
    BOOST_TEST((gone.trouble == Trouble::limited));
    BOOST_TEST((policy.decide(answered(422), {3, 0ms, 0.5}).next == Next::dead));
    BOOST_TEST((policy.decide(answered(200), {1, 0ms, 0.5}).next == Next::delivered));
    BOOST_TEST((policy.decide(failed(AttemptClass::timed_out), {1, 0ms, 0.5}).next == Next::retry));
}

// Goal: what a person asked for again starts its schedule and its age anew.
BOOST_AUTO_TEST_CASE(asked_for_again)
{
    Delivery delivery;
    delivery.attempts = 12;
    delivery.created_at = Timestamp{1h};
    const auto before = progress_of(delivery, Timestamp{100h}, 0.5);
    BOOST_TEST(before.attempts_made == 13U);
    BOOST_TEST((before.age == 99h));
    delivery.attempts_before = 12;
    delivery.restarted_at = Timestamp{99h};
    const auto after = progress_of(delivery, Timestamp{100h}, 0.5);
    BOOST_TEST(after.attempts_made == 1U);
    BOOST_TEST((after.age == 1h));
}

// Goal: a receiver's wish to wait, or a client error, is no reason to open a breaker.
BOOST_AUTO_TEST_CASE(breaker_failures)
{
    for (const unsigned status : {200U, 301U, 400U, 401U, 404U, 410U, 429U})
        BOOST_TEST(!is_breaker_failure(answered(status)), status);
    for (const unsigned status : {408U, 500U, 502U, 503U, 504U})
        BOOST_TEST(is_breaker_failure(answered(status)), status);
    BOOST_TEST(is_breaker_failure(failed(AttemptClass::timed_out)));
    BOOST_TEST(is_breaker_failure(failed(AttemptClass::connect_failed)));
    BOOST_TEST(!is_breaker_failure(failed(AttemptClass::refused)));
    BOOST_TEST(!is_breaker_failure(Outcome::dead("no counterpart")));
}

BOOST_AUTO_TEST_SUITE_END()
