#include "hub/app/setting_tests.hpp"

#include "hub/config/load.hpp"
#include "tests/hub/running_hub.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>

using namespace katydid;
using namespace katydid::test;

namespace {

const std::string start = R"(
[[subscriptions]]
name = "chat"
event_types = ["order.*"]
url = "https://chat.example/hook"
dialect = "raw"
filter = { payload = { total = { "$gte" = 10 } } }
[subscriptions.transform]
code = '''
function transform({payload}) {
  if (payload.total > 99) return {cancel: 'large'};
  return {payload: {text: payload.id}, path: '/a'};
}'''
)";

/// What the tests of these settings say.
std::vector<std::string> run(const std::string& tests)
{
    const Folder folder;
    const auto path = (folder.path() / "katydid.toml").string();
    std::ofstream{path} << start << tests;
    auto loaded = config::load_all({path, {}, {}});
    for (const auto& mistake : loaded.mistakes) BOOST_ERROR(mistake);
    loaded.settings.transforms = settings_in(folder).transforms;
    return run_setting_tests(loaded.settings);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(app_setting_tests)

// Goal: tests that hold say nothing: outputs, a filter that says no, a transform that cancels, and
// code of the test's own.
BOOST_AUTO_TEST_CASE(what_holds_is_quiet)
{
    const auto failures = run(R"(
[[tests]]
subscription = "chat"
event = { type = "order.made", payload = { id = 7, total = 50 } }
output = { payload = { text = 7 }, path = "/a" }
[[tests]]
subscription = "chat"
event = { type = "order.made", payload = { id = 7, total = 5 } }
delivered = false
[[tests]]
subscription = "chat"
event = { type = "user.made", payload = { id = 7, total = 50 } }
delivered = false
[[tests]]
subscription = "chat"
event = { type = "order.made", payload = { id = 7, total = 100 } }
output = { cancel = "large" }
delivered = false
[[tests]]
event = { type = "a.b", payload = { n = 1 } }
transform = { language = "jq", code = "{payload: {m: .payload.n}}" }
filter = { payload = { n = 1 } }
output = { payload = { m = 1 } }
)");
    for (const auto& failure : failures) BOOST_ERROR(failure);
}

// Goal: each that fails is a sentence with its line, its name and the difference; all are told.
BOOST_AUTO_TEST_CASE(each_failure_is_told)
{
    const auto failures = run(R"(
[[tests]]
name = "wrong text"
subscription = "chat"
event = { type = "order.made", payload = { id = 7, total = 50 } }
output = { payload = { text = 8 } }
[[tests]]
subscription = "chat"
event = { type = "order.made", payload = { id = 7, total = 5 } }
output = { path = "/a" }
[[tests]]
subscription = "chat"
event = { type = "order.made", payload = { id = 7, total = 50 } }
delivered = false
[[tests]]
subscription = "chta"
event = { type = "order.made" }
delivered = true
[[tests]]
event = { type = "a.b" }
transform = { code = "function transform({payload}) { return payload.x; }" }
delivered = true
[[tests]]
event = { type = "a.b" }
transform = { code = "function transform() { return {paylod: 1}; }" }
delivered = true
)");
    const std::pair<std::size_t, const char*> said[] = {
        {0, "the test \"wrong text\" fails: its payload is {\"text\":7} and not {\"text\":8}"},
        {1, "the filter says no"},
        {2, "the event is delivered"},
        {3, "there is no subscription \"chta\""},
        {4, "TypeError"},
        {5, "\"paylod\" is ignored"}};
    BOOST_TEST_REQUIRE(failures.size() == std::size(said));
    for (const auto& [number, words] : said)
        BOOST_TEST(failures[number].find(words) != std::string::npos, failures[number]);
    BOOST_TEST(failures[0].find("katydid.toml:15: ") != std::string::npos, failures[0]);
}

BOOST_AUTO_TEST_SUITE_END()
