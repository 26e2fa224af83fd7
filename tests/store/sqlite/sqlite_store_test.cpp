// What only the SQLite store does: its file, its queue, its thread.
#include "tests/store/sqlite/sqlite_lab.hpp"

#include <sqlite3.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <sys/stat.h>
#include <unistd.h>

using namespace katydid;
using namespace katydid::store;
using namespace katydid::store::test;

BOOST_AUTO_TEST_SUITE(store_sqlite)

namespace {

void run_sql(const std::string& path, const char* sql)
{
    sqlite3* connection = nullptr;
    BOOST_REQUIRE(sqlite3_open(path.c_str(), &connection) == SQLITE_OK);
    BOOST_REQUIRE(sqlite3_exec(connection, sql, nullptr, nullptr, nullptr) == SQLITE_OK);
    sqlite3_close(connection);
}

std::string refusal_of(const SqliteOptions& options)
{
    try {
        open_sqlite(options)->close();
    } catch (const Failure& failure) {
        return failure.what();
    }
    return "";
}

bool contains(const std::string& text, const std::string& part)
{
    return text.find(part) != std::string::npos;
}

struct File {
    File() { options.path = directory.file("made/on/demand/katydid.db"); }
    TemporaryDirectory directory;
    SqliteOptions options;
};

}  // namespace

// Goal: the directory and the file are made, for the owner only.
BOOST_FIXTURE_TEST_CASE(file_is_private, File)
{
    open_sqlite(options)->close();
    struct stat status{};
    BOOST_REQUIRE(::stat(options.path.c_str(), &status) == 0);
    BOOST_TEST((status.st_mode & 0777U) == 0600U);
    BOOST_REQUIRE(::stat(directory.file("made").c_str(), &status) == 0);
    BOOST_TEST((status.st_mode & 0777U) == 0700U);
}

// Goal: a second store on the same file is refused with the holder's process id; after close the
// file is free.
BOOST_FIXTURE_TEST_CASE(second_process_is_refused, File)
{
    auto first = open_sqlite(options);
    const auto sentence = refusal_of(options);
    BOOST_TEST(contains(sentence, "in use by process " + std::to_string(::getpid())));
    first.reset();
    BOOST_TEST(refusal_of(options) == "");
}

