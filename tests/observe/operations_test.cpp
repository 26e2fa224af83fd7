// docs/operations and docs/metrics.md against what the hub exports.
#include "hub/observe/metrics.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <sstream>

using namespace katydid;

namespace {

namespace fs = std::filesystem;

const fs::path docs = fs::path{KATYDID_SOURCE_DIR} / "docs";

std::string read(const fs::path& path)
{
    std::ifstream in{path};
    BOOST_REQUIRE_MESSAGE(in.is_open(), path);
    return {std::istreambuf_iterator<char>{in}, {}};
}

struct Family {
    std::string kind;
    std::string help;
    std::set<std::string> labels;
};

/// A family shows when it was touched.
std::string expose_all()
{
    observe::Metrics metrics;
    metrics.event_rejected("wrong_signature");
    metrics.request_refused(400);
    observe::RouteMetrics{metrics, "/v1/events"}.answered(202, 0.001);
    metrics.certificate_expires("server.pem", 1);
    metrics.queue_age(Lane::fresh, 0, 0);
    return metrics.expose();
}

/// Labels of a series line: a="…",b="…".
void add_labels(const std::string& line, std::set<std::string>& labels)
{
    const auto open = line.find('{');
    if (open == std::string::npos) return;
    for (auto at = open + 1; line[at - 1] != '}';) {
        const auto equals = line.find('=', at);
        const auto name = line.substr(at, equals - at);
        if (name != "le") labels.insert(name);
        at = line.find('"', equals + 2) + 2;
    }
}

std::map<std::string, Family> families()
{
    std::map<std::string, Family> found;
    std::istringstream lines{expose_all()};
    std::string name;
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words{line};
        std::string mark;
        std::string what;
        if (line.starts_with("# ")) {
            words >> mark >> what >> name;
            std::string rest;
            std::getline(words >> std::ws, rest);
            (what == "HELP" ? found[name].help : found[name].kind) = rest;
        } else add_labels(line, found[name].labels);
    }
    return found;
}

/// Every katydid_… in a text, without what Prometheus adds to a histogram's name.
std::set<std::string> names_in(const std::string& text)
{
    std::set<std::string> names;
    for (std::size_t at = 0; (at = text.find("katydid_", at)) != std::string::npos;) {
        auto end = text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_", at);
        end = std::min(end, text.size());
        auto name = text.substr(at, end - at);
        for (const std::string suffix : {"_bucket", "_sum", "_count"})
            if (name.ends_with(suffix)) name.resize(name.size() - suffix.size());
        // The prefix alone, and a table of PostgreSQL, are no metrics.
        if (name != "katydid_" && name != "katydid_meta") names.insert(name);
        at = end;
    }
    return names;
}

std::string reference()
{
    std::string text
        = "# Metrics\n\nOn `/metrics` of the operators' listener, in Prometheus' text format. "
          "Written by `script/docs`; a test keeps it current. Labels are bounded: by route, by a "
          "fixed set of words, by loop or by certificate; a subscription is never one "
          "(`GET /v1/subscriptions/{id}` shows its numbers).\n\n"
          "`docs/operations/` has a Grafana dashboard and alert rules made of them.\n\n"
          "| Metric | Kind | Labels | What |\n|---|---|---|---|\n";
    for (const auto& [name, family] : families()) {
        std::string labels;
        for (const auto& label : family.labels) labels += (labels.empty() ? "" : ", ") + label;
        text += "| `" + name + "` | " + family.kind + " | " + labels + " | " + family.help + " |\n";
    }
    return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(observe_operations)

// Goal: a metric that dashboard, alerts or the guide name is one that the hub exports.
BOOST_AUTO_TEST_CASE(every_name_is_exported)
{
    const auto exported = families();
    for (const auto* file : {"operations/dashboard.json", "operations/alerts.yml",
                             "operations/alerts_test.yml", "operations.md", "architecture.md"})
        for (const auto& name : names_in(read(docs / file)))
            BOOST_TEST(exported.contains(name), name << " in docs/" << file);
}

// Goal: docs/metrics.md lists what the hub exports. Fix: script/docs
BOOST_AUTO_TEST_CASE(reference_is_current)
{
    if (std::getenv("KATYDID_WRITE_DOCS") != nullptr)
        std::ofstream{docs / "metrics.md"} << reference();
    BOOST_TEST((read(docs / "metrics.md") == reference()),
               "docs/metrics.md is out of date: script/docs");
}

BOOST_AUTO_TEST_SUITE_END()
