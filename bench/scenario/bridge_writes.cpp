// Grasshopper writes while ATLVS refuses connections, then answers 503, then is back: every caller
// is answered at once, and ATLVS gets each write once.
#include "bench/load/scanner.hpp"
#include "bench/load/wire.hpp"
#include "bench/scenario/scenario.hpp"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/write.hpp>

#include <set>
#include <unordered_map>

namespace katydid::bench {

namespace {

/// What ATLVS has carried out, by Idempotency-Key.
struct Books {
    bool is_taking = false;  ///< else everything is answered with 503
    std::unordered_map<std::string, std::string> answers;
    std::set<std::pair<std::uint16_t, std::uint32_t>> written;  ///< run and number
    std::uint64_t refused = 0;
    std::uint64_t repeated = 0;  ///< came again although it had been answered
    std::uint64_t twice = 0;     ///< the same write under another key
    std::uint64_t without_key = 0;
    SteadyTime first{}, last{};

    std::string take(const std::string& key, std::string_view body);
};

std::string Books::take(const std::string& key, std::string_view body)
{
    if (key.empty()) ++without_key;
    const auto known = answers.find(key);
    if (known != answers.end()) {
        ++repeated;
        return known->second;
    }
    Marker marker;
    const bool is_ours = find_marker(body, marker);
    const bool is_new = written.emplace(marker.run, marker.number).second;
    if (!is_ours || !is_new) ++twice;
    last = std::chrono::steady_clock::now();
    if (answers.empty()) first = last;
    auto answer = R"({"id":"prd_)" + std::to_string(answers.size() + 1)
                  + R"(","status":"planning"})";
    answers.emplace(key, answer);
    return answer;
}

std::string respond(unsigned status, std::string_view body)
{
    return "HTTP/1.1 " + std::to_string(status) + " Answer\r\nContent-Type: application/json\r\n"
           + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string{body};
}

std::string answer(Books& books, std::string_view head, std::string_view body)
{
    const bool is_write = head.starts_with("POST ");
    if (!books.is_taking) {
        if (is_write) ++books.refused;
        return respond(503, R"({"error":"down"})");
    }
    if (!is_write) return respond(200, R"({"status":"ok","version":"bench"})");
    std::string key;
    for_each_header(head, [&](std::string_view name, std::string_view value) {
        if (equals_ignoring_case(name, "idempotency-key")) key = value;
    });
    return respond(201, books.take(key, body));
}

/// One connection of the hub's.
awaitable<> serve(std::shared_ptr<Books> books, std::shared_ptr<Socket> socket)
{
    InputBuffer in{4096};
    MessageScanner scanner;
    for (;;) {
        const auto progress = scanner.scan(in.view());
        if (progress == MessageScanner::Progress::broken) co_return;
        if (progress == MessageScanner::Progress::more) {
            const auto space = in.space(scanner.size_wanted());
            const auto [error, count] = co_await socket->async_read_some(space, use_tuple);
            if (error) co_return;
            in.commit(count);
            continue;
        }
        const auto head = in.view().substr(0, scanner.head_bytes());
        const auto out = answer(*books, head, scanner.body(in.view()));
        in.consume(scanner.size());
        scanner.reset();
        const auto bytes = asio::buffer(out);
        const auto [error, count] = co_await asio::async_write(*socket, bytes, use_tuple);
        if (error) co_return;
    }
}

/// Stands in for ATLVS. Its port is taken from the start; nobody listens there until listen().
///
/// Thread safety: none; on the bench's loop.
class Atlvs {
public:
    explicit Atlvs(asio::io_context& loop) : loop_{loop}, acceptor_{loop}
    {
        acceptor_.open(tcp::v4());
        acceptor_.bind({asio::ip::address_v4::loopback(), 0});
    }
    ~Atlvs()
    {
        boost::system::error_code ignored;
        acceptor_.close(ignored);
        for (const auto& open : sockets_)
            if (const auto socket = open.lock()) socket->close(ignored);
    }
    Atlvs(const Atlvs&) = delete;
    Atlvs& operator=(const Atlvs&) = delete;

    [[nodiscard]] std::string url() const
    {
        return "http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()) + "/api";
    }
    void listen()
    {
        acceptor_.listen();
        accept();
    }
    [[nodiscard]] Books& books() noexcept { return *books_; }

private:
    void accept()
    {
        acceptor_.async_accept([this, alive = std::weak_ptr{alive_}](auto error, auto accepted) {
            if (error || alive.expired()) return;
            auto socket = std::make_shared<Socket>(std::move(accepted));
            sockets_.push_back(socket);
            asio::co_spawn(loop_, serve(books_, std::move(socket)), [](std::exception_ptr) {});
            accept();
        });
    }

