#include "bench/report/document.hpp"
#include "bench/report/html.hpp"
#include "bench/report/plot.hpp"
#include "bench/report/pretty.hpp"

#include "tests/support/temporary_folder.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <fstream>

using namespace katydid::bench;

namespace {

boost::json::object document_with(double rate, double latency)
{
    ScenarioResult result;
    result.figure({"ingest.per_second", rate, "events/s", Better::higher, 20'000, 30'000});
    result.figure({"ingest.p99", latency, "ms", Better::lower, 50, 15});
    Phase phase;
    phase.name = "ingest <closed>";
    for (const double second : {1, 2, 3})
        phase.timeline.push_back({.at = second,
                                  .accepted = rate,
                                  .p50_us = 300,
                                  .p99_us = latency * 1'000,
                                  .max_us = latency * 2'000,
                                  .target_cpu = 0.7,
                                  .target_rss_mb = 40 + second,
                                  .own_cpu = 0.3});
    result.phases.push_back(to_json(phase));
    return make_document({{"ingest", result}}, {}, {{"date", "2026-06-15T18:00:00.000Z"}});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(bench_document)

// Goal: goals are judged in the right direction.
BOOST_AUTO_TEST_CASE(verdicts)
{
    const auto text = show_figures(document_with(25'000, 12));
    BOOST_TEST(text.find("must reached") != std::string::npos);
    BOOST_TEST(text.find("aim reached") != std::string::npos);
    BOOST_TEST(show_figures(document_with(19'000, 12)).find("BELOW MUST") != std::string::npos);
}

// Goal: a loss of throughput and a gain in latency are both "worse"; noise is neither.
BOOST_AUTO_TEST_CASE(comparison)
{
    const auto worse = compare(document_with(20'000, 10), document_with(15'000, 20));
    BOOST_TEST(worse.find("-25.0 %  WORSE") != std::string::npos);
    BOOST_TEST(worse.find("+100.0 %  WORSE") != std::string::npos);
    const auto noise = compare(document_with(20'000, 10), document_with(20'500, 10.2));
    BOOST_TEST(noise.find("WORSE") == std::string::npos);
    BOOST_TEST(noise.find("better") == std::string::npos);
}

// Goal: a figure that only one result has is shown, not dropped.
BOOST_AUTO_TEST_CASE(new_and_gone)
{
    ScenarioResult other;
    other.figure({"other", 1, "", Better::higher});
    const auto text = compare(document_with(1, 1), make_document({{"x", other}}, {}, {}));
    BOOST_TEST(text.find("new") != std::string::npos);
    BOOST_TEST(text.find("gone") != std::string::npos);
}

// Goal: what is written is read back as the same value.
BOOST_AUTO_TEST_CASE(pretty_is_json)
{
    const auto document = document_with(25'000.25, 12);
    const auto text = to_pretty(document);
    BOOST_CHECK(boost::json::parse(text).as_object().at("date") == document.at("date"));
    BOOST_TEST(text.find("E+") == std::string::npos);
}

// Goal: names are escaped on the page, and plots are on it.
BOOST_AUTO_TEST_CASE(page_is_escaped)
{
    const auto page = make_html(document_with(25'000, 12));
    BOOST_TEST(page.find("ingest <closed>") == std::string::npos);
    BOOST_TEST(page.find("ingest &lt;closed&gt;") != std::string::npos);
    BOOST_TEST(page.find("<svg") != std::string::npos);
}

// Goal: the plots also come as PNG, one for each phase that lasted, through gnuplot.
BOOST_AUTO_TEST_CASE(png_plots)
{
    if (std::system("command -v gnuplot >/dev/null 2>&1") != 0) {
        BOOST_TEST_MESSAGE("gnuplot is not installed (script/bootstrap installs it)");
        return;
    }
    const katydid::test::TemporaryFolder folder;
    write_plots(document_with(25'000, 12), folder.path().string());
    std::ifstream file{folder.path() / "ingest-ingest--closed-.png", std::ios::binary};
    std::string begin(8, '\0');
    file.read(begin.data(), static_cast<std::streamsize>(begin.size()));
    BOOST_TEST(begin == "\x89PNG\r\n\x1a\n");
    BOOST_TEST(!std::filesystem::exists(folder.path() / "ingest-ingest--closed-.gp"));
}

BOOST_AUTO_TEST_SUITE_END()
