#include "hub/core/text/trace_context.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

using namespace katydid;

namespace {

constexpr std::string_view good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

}  // namespace

BOOST_AUTO_TEST_SUITE(core_trace_context)

// Goal: what is read is written again as it was.
BOOST_AUTO_TEST_CASE(round_trip)
{
    const auto context = parse_traceparent(good);
    BOOST_REQUIRE(context);
    BOOST_TEST(context->sampled);
    BOOST_TEST(to_text(context->trace) == "4bf92f3577b34da6a3ce929d0e0e4736");
    BOOST_TEST(to_text(context->span) == "00f067aa0ba902b7");
    BOOST_TEST(to_traceparent(*context) == good);
}

// Goal: section 3.2 of the specification, malformed headers included.
BOOST_AUTO_TEST_CASE(what_is_none)
{
    const std::string text{good};
    const std::string bad[] = {"",
                               "00",
                               text.substr(0, 54),
                               text + "-x",
                               text + "x",
                               "ff" + text.substr(2),
                               "0g" + text.substr(2),
                               "00-" + std::string(32, '0') + text.substr(35),
                               text.substr(0, 36) + std::string(16, '0') + "-01",
                               "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
                               "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                               text.substr(0, 53) + "0x"};
    for (const auto& each : bad) BOOST_TEST(!parse_traceparent(each), each);
    // A version of the future may have more behind what is known.
    BOOST_TEST(parse_traceparent("01" + text.substr(2) + "-more").has_value());
    BOOST_TEST(!parse_traceparent("01" + text.substr(2) + "more").has_value());
    const auto quiet = parse_traceparent(text.substr(0, 53) + "02");
    BOOST_REQUIRE(quiet);
    BOOST_TEST(!quiet->sampled);
}

// Goal: an attempt's span follows from the delivery and the number, and from nothing else.
BOOST_AUTO_TEST_CASE(attempts_have_spans)
{
    const auto delivery = DeliveryId::parse("dlv_01ARZ3NDEKTSV4RRFFQ69G5FAV").value();
    const auto other = DeliveryId::parse("dlv_01ARZ3NDEKTSV4RRFFQ69G5FAW").value();
    std::set<SpanId> seen;
    for (std::uint32_t attempt = 1; attempt <= 100; ++attempt) {
        seen.insert(attempt_span(delivery, attempt));
        seen.insert(attempt_span(other, attempt));
    }
    BOOST_TEST(seen.size() == 200U);
    BOOST_TEST((attempt_span(delivery, 7) == attempt_span(delivery, 7)));

    const auto sent = parse_traceparent(attempt_traceparent(good, delivery, 2));
    BOOST_REQUIRE(sent);
    BOOST_TEST((sent->span == attempt_span(delivery, 2)));
    BOOST_TEST(to_text(sent->trace) == "4bf92f3577b34da6a3ce929d0e0e4736");
    const std::string quiet = std::string{good.substr(0, 53)} + "00";
    BOOST_TEST(attempt_traceparent(quiet, delivery, 2) == quiet);
    BOOST_TEST(attempt_traceparent("nonsense", delivery, 2) == "nonsense");
}

BOOST_AUTO_TEST_SUITE_END()
