// Thousands of calls made up from the document: none is answered with a 5xx or with anything that
// the document does not describe.
#include "tests/api/served/api_things.hpp"
#include "tests/api/served/inventor.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <random>

using namespace katydid;
using namespace katydid::test;

namespace {

namespace json = boost::json;

std::string escaped(std::string_view text)
{
    constexpr std::string_view plain
        = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
    std::string out;
    for (const char c : text) {
        if (plain.find(c) != std::string_view::npos) {
            out += c;
            continue;
        }
        constexpr std::string_view digits = "0123456789ABCDEF";
        const auto byte = static_cast<unsigned char>(c);
        out += '%';
        out += digits[byte >> 4U];
        out += digits[byte & 15U];
    }
    return out;
}

std::string as_text(const json::value& value)
{
    return value.is_string() ? std::string{value.get_string()} : json::serialize(value);
}

class Generator {
public:
    Generator(ApiClient person, ApiDocument& document, Things things, std::uint64_t seed)
        : person_{std::move(person)},
          document_{document},
          things_{std::move(things)},
          inventor_{document, seed}
    {}

    awaitable<> run(std::size_t count)
    {
        const auto operations = document_.operations();
        for (std::size_t i = 0; i < count; ++i) {
            const auto& operation = operations[inventor_.below(operations.size())];
            auto call = make(operation);
            const auto what = call.method + " " + call.path + " " + call.body;
            const auto reply = co_await person_.send(std::move(call));
            const auto fault = document_.judge(operation, reply);
            BOOST_TEST_CONTEXT("call " << i << ": " << what) BOOST_REQUIRE(fault == "");
            BOOST_REQUIRE(reply.status < 500U);
            ++answers_[reply.status / 100];
        }
    }

    [[nodiscard]] std::size_t answered(unsigned hundred) const
    {
        const auto found = answers_.find(hundred);
        return found == answers_.end() ? 0 : found->second;
    }

private:
    Call make(const Operation& operation)
    {
        Call call;
        call.method = operation.method;
        call.path = path(operation) + query(operation);
        call.headers = headers(operation);
        body(operation, call);
        return call;
    }

    std::string path(const Operation& operation)
    {
        // The tenant stays, or nothing would be left to call.
        const bool ends_all = operation.name() == "DELETE /v1/tenants/{id}";
        if (!ends_all && inventor_.chance(0.7)) return path_of(operation, things_);
        Things made_up;
        for (const auto& [noun, id] : things_) made_up[noun] = escaped(inventor_.word() + id);
        return path_of(operation, made_up);
    }

    std::string query(const Operation& operation)
    {
        std::string text;
        const auto add = [&](std::string_view name, const std::string& value) {
            text += (text.empty() ? "?" : "&") + escaped(name) + "=" + escaped(value);
        };
        for (const auto& parameter : operation.parameters) {
            if (parameter.at("in") != "query" || !inventor_.chance(0.25)) continue;
            const std::string name{parameter.at("name").as_string()};
            if (name == "wait") add(name, inventor_.chance(0.5) ? "5ms" : "31s");
            else if (inventor_.chance(0.8))
                add(name, as_text(inventor_.fitting(parameter.at("schema"))));
            else add(name, as_text(inventor_.anything(0)).substr(0, 500));
        }
        if (inventor_.chance(0.03)) add("zzz", "1");
        return text;
    }

    Headers headers(const Operation& operation)
    {
        Headers headers;
        const bool is_asked_wrongly = inventor_.chance(0.02);
        if (!operation.scope.empty() && !is_asked_wrongly)
            headers.push_back(person_.authorisation());
        if (inventor_.chance(0.6) && operation.scope != "operator")
            headers.push_back({"Katydid-Tenant", things_.at("tenants")});
        else if (inventor_.chance(0.02)) headers.push_back({"Katydid-Tenant", "nobody"});
        if (inventor_.chance(0.1))
            headers.push_back({"If-Match", inventor_.chance(0.5) ? "*" : "\"3\""});
        if (inventor_.chance(0.1))
            headers.push_back({"Idempotency-Key", "key-" + std::to_string(inventor_.below(20))});
        return headers;
    }

    void body(const Operation& operation, Call& call)
    {
        const auto* schema = operation.body();
        if (schema == nullptr) {
            if (operation.method != "GET" && inventor_.chance(0.05)) call.body = "[1]";
            return;
        }
        auto value = inventor_.fitting(*schema);
        if (inventor_.chance(0.4)) value = inventor_.spoilt(std::move(value));
        call.body = json::serialize(value);
        if (inventor_.chance(0.03)) call.body.resize(call.body.size() / 2);
        if (inventor_.chance(0.02)) call.body += "\xff\xfe";
        if (inventor_.chance(0.02)) call.body = std::string(100, '[') + std::string(100, ']');
        if (inventor_.chance(0.02)) call.body.insert(0, R"({"type":"a","type":"b"})");
        static const char* const types[] = {"application/json", "application/x-ndjson",
                                            "application/cloudevents+json",
                                            "application/cloudevents-batch+json", "text/plain"};
        if (inventor_.chance(0.2))
            call.headers.push_back({"Content-Type", types[inventor_.below(std::size(types))]});
    }

    ApiClient person_;
    ApiDocument& document_;
    Things things_;
    Inventor inventor_;
    std::map<unsigned, std::size_t> answers_;
};

std::size_t setting(const char* name, std::size_t otherwise)
{
    const char* text = std::getenv(name);
    return text == nullptr ? otherwise : std::strtoul(text, nullptr, 10);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(hub_openapi_generated)

// Goal: KATYDID_GENERATED_CALLS calls (1,000) from KATYDID_GENERATED_SEED (1): no 5xx, no answer
// outside the document, and neither are they all refused.
BOOST_AUTO_TEST_CASE(no_answer_outside_the_document)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto things = co_await make_things(person, "acme");
        auto document = co_await fetch_document(person);
        const auto count = setting("KATYDID_GENERATED_CALLS", 1'000);
        Generator generator{person, document, things, setting("KATYDID_GENERATED_SEED", 1)};
        co_await generator.run(count);
        BOOST_TEST(generator.answered(2) > count / 10);
        BOOST_TEST(generator.answered(4) > count / 10);
        BOOST_TEST_MESSAGE(count << " calls: " << generator.answered(2) << " done, "
                                 << generator.answered(4) << " refused");
    });
}

BOOST_AUTO_TEST_SUITE_END()
