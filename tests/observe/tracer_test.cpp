#include "hub/observe/otlp_json.hpp"
#include "hub/observe/tracer.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::observe;

namespace {

constexpr std::string_view caller = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

Span span_of(const TraceContext& context, std::string name = "x")
{
    Span span;
    span.context = context;
    span.name = std::move(name);
    return span;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(observe_tracer)

// Goal: a caller's trace is carried on, with its decision; else a new one begins.
BOOST_AUTO_TEST_CASE(beginnings)
{
    const Tracer tracer{{}};
    const auto below = tracer.begin(caller);
    BOOST_TEST(to_text(below.context.trace) == "4bf92f3577b34da6a3ce929d0e0e4736");
    BOOST_TEST(to_text(below.parent) == "00f067aa0ba902b7");
    BOOST_TEST((below.context.span != below.parent));
    BOOST_TEST(below.context.sampled);

    const auto first = tracer.begin("nonsense");
    BOOST_TEST((first.parent == SpanId{}));
    BOOST_TEST((first.context.trace != TraceId{}));
    BOOST_TEST(first.context.sampled);
    BOOST_TEST((tracer.begin("").context.trace != first.context.trace));

    const Tracer quiet{{0, 10}};
    BOOST_TEST(!quiet.begin("").context.sampled);
    BOOST_TEST(quiet.begin(caller).context.sampled);
}

// Goal: some of the traces are kept, about as many as asked for.
BOOST_AUTO_TEST_CASE(ratio)
{
    const Tracer tracer{{0.25, 10}};
    int sampled = 0;
    for (int i = 0; i < 10'000; ++i) sampled += tracer.begin("").context.sampled ? 1 : 0;
    BOOST_TEST(sampled > 2'200);
    BOOST_TEST(sampled < 2'800);
}

// Goal: what nobody fetches is bounded, and what is lost is counted.
BOOST_AUTO_TEST_CASE(bounded)
{
    Tracer tracer{{1, 10}};
    const auto context = tracer.begin("").context;
    for (int i = 0; i < 25; ++i) tracer.record(span_of(context, std::to_string(i)));
    BOOST_TEST(tracer.waiting() == 10U);
    BOOST_TEST(tracer.dropped() == 15U);
    const auto some = tracer.take(4);
    BOOST_REQUIRE(some.size() == 4U);
    BOOST_TEST(some.front().name == "0");
    BOOST_TEST(tracer.take(100).size() == 6U);
    auto quiet = context;
    quiet.sampled = false;
    tracer.record(span_of(quiet));
    BOOST_TEST(tracer.waiting() == 0U);
}

// Goal: what goes out is what OTLP's JSON encoding asks for.
BOOST_AUTO_TEST_CASE(otlp)
{
    auto span = span_of(*parse_traceparent(caller), "attempt");
    span.parent = {1, 2, 3, 4, 5, 6, 7, 8};
    span.kind = SpanKind::client;
    span.end = std::chrono::sys_time<std::chrono::nanoseconds>{
        std::chrono::nanoseconds{1'750'000'000'000'000'500}};
    span.duration = std::chrono::nanoseconds{500};
    span.attributes = {
        {"http.route", std::string{"/v1/events"}}, {"n", std::int64_t{7}}, {"b", true}};
    span.error = "no answer";
    const std::vector<Span> spans{span};
    const auto json = boost::json::parse(otlp_json(spans, "host:1"));
    const auto& resource = json.at("resourceSpans").at(0);
    BOOST_TEST(resource.at("resource").at("attributes").at(0).at("value").at("stringValue")
               == "katydid");
    const auto& one = resource.at("scopeSpans").at(0).at("spans").at(0);
    BOOST_TEST(one.at("traceId") == "4bf92f3577b34da6a3ce929d0e0e4736");
    BOOST_TEST(one.at("spanId") == "00f067aa0ba902b7");
    BOOST_TEST(one.at("parentSpanId") == "0102030405060708");
    BOOST_TEST(one.at("kind") == 3);
    BOOST_TEST(one.at("startTimeUnixNano") == "1750000000000000000");
    BOOST_TEST(one.at("endTimeUnixNano") == "1750000000000000500");
    BOOST_TEST(one.at("attributes").at(1).at("value").at("intValue") == "7");
    BOOST_TEST(one.at("attributes").at(2).at("value").at("boolValue") == true);
    BOOST_TEST(one.at("status").at("code") == 2);
}

BOOST_AUTO_TEST_SUITE_END()
