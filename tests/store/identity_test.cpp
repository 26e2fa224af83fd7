// By what events are known again, beside their ids.
#include "tests/store/stores.hpp"

using namespace katydid;
using namespace katydid::store;
using namespace katydid::store::test;
namespace data = boost::unit_test::data;

BOOST_AUTO_TEST_SUITE(store_identity)

namespace {

struct Wanted {
    std::string id;  ///< empty: the event's own
    std::vector<std::string> same{};
    std::vector<std::string> like{};
    bool is_hint = false;
    bool refuses = false;
    std::string payload = "{}";
};

Append make(StoreFixture& lab, const Wanted& wanted)
{
    auto event = lab.make_event(wanted.id, wanted.payload);
    if (wanted.id.empty()) event->external_id = event->id.to_string();
    return {event, {}, {wanted.is_hint, wanted.same, wanted.like, wanted.refuses}};
}

Appended append(StoreFixture& lab, const Wanted& wanted)
{
    return lab.run(lab.store->append(make(lab, wanted))).value();
}

EventPtr stored(StoreFixture& lab, const Appended& answer)
{
    return lab.run(lab.store->event(default_tenant(), answer.event)).value();
}

}  // namespace

// Goal: a hash that says "the same" makes a duplicate, of whatever id, also after a restart.
BOOST_DATA_TEST_CASE(same_hash_is_a_duplicate, data::make(kinds()), kind)
{
    StoreFixture lab{kind};
    const auto first = append(lab, {"one", {"h1"}});
    BOOST_TEST(!first.duplicate);
    for (const bool after_restart : {false, true}) {
        if (after_restart) lab.restart();
        const auto again = append(lab, {"two", {"h1"}});
        BOOST_TEST(again.duplicate);
        BOOST_TEST((again.event == first.event));
        BOOST_TEST(!append(lab, {after_restart ? "four" : "three", {}}).duplicate);
    }
    // What a duplicate came with leads to the first event from now on.
    const auto other_way = append(lab, {"two", {"h2"}});
    BOOST_TEST(other_way.duplicate);
    BOOST_TEST((other_way.event == first.event));
    BOOST_TEST((append(lab, {"", {"h2"}}).event == first.event));
}

// Goal: a hash that says "like" leaves the event and notes of which it may be a repeat.
BOOST_DATA_TEST_CASE(like_hash_is_noted, data::make(kinds()), kind)
{
    StoreFixture lab{kind};
    const auto first = append(lab, {"", {}, {"h1"}});
    const auto second = append(lab, {"", {}, {"h1"}});
    const auto third = append(lab, {"", {}, {"h1"}});
    for (const auto& answer : {second, third}) {
        BOOST_TEST(!answer.duplicate);
        BOOST_TEST((answer.repeat_of == first.event));
        BOOST_TEST((stored(lab, answer)->repeat_of == first.event));
    }
    BOOST_TEST(!stored(lab, first)->repeat_of.has_value());
    // The same hash of another source or tenant is nothing.
    auto foreign = make(lab, {"", {}, {"h1"}});
    auto event = std::make_shared<Event>(*foreign.event);
    event->source = "another";
    foreign.event = event;
    BOOST_TEST(!lab.run(lab.store->append(foreign)).value().repeat_of.has_value());
}

// Goal: an id that is a hint makes a possible repeat; a signed one makes a duplicate.
BOOST_DATA_TEST_CASE(hints, data::make(kinds()), kind)
{
    StoreFixture lab{kind};
    const auto first = append(lab, {"id", {"id+a"}, {"a"}, true});
    const auto other_body = append(lab, {"id", {"id+b"}, {"b"}, true, false, "{\"b\":1}"});
    BOOST_TEST(!other_body.duplicate);
    BOOST_TEST((other_body.repeat_of == first.event));
    const auto other_id = append(lab, {"id2", {"id2+a"}, {"a"}, true});
    BOOST_TEST((other_id.repeat_of == first.event));
    for (const auto& [wanted, known] : {std::pair{Wanted{"id", {"id+a"}, {"a"}, true}, first.event},
                                        {Wanted{"id", {"id+b"}, {"b"}, true}, other_body.event},
                                        {Wanted{"id2", {"id2+a"}, {"a"}, true}, other_id.event}}) {
        const auto again = append(lab, wanted);
        BOOST_TEST(again.duplicate);
        BOOST_TEST((again.event == known));
    }
}

