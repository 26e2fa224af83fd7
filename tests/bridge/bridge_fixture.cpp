#include "tests/bridge/bridge_fixture.hpp"

#include "tests/store/postgres/postgres_server.hpp"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <system_error>

#include <netinet/in.h>
#include <sys/socket.h>

namespace katydid::test {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

/// The stages' store: a fresh SQLite, or what KATYDID_TEST_STORE=postgres says.
bool is_on_postgres()
{
    const char* wanted = std::getenv("KATYDID_TEST_STORE");
    return wanted != nullptr && std::string_view{wanted} == "postgres";
}

store::test::PostgresServer& postgres() { return store::test::PostgresServer::shared(); }

std::string make_schema() { return is_on_postgres() ? postgres().make_schema() : std::string{}; }

Variables settings(const Atlvs& atlvs, const Grasshopper& grasshopper, const std::string& schema,
                   const Variables& more)
{
    auto variables = quick_settings();
    variables["ATLVS_API_URL"] = atlvs.url();
    variables["ATLVS_API_KEY"] = atlvs_key;
    variables["GRASSHOPPER_API_URL"] = grasshopper.url();
    variables["GRASSHOPPER_API_KEY"] = grasshopper_key;
    variables["KATYDID_BREAKER_OPEN"] = "300ms";
    variables["KATYDID_BRIDGE_HEALTH_INTERVAL"] = "200ms";
    std::string delays = "50ms,100ms,200ms";
    for (int i = 0; i < 60; ++i) delays += ",300ms";
    variables["KATYDID_RETRY_DELAYS"] = delays;
    if (!schema.empty()) {
        variables["KATYDID_STORE"] = postgres().uri(schema);
        variables["KATYDID_MASTER_KEY"] = "YnJpZGdlLXRlc3RzLW1hc3Rlci1rZXktMzItYnl0ZXM=";
    }
    for (const auto& [name, value] : more) variables[name] = value;
    return variables;
}

}  // namespace

int listen_on(std::uint16_t port)
{
    const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int yes = 1;
    ::setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const auto* here = reinterpret_cast<const sockaddr*>(&address);
    if (::bind(descriptor, here, sizeof address) != 0 || ::listen(descriptor, 128) != 0)
        throw std::system_error{errno, std::generic_category(), "cannot listen"};
    return descriptor;
}

std::string Answered::text(std::string_view member) const
{
    const auto* object = body.if_object();
    const auto* value = object != nullptr ? object->if_contains(member) : nullptr;
    return value != nullptr && value->is_string()
               ? std::string{std::string_view{value->get_string()}}
               : std::string{};
}

BridgeFixture::BridgeFixture(Variables more)
    : schema{make_schema()},
      variables{settings(atlvs, grasshopper, schema, more)},
      hub{folder.path(), variables}
{
    hub.start();
    to_atlvs = make_key("bridge:atlvs");
    to_grasshopper = make_key("bridge:grasshopper");
}

std::string BridgeFixture::make_key(const std::string& scope) const
{
    const auto reply = hub.manage("POST", "/v1/keys",
                                  R"({"name":"caller","scopes":[")" + scope + "\"]}");
    if (reply.status != 201) throw std::runtime_error{"no key: " + reply.body};
    return std::string{json::parse(reply.body).at("key").as_string()};
}

Answered BridgeFixture::call(const std::string& method, const std::string& path,
                             const std::string& key, const std::string& body, Headers more) const
{
    if (!key.empty()) more.push_back({"Authorization", "Bearer " + key});
    if (!body.empty()) more.push_back({"Content-Type", "application/json"});
    const auto start = std::chrono::steady_clock::now();
    auto reply = exchange(hub.port(), {method, path, std::move(more), body});
    const auto took = std::chrono::steady_clock::now() - start;
    boost::system::error_code error;
    auto parsed = json::parse(reply.body, error);
    return {reply.status, std::move(reply.headers), std::move(parsed),
            std::chrono::duration_cast<std::chrono::milliseconds>(took)};
}

Answered BridgeFixture::post(const std::string& path, const std::string& body, Headers more) const
{
    return call("POST", path, to_atlvs, body, std::move(more));
}

Answered BridgeFixture::get(const std::string& path) const { return call("GET", path, to_atlvs); }

Answered BridgeFixture::get_grasshopper(const std::string& path) const
{
    return call("GET", path, to_grasshopper);
}

void BridgeFixture::wait_until(const std::function<bool()>& is_true, const char* what)
{
    const auto end = std::chrono::steady_clock::now() + 60s;
    while (!is_true()) {
        if (std::chrono::steady_clock::now() > end)
            throw std::runtime_error{std::string{"never: "} + what + "\n" + hub.log_tail()};
        // Between two looks the hub's end is waited for, so that a crash is noticed at once.
        if (hub.process().wait(20ms)) throw std::runtime_error{"the hub ended\n" + hub.log_tail()};
    }
}

json::value BridgeFixture::wait_for_operation(const std::string& id)
{
    json::value operation;
    wait_until(
        [&] {
            operation = get("/api/operations/" + id).body;
            return operation.at("status").as_string() != "queued";
        },
        "the operation ends");
    return operation;
}

std::string BridgeFixture::everything_on_disk() const
{
    std::string all;
    for (const auto& entry : std::filesystem::recursive_directory_iterator{folder.path()}) {
        if (!entry.is_regular_file()) continue;
        std::ifstream file{entry.path(), std::ios::binary};
        all.append(std::istreambuf_iterator<char>{file}, {});
    }
    if (schema.empty()) return all;
    const auto tables = postgres().ask(
        schema, "SELECT tablename, schemaname FROM pg_tables WHERE schemaname = '" + schema + "'");
    for (const auto& [table, ignored] : tables)
        for (const auto& [row, also] : postgres().ask(
                 schema, "SET bytea_output = 'escape'; SELECT t::text, '' FROM " + table + " t"))
            all += row;
    return all;
}

std::string event_body(const std::string& id, const std::string& name)
{
    return R"({"grasshopperId":")" + id + R"(","name":")" + name
           + R"(","startDate":"2026-06-20T18:00:00Z","status":"published"})";
}

std::string sale_body(const std::string& event, int tickets)
{
    return R"({"eventId":")" + event + R"(","ticketsSold":)" + std::to_string(tickets)
           + R"(,"revenue":)" + std::to_string(tickets * 45)
           + R"(,"timestamp":"2026-06-15T18:00:00Z"})";
}

}  // namespace katydid::test
