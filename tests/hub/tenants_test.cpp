// Tenants, keys and erasure through the API of a running hub.
#include <katydid/hub.hpp>

#include "hub/http/client.hpp"
#include "tests/support/temporary_folder.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <fstream>

using namespace katydid;
namespace json = boost::json;

BOOST_AUTO_TEST_SUITE(hub_tenants)

namespace {

struct Answer {
    unsigned status = 0;
    json::value body;
};

/// Calls of one caller.
class Caller {
public:
    Caller(http::Client& client, const Addresses& addresses, std::string key)
        : client_{client},
          base_{"http://127.0.0.1:" + std::to_string(addresses.listen.port())},
          key_{std::move(key)}
    {}

    awaitable<Answer> call(std::string method, std::string path, std::string body = "",
                           std::string tenant = "")
    {
        http::ClientRequest request;
        request.method = std::move(method);
        request.url = base_ + path;
        request.headers = {{"Authorization", "Bearer " + key_}};
        if (!tenant.empty()) request.headers.push_back({"Katydid-Tenant", tenant});
        request.body = std::make_shared<const std::string>(std::move(body));
        const auto reply = co_await client_.send(std::move(request),
                                                 Deadline::after(std::chrono::seconds{30}));
        if (!reply) throw std::runtime_error{"no answer"};
        co_return Answer{reply->status, json::parse(reply->body)};
    }

private:
    http::Client& client_;
    std::string base_;
    std::string key_;
};

std::string text_at(const Answer& answer, const char* pointer)
{
    return std::string{answer.body.at_pointer(pointer).as_string()};
}

http::EgressPolicy loopback()
{
    http::EgressPolicy policy;
    policy.allowed.push_back(*http::parse_network("127.0.0.0/8"));
    return policy;
}

using Story = std::function<awaitable<>(http::Client&, const Addresses&, std::string operator_key)>;

/// Runs a hub for as long as the story lasts.
void with_hub(const Story& story)
{
    const test::TemporaryFolder folder;
    Settings settings;
    settings.listen.port(0);
    settings.operator_listen.port(0);
    settings.data_dir = folder.path();
    settings.log_level = log::Level::error;
    asio::io_context loop{1};
    Hub hub{settings};
    http::Client client{loop.get_executor(), loopback(), {}};
    std::exception_ptr failure;
    hub.on_ready([&](const Addresses& addresses) {
        std::ifstream file{addresses.operator_key_file};
        std::string key;
        std::getline(file, key);
        asio::co_spawn(loop, story(client, addresses, key), [&](std::exception_ptr exception) {
            failure = exception;
            client.close();
            hub.stop();
        });
    });
    asio::co_spawn(loop, hub.run(), [&](std::exception_ptr exception) {
        if (exception) failure = exception;
    });
    loop.run();
    if (failure) std::rethrow_exception(failure);
}

}  // namespace