// Goal: a possible repeat that is refused leaves nothing; a duplicate is none.
BOOST_DATA_TEST_CASE(refused_repeats, data::make(kinds()), kind)
{
    StoreFixture lab{kind};
    const auto first = append(lab, {"", {"s1"}, {"h1"}});
    const auto refused = append(lab, {"other", {"s2"}, {"h1"}, false, true});
    BOOST_TEST(refused.refused);
    BOOST_TEST(!refused.duplicate);
    BOOST_TEST((refused.event == first.event));
    BOOST_TEST(lab.run(lab.store->events({})).value().size() == 1U);
    const auto duplicate = append(lab, {"", {"s1"}, {"h1"}, false, true});
    BOOST_TEST((duplicate.duplicate && !duplicate.refused));
    BOOST_TEST(!append(lab, {"other", {"s2"}, {}, false, true}).duplicate);
    BOOST_TEST(lab.run(lab.store->stats({})).value().events == 2U);
}

// Goal: within one transaction it is as if they came one after the other.
BOOST_DATA_TEST_CASE(within_one_batch, data::make(kinds()), kind)
{
    StoreFixture lab{kind};
    const auto old = append(lab, {"old", {"o"}});
    std::vector<Append> appends;
    appends.push_back(make(lab, {"a", {"s1"}, {"l1"}}));               // 0: new
    appends.push_back(make(lab, {"b", {"s1"}}));                       // 1: a duplicate of 0
    appends.push_back(make(lab, {"c", {"s2"}, {"l1"}}));               // 2: may repeat 0
    appends.push_back(make(lab, {"d", {"s3"}, {"l1"}, false, true}));  // 3: refused for that
    appends.push_back(make(lab, {"e", {"s3"}}));       // 4: new, nothing of 3 was kept
    appends.push_back(make(lab, {"f", {"o", "s4"}}));  // 5: a duplicate of the old one
    appends.push_back(make(lab, {"g", {"s4"}}));       // 6: so is this, by 5
    appends.push_back(make(lab, {"d"}));               // 7: new
    const auto answers = lab.run(lab.store->append_all(std::move(appends))).value();
    BOOST_TEST_REQUIRE(answers.size() == 8U);
    BOOST_TEST(!answers[0].duplicate);
    BOOST_TEST((answers[1].duplicate && answers[1].event == answers[0].event));
    BOOST_TEST((!answers[2].duplicate && answers[2].repeat_of == answers[0].event));
    BOOST_TEST((answers[3].refused && answers[3].event == answers[0].event));
    BOOST_TEST((!answers[4].duplicate && !answers[4].refused));
    BOOST_TEST((answers[5].duplicate && answers[5].event == old.event));
    BOOST_TEST((answers[6].duplicate && answers[6].event == old.event));
    BOOST_TEST(!answers[7].duplicate);
    BOOST_TEST(lab.run(lab.store->events({})).value().size() == 5U);
    // And afterwards all of them are known by what they came with.
    BOOST_TEST((append(lab, {"", {"s4"}}).event == old.event));
    BOOST_TEST((append(lab, {"", {"s3"}}).event == answers[4].event));
}

// Goal: a payload that came compressed comes back both ways.
BOOST_DATA_TEST_CASE(compressed_payloads, data::make(kinds()), kind)
{
    // {"a":1}, as gzip -n writes it.
    const std::string gzipped{"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xab\x56\x4a\x54\xb2\x32\xac"
                              "\x05\x00\xaf\xac\x1b\x56\x07\x00\x00\x00",
                              27};
    StoreFixture lab{kind};
    auto event = lab.make_event("one", "{\"a\":1}");
    event->compressed = std::make_shared<const std::string>(gzipped);
    lab.run(lab.store->append({event, {}})).value();
    for (const bool after_restart : {false, true}) {
        if (after_restart) lab.restart();
        const auto found = lab.run(lab.store->event(default_tenant(), event->id)).value();
        BOOST_TEST(*found->payload == "{\"a\":1}");
        BOOST_TEST_REQUIRE(found->compressed != nullptr);
        BOOST_TEST((*found->compressed == gzipped));
    }
}

BOOST_AUTO_TEST_SUITE_END()