// Goal: a newer file and another program's database are refused and left as they are.
BOOST_FIXTURE_TEST_CASE(foreign_files_are_refused, File)
{
    open_sqlite(options)->close();
    run_sql(options.path, "PRAGMA user_version = 99");
    BOOST_TEST(contains(refusal_of(options), "newer katydid (schema 99"));
    options.path = directory.file("other.db");
    run_sql(options.path, "CREATE TABLE recipes(name TEXT)");
    BOOST_TEST(contains(refusal_of(options), "another program"));
    options.path = directory.file("text.db");
    std::FILE* text = std::fopen(options.path.c_str(), "w");
    std::fputs(std::string(5'000, '#').c_str(), text);
    std::fclose(text);
    BOOST_TEST(contains(refusal_of(options), "cannot be opened"));
}

// Goal: the operator is told of the library's known bug, in a sentence, once.
BOOST_FIXTURE_TEST_CASE(old_library_is_named, File)
{
    std::vector<std::string> notes;
    options.note = [&](std::string sentence) { notes.push_back(std::move(sentence)); };
    open_sqlite(options)->close();
    const bool is_old = sqlite3_libversion_number() < 3'044'006;
    BOOST_TEST(notes.size() == (is_old ? 1U : 0U));
}

// Goal: calls that wait while a commit runs share the next one.
BOOST_FIXTURE_TEST_CASE(group_commit, File)
{
    Gate gate;
    options.on_commit = [&](double, std::size_t calls) { gate.pass(calls); };
    StoreFixture lab{open_sqlite(options)};
    gate.close();
    int answered = 0;
    const auto start_append = [&] {
        asio::co_spawn(lab.loop,
                       lab.store->append(lab.make_append(lab.ids.make<EventId>().to_string(), {})),
                       [&](std::exception_ptr, std::optional<result<Appended>>) { ++answered; });
        lab.loop.poll();
    };
    start_append();
    gate.wait_for_writer();
    for (int i = 0; i < 200; ++i) start_append();
    gate.open();
    lab.loop.run();
    BOOST_TEST(answered == 201);
    lab.store->close();
    const std::vector<std::size_t> expected{1, 200};
    BOOST_TEST(gate.batches == expected, boost::test_tools::per_element());
}

// Goal: over its bounds the queue refuses appends at once, but never a settlement.
BOOST_FIXTURE_TEST_CASE(queue_is_bounded, File)
{
    Gate gate;
    options.on_commit = [&](double, std::size_t calls) { gate.pass(calls); };
    options.queue_count_max = 10;
    StoreFixture lab{open_sqlite(options)};
    lab.append("first", {lab.ids.make<SubscriptionId>()});
    const auto work = lab.recorder.take_works().at(0);
    lab.loop.restart();
    gate.close();
    int refused = 0;
    int accepted = 0;
    const auto start_append = [&] {
        asio::co_spawn(lab.loop,
                       lab.store->append(lab.make_append(lab.ids.make<EventId>().to_string(), {})),
                       [&](std::exception_ptr, std::optional<result<Appended>> answer) {
                           if (*answer) ++accepted;
                           else if (answer->error() == errc::over_limit) ++refused;
                       });
        lab.loop.poll();
    };
    start_append();
    gate.wait_for_writer();
    for (int i = 0; i < 15; ++i) start_append();
    BOOST_TEST(refused == 5);
    bool settled = false;
    asio::co_spawn(lab.loop,
                   lab.store->settle({lab.make_settlement(work, DeliveryState::delivered, 200)}),
                   [&](std::exception_ptr, std::optional<result<void>> answer) {
                       settled = answer->has_value();
                   });
    lab.loop.poll();
    gate.open();
    lab.loop.run();
    BOOST_TEST(settled);
    BOOST_TEST(accepted == 11);
}

// Goal: a cancelled wait ends at once; what was queued is carried out all the same.
BOOST_FIXTURE_TEST_CASE(cancelled_wait, File)
{
    Gate gate;
    options.on_commit = [&](double, std::size_t calls) { gate.pass(calls); };
    StoreFixture lab{open_sqlite(options)};
    gate.close();
    lab.loop.restart();
    const auto ignore = [](std::exception_ptr, std::optional<result<Appended>>) {};
    asio::co_spawn(lab.loop, lab.store->append(lab.make_append("first", {})), ignore);
    lab.loop.poll();
    gate.wait_for_writer();

    asio::cancellation_signal signal;
    bool ended = false;
    asio::co_spawn(lab.loop, lab.store->append(lab.make_append("second", {})),
                   asio::bind_cancellation_slot(
                       signal.slot(),
                       [&](std::exception_ptr, std::optional<result<Appended>>) { ended = true; }));
    lab.loop.poll();
    BOOST_TEST(!ended);
    signal.emit(asio::cancellation_type::terminal);
    lab.loop.poll();
    BOOST_TEST(ended);
    gate.open();
    lab.loop.run();
    BOOST_TEST(lab.run(lab.store->events({.external_id = "second"})).value().size() == 1U);
}

// Goal: one bad call fails alone; the others of its batch are kept.
BOOST_FIXTURE_TEST_CASE(bad_call_fails_alone, File)
{
    Gate gate;
    options.on_commit = [&](double, std::size_t calls) { gate.pass(calls); };
    StoreFixture lab{open_sqlite(options)};
    gate.close();
    std::vector<std::optional<result<Appended>>> answers(4);
    const auto start = [&](std::size_t index, Append append) {
        asio::co_spawn(
            lab.loop, lab.store->append(std::move(append)),
            [&answers, index](std::exception_ptr, std::optional<result<Appended>> answer) {
                answers[index] = std::move(answer);
            });
        lab.loop.poll();
    };
    const auto subscription = lab.ids.make<SubscriptionId>();
    auto first = lab.make_append("a", {subscription});
    start(0, first);
    gate.wait_for_writer();
    start(1, lab.make_append("b", {subscription}));
    auto same_id = lab.make_event("c");  // an id must not be used twice
    same_id->id = first.event->id;
    start(2, {same_id, {{subscription, ""}}});
    start(3, lab.make_append("d", {subscription}));
    gate.open();
    lab.loop.run();
    BOOST_TEST(answers[1]->has_value());
    BOOST_REQUIRE(answers[2]->has_error());
    BOOST_TEST((answers[2]->error() == errc::internal));
    BOOST_TEST(answers[3]->has_value());
    BOOST_TEST(lab.recorder.take_works().size() == 3U);
    BOOST_TEST(lab.run(lab.store->stats({})).value().events == 3U);
}

// Goal: what a call of a commit appends is there for the next call of that commit, though rows are
// written many at a time.
BOOST_FIXTURE_TEST_CASE(appended_before_it_is_looked_for, File)
{
    Gate gate;
    options.on_commit = [&](double, std::size_t calls) { gate.pass(calls); };
    StoreFixture lab{open_sqlite(options)};
    gate.close();
    const auto subscription = lab.ids.make<SubscriptionId>();
    const auto start_append = [&](std::string id, std::vector<Recipient> recipients) {
        Append append{lab.make_event(std::move(id)), std::move(recipients)};
        asio::co_spawn(lab.loop, lab.store->append(std::move(append)),
                       [](std::exception_ptr, auto answer) { BOOST_TEST(answer.has_value()); });
        lab.loop.poll();
    };
    start_append("first", {});
    gate.wait_for_writer();
    start_append("before", {{subscription, ""}});
    std::optional<result<std::uint64_t>> cancelled;
    asio::co_spawn(
        lab.loop,
        lab.store->cancel_all(default_tenant(), subscription, "for a test", lab.clock.now()),
        [&](std::exception_ptr, auto answer) { cancelled = std::move(answer); });
    lab.loop.poll();
    start_append("after", {{subscription, ""}});
    gate.open();
    lab.loop.run();
    BOOST_REQUIRE(cancelled.has_value());
    BOOST_TEST(cancelled->value() >= 1U);
    DeliveryQuery query;
    query.states = {DeliveryState::cancelled};
    const auto found = lab.run(lab.store->deliveries(query)).value();
    BOOST_REQUIRE(!found.empty());
    const auto event = lab.run(lab.store->event(default_tenant(), found.back().event)).value();
    BOOST_TEST(event->external_id == "before");
}

BOOST_AUTO_TEST_SUITE_END()
