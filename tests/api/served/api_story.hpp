// A person who calls one operation after the other, each answer held against the document.
#pragma once

#include "tests/api/served/api_things.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace katydid::test {

/// Thread safety: none.
class Story {
public:
    Story(ApiClient person, ApiDocument& document, Things things)
        : person_{std::move(person)},
          document_{document},
          things_{std::move(things)}
    {}

    /// Calls an operation by its name and expects the status. `{…}` in the path is filled in.
    awaitable<boost::json::value> tell(unsigned status, std::string name, std::string body = {},
                                       Headers headers = {})
    {
        const auto query = name.find('?');
        const auto& operation = document_.operation(name.substr(0, query));
        Call call{operation.method, path_of(operation, things_), std::move(body),
                  std::move(headers)};
        if (query != std::string::npos) call.path += name.substr(query);
        if (!operation.scope.empty()) call.headers.push_back(person_.authorisation());
        const auto reply = co_await person_.send(std::move(call));
        BOOST_TEST(document_.judge(operation, reply) == "");
        BOOST_TEST_CONTEXT(name << ": " << reply.body) BOOST_TEST(reply.status == status);
        boost::json::error_code error;
        co_return boost::json::parse(reply.body, error);
    }

    /// One more rejected webhook. Returns its id.
    awaitable<std::string> refuse_a_webhook()
    {
        const auto github = signing::find_scheme("github");
        const auto refused = co_await person_.post_signed(things_["tenants"] + "/github", *github,
                                                          "wrong too", R"({"action":"closed"})");
        BOOST_TEST(refused.status == 401U);
        const auto page = co_await person_.wait_for(
            "/v1/rejected",
            [](const boost::json::value& rows) { return !rows.at("data").as_array().empty(); });
        co_return text(page.at("data").at(0), "id");
    }

    ApiClient& person() { return person_; }
    void use(std::string key) { person_ = person_.as(std::move(key)); }
    std::string& thing(const std::string& noun) { return things_[noun]; }

private:
    ApiClient person_;
    ApiDocument& document_;
    Things things_;
};

}  // namespace katydid::test
