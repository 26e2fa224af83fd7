#include "hub/observe/otlp_exporter.hpp"

#include "hub/http/server/server.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::observe;

namespace {

/// A collector on a real socket. It answers what it is told to, then 200.
struct Collector {
    explicit Collector(asio::io_context& loop)
    {
        http::Route route;
        route.method = "POST";
        route.pattern = "/v1/traces";
        route.handle = [this](http::Request& request) -> awaitable<http::Response> {
            bodies.push_back(request.body);
            content_type = request.header("content-type");
            authorisation = request.header("authorization");
            const auto status = answers.empty() ? 200U : answers.front();
            if (!answers.empty()) answers.erase(answers.begin());
            if (status == 200 && on_taken) on_taken();
            co_return http::Response::json(status, "{}");
        };
        router.add(std::move(route));
        const boost::asio::ip::tcp::endpoint any{boost::asio::ip::address_v4::loopback(), 0};
        server = std::make_unique<http::Server>(loop.get_executor(), any, router,
                                                http::ServerOptions{});
        server->start();
    }
    [[nodiscard]] std::string url() const
    {
        return "http://127.0.0.1:" + std::to_string(server->local_endpoint().port()) + "/";
    }

    std::vector<unsigned> answers;
    std::vector<std::string> bodies;
    std::string content_type;
    std::string authorisation;
    std::function<void()> on_taken;
    http::Router router;
    std::unique_ptr<http::Server> server;
};

std::size_t spans_in(const std::string& body)
{
    return boost::json::parse(body)
        .at("resourceSpans")
        .at(0)
        .at("scopeSpans")
        .at(0)
        .at("spans")
        .as_array()
        .size();
}

struct Scene {
    asio::io_context loop{1};
    Metrics metrics;
    Tracer tracer{{1, 100}};
    Collector collector{loop};

    void add_spans(int count)
    {
        for (int i = 0; i < count; ++i) {
            Span span;
            span.context = tracer.begin("").context;
            span.name = "x";
            tracer.record(std::move(span));
        }
    }

    OtlpExporter::Options options() const
    {
        OtlpExporter::Options options;
        options.url = collector.url();
        options.batch_spans_max = 4;
        options.interval = milliseconds{1};
        return options;
    }

    /// Runs until the exporter has ended.
    void run(OtlpExporter& exporter)
    {
        asio::co_spawn(loop, exporter.run(), [this](std::exception_ptr failure) {
            BOOST_TEST(!failure);
            asio::co_spawn(loop, collector.server->drain(Deadline::after(milliseconds{500})),
                           [](std::exception_ptr drained) { BOOST_TEST(!drained); });
        });
        loop.run();
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(observe_otlp_exporter)

// Goal: spans arrive in batches at a real collector, each once.
BOOST_AUTO_TEST_CASE(batches)
{
    Scene scene;
    scene.add_spans(10);
    OtlpExporter exporter{scene.loop.get_executor(), scene.tracer, scene.metrics, scene.options()};
    scene.collector.on_taken = [&] {
        if (scene.collector.bodies.size() == 3) exporter.stop();
    };
    scene.run(exporter);
    BOOST_REQUIRE(scene.collector.bodies.size() == 3U);
    BOOST_TEST(scene.collector.content_type == "application/json");
    BOOST_TEST(spans_in(scene.collector.bodies[0]) == 4U);
    BOOST_TEST(spans_in(scene.collector.bodies[2]) == 2U);
    BOOST_TEST((scene.metrics.expose().find("katydid_trace_spans_exported_total 10")
                != std::string::npos));
}

// Goal: what waits when the hub ends still goes out.
BOOST_AUTO_TEST_CASE(the_last_ones)
{
    Scene scene;
    OtlpExporter exporter{scene.loop.get_executor(), scene.tracer, scene.metrics, scene.options()};
    scene.add_spans(3);
    exporter.stop();
    scene.run(exporter);
    BOOST_REQUIRE(scene.collector.bodies.size() == 1U);
    BOOST_TEST(spans_in(scene.collector.bodies[0]) == 3U);
}

// Goal: a collector that asks for a key gets it, beside the headers that are ours.
BOOST_AUTO_TEST_CASE(headers_of_the_settings)
{
    Scene scene;
    scene.add_spans(1);
    auto options = scene.options();
    options.headers = {{"Authorization", "Bearer t0ken"}};
    OtlpExporter exporter{scene.loop.get_executor(), scene.tracer, scene.metrics, options};
    exporter.stop();
    scene.run(exporter);
    BOOST_TEST(scene.collector.authorisation == "Bearer t0ken");
    BOOST_TEST(scene.collector.content_type == "application/json");
}

// Goal: a collector that is busy gets the same batch again; one that refuses it does not.
BOOST_AUTO_TEST_CASE(refusals)
{
    Scene scene;
    scene.add_spans(8);
    scene.collector.answers = {400, 503};
    OtlpExporter exporter{scene.loop.get_executor(), scene.tracer, scene.metrics, scene.options()};
    scene.collector.on_taken = [&] { exporter.stop(); };
    scene.run(exporter);
    BOOST_REQUIRE(scene.collector.bodies.size() == 3U);
    BOOST_TEST(scene.collector.bodies[1] == scene.collector.bodies[2]);
    BOOST_TEST(scene.tracer.dropped() == 4U);
}

// Goal: a collector that is gone holds nothing up: the hub ends, and what is lost is counted.
BOOST_AUTO_TEST_CASE(nobody_there)
{
    Scene scene;
    scene.add_spans(8);
    auto options = scene.options();
    options.url = "http://127.0.0.1:1";
    OtlpExporter exporter{scene.loop.get_executor(), scene.tracer, scene.metrics, options};
    exporter.stop();
    scene.run(exporter);
    BOOST_TEST(scene.tracer.dropped() == 4U);
    BOOST_TEST(scene.collector.bodies.empty());
}

BOOST_AUTO_TEST_SUITE_END()