    asio::io_context& loop_;
    asio::basic_socket_acceptor<tcp, asio::io_context::executor_type> acceptor_;
    std::shared_ptr<Books> books_ = std::make_shared<Books>();
    std::vector<std::weak_ptr<Socket>> sockets_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  ///< gone with this object
};

PhaseOptions writes(const Settings& settings, const std::string& name)
{
    PhaseOptions options;
    options.name = name;
    options.door = "bridge";
    options.load.per_second = by_size(settings, 100.0, 500.0, 1'000.0);
    options.load.duration = by_size<nanoseconds>(settings, 1s, 6s, 30s);
    return options;
}

/// Waits until ATLVS has as many writes as were accepted. \returns how many are missing
awaitable<std::uint64_t> wait_for(Atlvs& atlvs, std::uint64_t accepted, nanoseconds patience)
{
    const auto give_up = std::chrono::steady_clock::now() + patience;
    const auto& written = atlvs.books().written;
    while (written.size() < accepted && std::chrono::steady_clock::now() < give_up)
        co_await sleep_for(10ms);
    co_return accepted - std::min<std::uint64_t>(accepted, written.size());
}

/// How many answers there were of that status.
std::uint64_t answered_with(const Phase& phase, unsigned status)
{
    const auto found = phase.load.statuses.find(status);
    return found == phase.load.statuses.end() ? 0 : found->second;
}

void check_queued(ScenarioResult& result, const Phase& phase)
{
    result.add(phase);
    const auto others = phase.load.sent - answered_with(phase, 202);
    if (others > 0)
        result.fail(phase.name + ": " + std::to_string(others) + " writes were not answered 202");
}

void check_books(ScenarioResult& result, const Books& books, std::uint64_t missing)
{
    const auto must_be_none = [&](std::uint64_t count, const std::string& what) {
        if (count > 0) result.fail(std::to_string(count) + " writes " + what);
    };
    must_be_none(missing, "were accepted and never reached ATLVS");
    must_be_none(books.twice, "stand twice at ATLVS");
    must_be_none(books.without_key, "came without an Idempotency-Key");
}

}  // namespace

awaitable<ScenarioResult> run_bridge_writes(Context& context)
{
    Atlvs atlvs{context.loop};
    auto& books = atlvs.books();
    auto settings = context.settings;
    settings.variables.emplace_back("atlvs_api", atlvs.url());
    // So that the scenario need not last as long as a real outage.
    settings.variables.emplace_back("breaker_open", "1s");
    settings.variables.emplace_back("retry_delays", "1s,1s,1s,1s,1s,1s,1s,1s,1s,1s");
    ScenarioResult result;
    Session session{context.loop, settings, "bridge-writes"};
    session.on_second = context.on_second;
    if (!session.target().has_door("bridge"))
        co_return ScenarioResult::skip("it has no [publish.bridge]");
    co_await session.start();

    auto load = writes(settings, "connections refused");
    const auto refused = co_await session.run(std::move(load));
    check_queued(result, refused);
    atlvs.listen();
    load = writes(settings, "503 to everything");
    const auto unavailable = co_await session.run(std::move(load));
    check_queued(result, unavailable);

    books.is_taking = true;
    auto accepted = refused.load.accepted + unavailable.load.accepted;
    const auto patience = settings.settle_max.value_or(
        by_size<nanoseconds>(settings, 60s, 120s, 300s));
    auto missing = co_await wait_for(atlvs, accepted, patience);
    const auto drain = std::chrono::duration<double>(books.last - books.first).count();

    load = writes(settings, "ATLVS answers");
    const auto up = co_await session.run(std::move(load));
    result.add(up);
    accepted += up.load.accepted;
    missing = co_await wait_for(atlvs, accepted, patience);
    check_books(result, books, missing);

    const auto p99 = [](const Phase& phase) { return milliseconds_at(phase.load.latency, 99); };
    result.figure({"bridge_writes.refused.p99", p99(refused), "ms", Better::lower, 50});
    result.figure({"bridge_writes.unavailable.p99", p99(unavailable), "ms", Better::lower, 50});
    result.figure({"bridge_writes.up.p99", p99(up), "ms", Better::lower});
    result.figure({"bridge_writes.up.answered_by_atlvs",
                   std::round(1000.0 * static_cast<double>(answered_with(up, 201))
                              / static_cast<double>(std::max<std::uint64_t>(up.load.sent, 1)))
                       / 10,
                   "%"});
    result.figure({"bridge_writes.drain.per_second",
                   std::round(static_cast<double>(refused.load.accepted + unavailable.load.accepted)
                              / std::max(drain, 1e-3)),
                   "writes/s"});
    result.figure(
        {"bridge_writes.repeats", static_cast<double>(books.repeated), "calls", Better::lower, 0});
    result.figure({"bridge_writes.attempts_while_down", static_cast<double>(books.refused),
                   "attempts", Better::lower});
    co_return result;
}

}  // namespace katydid::bench