// Goal: a tenant's key sees and does only what is its tenant's and what its scopes say, until it
// is revoked.
BOOST_AUTO_TEST_CASE(keys_belong_to_tenants)
{
    with_hub([](http::Client& client, const Addresses& addresses,
                std::string operator_key) -> awaitable<> {
        Caller root{client, addresses, operator_key};
        const auto tenant = co_await root.call("POST", "/v1/tenants", R"({"name":"acme"})");
        BOOST_REQUIRE(tenant.status == 201U);
        const auto again = co_await root.call("POST", "/v1/tenants", R"({"name":"acme"})");
        BOOST_TEST(again.status == 409U);
        const auto made = co_await root.call("POST", "/v1/keys",
                                             R"({"name":"k","scopes":["events:write"]})", "acme");
        BOOST_REQUIRE(made.status == 201U);
        BOOST_TEST(text_at(made, "/tenant") == text_at(tenant, "/id"));

        Caller acme{client, addresses, text_at(made, "/key")};
        const auto event = co_await acme.call("POST", "/v1/events", R"({"type":"a.b","data":1})");
        BOOST_REQUIRE(event.status == 202U);
        const auto read = co_await acme.call("GET", "/v1/events");
        BOOST_TEST(read.status == 403U);
        const auto foreign = co_await acme.call("POST", "/v1/events", "{}", "default");
        BOOST_TEST(foreign.status == 404U);
        const auto tenants = co_await acme.call("GET", "/v1/tenants");
        BOOST_TEST(tenants.status == 403U);
        const auto path = "/v1/events/" + text_at(event, "/id");
        const auto as_default = co_await root.call("GET", path);
        BOOST_TEST(as_default.status == 404U);
        const auto as_acme = co_await root.call("GET", path, "", "acme");
        BOOST_TEST(as_acme.status == 200U);
        const auto nobody = co_await root.call("GET", path, "", "nobody");
        BOOST_TEST(nobody.status == 404U);

        const auto revoked = co_await root.call("DELETE", "/v1/keys/" + text_at(made, "/id"), "",
                                                "acme");
        BOOST_TEST(revoked.status == 200U);
        BOOST_TEST(revoked.body.at_pointer("/revoked_at").is_string());
        const auto late = co_await acme.call("POST", "/v1/events", R"({"type":"a.b","data":1})");
        BOOST_TEST(late.status == 401U);
    });
}

// Goal: a tenant's name, limit and retention change by PATCH, and nonsense is refused with a
// pointer.
BOOST_AUTO_TEST_CASE(tenants_change)
{
    with_hub([](http::Client& client, const Addresses& addresses,
                std::string operator_key) -> awaitable<> {
        Caller root{client, addresses, operator_key};
        const auto bad = co_await root.call("POST", "/v1/tenants",
                                            R"({"name":"x","retention":{"dead":"soon"}})");
        BOOST_TEST(bad.status == 422U);
        BOOST_TEST(text_at(bad, "/errors/0/pointer") == "/retention/dead");
        const auto unknown = co_await root.call("POST", "/v1/tenants", R"({"nam":"x"})");
        BOOST_TEST(unknown.status == 422U);
        const auto first = co_await root.call("PATCH", "/v1/tenants/default",
                                              R"({"retention":{"delivered":"1d"}})");
        BOOST_TEST(first.status == 200U);
        const auto second = co_await root.call("PATCH", "/v1/tenants/default",
                                               R"({"in_flight":7})");
        BOOST_TEST(second.status == 200U);
        BOOST_TEST(text_at(second, "/retention/delivered") == "1d");
        BOOST_TEST(second.body.at_pointer("/in_flight").to_number<int>() == 7);
    });
}

// Goal: erasing a subject takes the payload and leaves the fact.
BOOST_AUTO_TEST_CASE(subject_erased)
{
    with_hub([](http::Client& client, const Addresses& addresses,
                std::string operator_key) -> awaitable<> {
        Caller root{client, addresses, operator_key};
        const auto event = co_await root.call(
            "POST", "/v1/events", R"({"type":"a.b","subject":"anna@example.org","data":{"x":1}})");
        BOOST_REQUIRE(event.status == 202U);
        const auto erased = co_await root.call("POST", "/v1/subjects/anna%40example.org/erase");
        BOOST_TEST(erased.status == 200U);
        BOOST_TEST(erased.body.at_pointer("/events").to_number<int>() == 1);
        const auto rows = co_await root.call("GET", "/v1/events");
        BOOST_TEST(json::serialize(rows.body).find("anna") == std::string::npos);
        BOOST_TEST(rows.body.at_pointer("/data").as_array().size() == 1U);
        const auto twice = co_await root.call("POST", "/v1/subjects/anna%40example.org/erase");
        BOOST_TEST(twice.body.at_pointer("/events").to_number<int>() == 0);
    });
}

BOOST_AUTO_TEST_SUITE_END()
