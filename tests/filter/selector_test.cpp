#include "hub/filter/selector.hpp"

#include "hub/filter/compile.hpp"
#include "hub/filter/evaluate.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <random>
#include <set>

using namespace katydid;
using namespace katydid::filter;

namespace {

std::shared_ptr<const Program> bound(const std::string& text, Paths& paths)
{
    std::vector<Fault> faults;
    auto program = compile(boost::json::parse(text), faults);
    BOOST_REQUIRE_MESSAGE(program.has_value(), text);
    paths.bind(*program);
    return std::make_shared<const Program>(std::move(*program));
}

/// Small worlds of filters and payloads, made to meet often.
class Maker {
public:
    explicit Maker(std::uint64_t seed) : random_{seed} {}

    std::string scalar()
    {
        static const std::vector<std::string> all{"1",     "2",    "1.0", "\"a\"",
                                                  "\"b\"", "true", "null"};
        return all[pick(all.size())];
    }

    std::string test(int depth)
    {
        switch (pick(depth > 0 ? 8 : 5)) {
        case 0: return R"({"$neq":)" + scalar() + "}";
        case 1: return R"({"$in":[)" + scalar() + "," + scalar() + "]}";
        case 2: return R"({"$gt":1})";
        case 3:
        case 4: return scalar();
        case 5: return R"({"$or":[)" + test(depth - 1) + "," + test(depth - 1) + "]}";
        case 6: return R"({"$not":)" + test(depth - 1) + "}";
        default: return fields(depth - 1);
        }
    }

    std::string fields(int depth)
    {
        const auto first = name();
        const auto text = "{\"" + first + "\":" + test(depth);
        if (pick(2) == 0) return text + "}";
        return text + ",\"" + first + "2\":" + test(depth) + "}";
    }

    std::string value(int depth)
    {
        switch (pick(depth > 0 ? 5 : 2)) {
        case 2: return "[" + value(depth - 1) + "," + value(depth - 1) + "]";
        case 3: return object(depth - 1);
        case 4: return "[]";
        default: return scalar();
        }
    }

    std::string object(int depth)
    {
        return R"({"x":)" + value(depth) + R"(,"x2":)" + value(depth) + R"(,"y":)" + value(depth)
               + "}";
    }

private:
    std::string name() { return pick(2) == 0 ? "x" : "y"; }
    std::size_t pick(std::size_t below) { return random_() % below; }
    std::mt19937_64 random_;
};

std::set<Selector::Member> select(const Selector& selector, Paths& paths)
{
    std::set<Selector::Member> found;
    WorkBudget work{2'000'000};
    selector.select(paths, work, [&](Selector::Member member, Answer answer) {
        BOOST_REQUIRE((answer == Answer::yes));
        found.insert(member);
    });
    return found;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(filter_selector)

// Goal: the index finds exactly those that pass one by one, for random filters and payloads.
BOOST_AUTO_TEST_CASE(agrees_with_asking_everyone)
{
    std::size_t passed = 0;
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        Maker maker{seed};
        Paths paths;
        Selector selector;
        std::vector<std::shared_ptr<const Program>> programs;
        for (std::size_t i = 0; i < 40; ++i) {
            programs.push_back(bound(R"({"payload":)" + maker.fields(2) + "}", paths));
            selector.add(i, programs.back());
        }
        for (std::size_t i = 0; i < 10; ++i) selector.remove(i);
        for (int n = 0; n < 30; ++n) {
            Event event;
            event.payload = std::make_shared<const std::string>(maker.object(3));
            Document document{event};
            paths.begin(document);
            std::set<Selector::Member> expected;
            WorkBudget work{2'000'000};
            for (std::size_t i = 10; i < programs.size(); ++i)
                if (evaluate(*programs[i], paths, work) == Answer::yes) expected.insert(i);
            BOOST_REQUIRE_MESSAGE((select(selector, paths) == expected),
                                  "seed " << seed << ": " << *event.payload);
            passed += expected.size();
        }
    }
    BOOST_TEST(passed > 1'000U);
}

// Goal: of two equalities the rarer one is the anchor, and numbers meet in whatever form.
BOOST_AUTO_TEST_CASE(anchors)
{
    Paths paths;
    const auto program = bound(
        R"({"payload":{"live":true,"id":7.0,"$or":[{"a":1}],"b":{"$neq":1}}})", paths);
    const auto found = anchors_of(*program);
    BOOST_TEST(found.size() == 2U);
    BOOST_TEST((normal(Scalar{7.0}) == normal(Scalar{std::int64_t{7}})));
    BOOST_TEST((normal(Scalar{std::uint64_t{7}}) == normal(Scalar{std::int64_t{7}})));
    BOOST_TEST((normal(Scalar{7.5}) != normal(Scalar{std::int64_t{7}})));
    BOOST_TEST((normal(Scalar{1e300}) == Scalar{1e300}));
}

BOOST_AUTO_TEST_SUITE_END()
