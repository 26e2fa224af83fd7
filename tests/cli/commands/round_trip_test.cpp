// What a command shows, another one takes.
#include <katydid/hub.hpp>

#include "tests/cli/commands/operator.hpp"

using namespace katydid;
using test::Operator;
using test::with_operator;

BOOST_AUTO_TEST_SUITE(cli_round_trip)

// Goal: what `show --json` writes, `create --from -` takes, whatever the kind.
BOOST_AUTO_TEST_CASE(shown_rows_are_made_again)
{
    with_operator([](const Operator& person) {
        const auto again = [&](const std::string& group, const std::string& name,
                               std::vector<std::string> make) {
            make.insert(make.begin(), {group, "create", name});
            person.json(make);
            const auto shown = person.json({group, "show", name});
            const auto made = person.json({group, "create", name + "-2", "--from", "-"},
                                          boost::json::serialize(shown));
            for (const auto& [member, value] : shown.as_object())
                if (const std::string_view each{member};
                    each != "id" && each != "name" && each != "path" && each != "keys"
                    && each != "state" && !each.ends_with("_at"))
                    BOOST_TEST(made.at(member) == value, group << " " << member);
        };
        again("subscriptions", "s",
              {"--types", "a.*", "--to", "http://127.0.0.1:9/", "--delays", "5s"});
        again("sources", "github", {"--scheme", "github", "--tolerance", "1h", "--split"});
        again("event-types", "order.created", {"--description", "An order"});
        again("tenants", "acme", {"--retention", "delivered=1d", "--schema-mode", "warn"});
    });
}

BOOST_AUTO_TEST_SUITE_END()
