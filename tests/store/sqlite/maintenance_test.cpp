// Erasure and backup, looked at in the file itself.
#include "hub/store/sqlite/file/connection.hpp"
#include "tests/store/sqlite/sqlite_lab.hpp"

#include <filesystem>
#include <fstream>

using namespace katydid;
using namespace katydid::store;
using namespace katydid::store::test;

BOOST_AUTO_TEST_SUITE(store_sqlite_maintenance)

namespace {

std::string read_file(const std::string& path)
{
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

}  // namespace

// Goal: erased bytes are overwritten in the file and gone from the log while the store still runs.
BOOST_AUTO_TEST_CASE(erased_bytes_are_gone)
{
    TemporaryDirectory directory;
    SqliteOptions options;
    options.path = directory.file("katydid.db");
    StoreFixture lab{open_sqlite(options)};
    const std::string secret = "Erika-Mustermann-4711";
    for (int i = 0; i < 50; ++i) {
        auto event = lab.make_event("e" + std::to_string(i), std::string(i * 200U, 'x') + secret);
        event->subject = "member-7";
        lab.run(lab.store->append({event, {}})).value();
    }
    lab.run(lab.store->erase_subject(default_tenant(), "member-7", lab.clock.now())).value();
    for (const auto* suffix : {"", "-wal"}) {
        const auto bytes = read_file(options.path + suffix);
        BOOST_TEST((bytes.find(secret) == std::string::npos));
        BOOST_TEST((bytes.find("member-7") == std::string::npos));
    }
}

// Goal: a type, source or media type that no event has any more is gone from the file; what is in
// use stays, also when it is used again by the batch that looks.
BOOST_AUTO_TEST_CASE(words_go_with_their_last_event)
{
    TemporaryDirectory directory;
    SqliteOptions options;
    options.path = directory.file("katydid.db");
    StoreFixture lab{open_sqlite(options)};
    const auto append = [&](const std::string& id, const std::string& type) {
        auto event = lab.make_event(id);
        event->type = type;
        event->content_type = "application/" + type + "+json";
        lab.run(lab.store->append({event, {}})).value();
    };
    const auto words = [&] {
        sqlite::Connection connection{options.path, SQLITE_OPEN_READONLY, ""};
        return connection.integer("SELECT count(*) FROM names");
    };
    const auto purge = [&] {
        while (lab.run(lab.store->purge({}, lab.clock.now(), 5)).value() > 0) {}
    };
    const auto found = [&](const std::string& type) {
        EventQuery query;
        query.type = type;
        return lab.run(lab.store->events(query)).value().size();
    };
    for (int i = 0; i < 40; ++i) append("e" + std::to_string(i), "invented" + std::to_string(i));
    append("kept", "kept.type");
    BOOST_TEST(words() == 83);  // a type and a media type each, and the source
    lab.clock.advance(std::chrono::hours{24 * 8});
    append("new", "kept.type");
    append("again", "invented7");
    purge();
    BOOST_TEST(words() == 5);
    BOOST_TEST(found("invented7") == 1U);
    append("back", "invented8");  // its number was forgotten with the word
    BOOST_TEST(found("invented8") == 1U);
    lab.clock.advance(std::chrono::hours{24 * 8});
    purge();
    BOOST_TEST(words() == 0);
    append("last", "kept.type");
    BOOST_TEST(found("kept.type") == 1U);
}

// Goal: a backup taken under load is a whole, consistent store, and a name in use is refused.
BOOST_AUTO_TEST_CASE(online_backup)
{
    TemporaryDirectory directory;
    SqliteOptions options;
    options.path = directory.file("katydid.db");
    StoreFixture lab{open_sqlite(options)};
    const auto subscription = lab.ids.make<SubscriptionId>();
    std::vector<EventId> before;
    for (int i = 0; i < 300; ++i)
        before.push_back(lab.append("before-" + std::to_string(i), {subscription}).event);

    std::optional<result<void>> copied;
    std::atomic<int> steps{0};
    std::atomic<bool> sensible{true};
    const auto progress = [&](std::uint64_t done, std::uint64_t total) {
        ++steps;
        if (done > total) sensible = false;
    };
    const auto copy = directory.file("copy.db");
    asio::co_spawn(lab.loop, lab.store->backup(copy, progress),
                   [&](std::exception_ptr failure, std::optional<result<void>> answer) {
                       if (failure) std::rethrow_exception(failure);
                       copied = std::move(answer);
                   });
    int during = 0;
    const auto append_more = [&]() -> awaitable<> {
        while (!copied && during < 5'000) {
            auto append = lab.make_append("during-" + std::to_string(during++), {subscription});
            const auto answer = co_await lab.store->append(std::move(append));
            if (!answer) throw std::runtime_error{"append failed"};
        }
    };
    asio::co_spawn(lab.loop, append_more, [](std::exception_ptr failure) {
        if (failure) std::rethrow_exception(failure);
    });
    lab.loop.restart();
    lab.loop.run();
    BOOST_REQUIRE(copied.has_value());
    BOOST_REQUIRE(copied->has_value());
    BOOST_TEST(steps > 0);
    BOOST_TEST(sensible);
    BOOST_TEST((lab.run(lab.store->backup(copy, nullptr)).error() == errc::conflict));
    BOOST_TEST(!std::filesystem::exists(copy + ".part"));

    SqliteOptions restored;
    restored.path = copy;
    StoreFixture second{open_sqlite(restored)};
    for (const auto& id : before)
        BOOST_REQUIRE(second.run(second.store->event(default_tenant(), id)).has_value());
    const auto stats = second.run(second.store->stats({})).value();
    BOOST_TEST(stats.events == stats.deliveries_by_state[static_cast<int>(DeliveryState::pending)]);
}

BOOST_AUTO_TEST_SUITE_END()
