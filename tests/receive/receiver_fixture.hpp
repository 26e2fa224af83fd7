// A receiver with everything behind it, on one loop, and a network that a test scripts.
#pragma once

#include "hub/core/source_json.hpp"
#include "hub/receive/receiver.hpp"
#include "hub/store/sqlite/sqlite_store.hpp"
#include "tests/support/run_coroutine.hpp"

#include <boost/json.hpp>

#include <filesystem>
#include <map>

#include <unistd.h>

namespace katydid::test {

/// Answers by URL; what is not there cannot be reached.
class ScriptedFetcher final : public signing::Fetcher {
public:
    awaitable<result<std::string>> fetch(std::string url) override
    {
        asked.push_back(url);
        const auto found = answers.find(url);
        if (found == answers.end()) co_return Error{errc::connect_failed, "nobody there"};
        co_return found->second;
    }

    std::map<std::string, result<std::string>> answers;
    std::vector<std::string> asked;
};

/// Of a source, from JSON as the API takes it.
inline SourceSettings settings_of(std::string_view json)
{
    SourceSettings settings;
    std::vector<Fault> faults;
    from_json(boost::json::parse(json).as_object(), settings, faults);
    return settings;
}

struct ReceiverFixture {
    explicit ReceiverFixture(std::string ca_file = {})
        : store{store::open_sqlite(options())},
          registry{*store, vault, clock, 1},
          ids{clock, 2},
          intake{*store, tables, ids, clock, metrics},
          receiver{parts(std::move(ca_file))}
    {
        registry.add_loop({loop.get_executor(), &tables});
        receiver.add_routes(router, 1024 * 1024);
    }
    ~ReceiverFixture()
    {
        store->close();
        std::filesystem::remove_all(folder);
    }
    ReceiverFixture(const ReceiverFixture&) = delete;
    ReceiverFixture& operator=(const ReceiverFixture&) = delete;

    static std::array<unsigned char, 32> master_key()
    {
        std::array<unsigned char, 32> key{};
        key.fill(7);
        return key;
    }

    store::SqliteOptions options() const
    {
        std::filesystem::remove_all(folder);
        std::filesystem::create_directories(folder);
        store::SqliteOptions made;
        made.path = (folder / "test.db").string();
        return made;
    }

    receive::Receiver::Parts parts(std::string ca_file)
    {
        receive::Receiver::Parts made{tables, registry, intake, *store,
                                      vault,  fetcher,  clock,  metrics};
        made.ca_file = std::move(ca_file);
        return made;
    }

    void run(std::function<awaitable<>()> body) { run_coroutine(loop, std::move(body)); }

    awaitable<registry::SourceEntryPtr> add_source(std::string name, std::string scheme,
                                                   std::string secret, std::string settings = "{}")
    {
        Source source;
        source.name = std::move(name);
        source.schemes = {std::move(scheme)};
        source.settings = settings_of(settings);
        auto put = co_await registry.sources.put(std::move(source), Secret{std::move(secret)});
        co_return put.value();
    }

    awaitable<http::Response> post(std::string path, Headers headers, std::string body)
    {
        http::Request request;
        request.method = "POST";
        request.target = request.path = std::move(path);
        request.headers = std::move(headers);
        request.headers.push_back({"Host", "hub.example"});
        request.body = std::move(body);
        request.peer.address = asio::ip::make_address("192.0.2.1");
        auto match = router.match(request.method, request.path);
        request.parameters = std::move(match.parameters);
        if (match.route->admit)
            if (auto refused = match.route->admit(request)) co_return std::move(*refused);
        auto response = co_await match.route->handle(request);
        co_return response;
    }

    std::filesystem::path folder = std::filesystem::temp_directory_path()
                                   / ("katydid-receive-" + std::to_string(::getpid()));
    asio::io_context loop{1};
    ManualClock clock{system_clock().now()};
    signing::Vault vault{master_key()};
    ScriptedFetcher fetcher;
    observe::Metrics metrics;
    std::unique_ptr<store::Store> store;
    registry::Tables tables;
    registry::Registry registry;
    IdSource ids;
    intake::Intake intake;
    receive::Receiver receiver;
    http::Router router;
};

}  // namespace katydid::test
