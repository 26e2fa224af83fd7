#include "hub/api/json_slice.hpp"

#include <boost/test/unit_test.hpp>

using katydid::api::top_level_value;

BOOST_AUTO_TEST_SUITE(api_json_slice)

// Goal: the bytes of `data` come out as they went in, white space and number forms included.
BOOST_AUTO_TEST_CASE(exact_bytes)
{
    struct Row {
        std::string_view text;
        std::string_view data;
    };
    for (const auto& row :
         {Row{R"({"data":{"a": 1.0e2 , "b":"}\"{"},"type":"x"})", R"({"a": 1.0e2 , "b":"}\"{"})"},
          Row{R"({ "type" : "x" , "data" : [ {"a":[]} , 2 ] })", R"([ {"a":[]} , 2 ])"},
          Row{"{\"data\":\"text \\\\\"\n}", "\"text \\\\\""}, Row{R"({"data":12})", "12"},
          Row{R"({"data":null,"x":1})", "null"}, Row{R"({"x":{"data":1},"data":true})", "true"},
          Row{R"({"x\"data":1,"data":2})", "2"}}) {
        const auto found = top_level_value(row.text, "data");
        BOOST_REQUIRE(found.has_value());
        BOOST_TEST(*found == row.data);
    }
}

BOOST_AUTO_TEST_CASE(absent)
{
    for (const auto* text : {"{}", "[]", R"({"dat":1})", R"({"x":"data"})", R"({"x":{"data":1}})"})
        BOOST_TEST(!top_level_value(text, "data").has_value(), text);
}

BOOST_AUTO_TEST_SUITE_END()
