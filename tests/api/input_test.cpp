#include "hub/api/input/body.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::api;

BOOST_AUTO_TEST_SUITE(api_input)

// Goal: every fault is found in one go, each with its pointer.
BOOST_AUTO_TEST_CASE(all_faults_with_pointers)
{
    const auto body = boost::json::parse(
                          R"({"name":7,"list":["a",1],"wait":"5 s","count":-1,"extra/~":1})")
                          .as_object();
    std::vector<Fault> faults;
    ObjectReader reader{body, "/outer", faults};
    BOOST_TEST(!reader.text("name").has_value());
    BOOST_TEST(!reader.texts("list").has_value());
    BOOST_TEST(!reader.duration("wait").has_value());
    BOOST_TEST(!reader.number("count", 0, 10).has_value());
    reader.finish();
    std::vector<std::string> pointers;
    for (const auto& fault : faults) pointers.push_back(fault.pointer);
    const std::vector<std::string> expected{"/outer/name", "/outer/list/1", "/outer/wait",
                                            "/outer/count", "/outer/extra~1~0"};
    BOOST_TEST(pointers == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(absent_is_not_a_fault)
{
    const boost::json::object body;
    std::vector<Fault> faults;
    ObjectReader reader{body, "", faults};
    BOOST_TEST(!reader.text("name").has_value());
    BOOST_TEST(reader.object("limits") == nullptr);
    reader.finish();
    BOOST_TEST(faults.empty());
}

// Goal: what is not JSON is a 400, what is JSON but no object a 422; depth has an end.
BOOST_AUTO_TEST_CASE(bodies)
{
    http::Request request;
    http::Response response;
    for (const auto& [text, status] :
         {std::pair{std::string{"{"}, 400U}, std::pair{std::string{"[]"}, 422U},
          std::pair{std::string{"{} x"}, 400U},
          std::pair{"{\"a\":" + std::string(100, '['), 400U}}) {
        request.body = text;
        BOOST_TEST(!read_object(request, response).has_value());
        BOOST_TEST(response.status == status);
    }
    request.body = R"({"a":1})";
    BOOST_TEST(read_object(request, response).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
