#include "handlers/privacy/privacy_table.hpp"

#include "hub/core/error.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::privacy;

namespace {

/// What a customer would not want to see on the other side.
constexpr std::string_view personal_values[] = {
    "Jane", "Doe", "jane@example.com", "+49 170 1234567", "Elm Street 5", "10115"};

/// Everything the sample data of a sale may hold.
constexpr std::string_view sale
    = R"({"id":"tkt_1","eventId":"evt_1","quantity":2,"revenue":178.00,"customerId":"cus_9",)"
      R"("customerName":"Jane Doe","email":"jane@example.com","phone":"+49 170 1234567",)"
      R"("customer":{"id":"cus_9","name":"Jane Doe","email":"jane@example.com"},)"
      R"("billingAddress":{"line1":"Elm Street 5","zip":"10115"},"attendees":["Jane Doe"],)"
      R"("holder":{"firstName":"Jane","lastName":"Doe"},"notes":"ask for Jane"})";

bool shows_a_person(std::string_view text)
{
    for (const auto value : personal_values)
        if (text.find(value) != std::string_view::npos) return true;
    return false;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(handlers_privacy_table)

// Goal: by default nothing that names a person passes, of any type, in both directions; what the
// other side needs does.
BOOST_AUTO_TEST_CASE(defaults_let_no_person_through)
{
    const PrivacyTables tables;
    for (const auto* type : {"ticket.sold", "order.refunded", "bridge.sale"}) {
        const auto passed = tables.grasshopper().filter(type, sale, false);
        BOOST_TEST_REQUIRE(passed.has_value(), type);
        BOOST_TEST(!shows_a_person(*passed), type << ": " << *passed);
        BOOST_TEST(passed->find("evt_1") != std::string::npos, type);
    }
    constexpr std::string_view person
        = R"({"id":"per_1","name":"Jane Doe","email":"jane@example.com","status":"active"})";
    for (const auto* type : {"person.updated", "user.created"})
        BOOST_TEST(tables.atlvs().filter(type, person, false).value()
                   == R"({"id":"per_1","status":"active"})");
    const auto staff = tables.atlvs().filter(
        "staff.assigned", R"({"id":"stf_1","name":"Jane Doe","role":"rigger"})", false);
    BOOST_TEST(staff.value() == R"({"id":"stf_1","role":"rigger"})");
    BOOST_TEST(!tables.atlvs().filter("resource.updated", R"({"id":"res_42"})", false));
}

// Goal: an operator may allow a field by name; an opt-out of the person is stronger.
BOOST_AUTO_TEST_CASE(allowed_fields_and_opt_out)
{
    constexpr std::string_view artist
        = R"({"grasshopperId":"a1","name":"Trio","contactInfo":{"email":"t@example.com",)"
          R"("phone":"1"}})";
    const PrivacyTables closed;
    BOOST_TEST(closed.grasshopper().filter("bridge.artist", artist, false).value()
               == R"({"grasshopperId":"a1","name":"Trio"})");
    const PrivacyTables open{{"bridge.artist:contactInfo.email"}};
    BOOST_TEST(
        open.grasshopper().filter("bridge.artist", artist, false).value()
        == R"({"grasshopperId":"a1","name":"Trio","contactInfo":{"email":"t@example.com"}})");
    BOOST_TEST(open.grasshopper().filter("bridge.artist", artist, true).value()
               == R"({"grasshopperId":"a1","name":"Trio"})");
}

// Goal: a setting that allows nothing is refused with the fix.
BOOST_AUTO_TEST_CASE(bad_allowances)
{
    for (const auto* text : {"", "bridge.artist", "bridge.artist:", "nothing.known:email"})
        BOOST_CHECK_THROW(PrivacyTables{{text}}, Failure);
}

// Goal: whose data it is, and what that person says of it, are found where the table says.
BOOST_AUTO_TEST_CASE(subjects)
{
    const PrivacyTables tables;
    const auto& table = tables.grasshopper();
    BOOST_TEST(table.subject_of("ticket.sold", R"({"customerId":"cus_9"})").subject == "cus_9");
    BOOST_TEST(table.subject_of("ticket.sold", R"({"customer":{"id":77}})").subject == "77");
    BOOST_TEST(table.subject_of("ticket.sold", R"({"id":"t"})").subject.empty());
    const auto says_no = [&](std::string_view data) {
        return table.subject_of("order.refunded", data).opted_out;
    };
    BOOST_TEST(says_no(R"({"privacy":{"optOut":true}})"));
    BOOST_TEST(says_no(R"({"customer":{"privacy":{"optOut":["atlvs","x"]}}})"));
    BOOST_TEST(!says_no(R"({"privacy":{"optOut":["grasshopper"]}})"));
    BOOST_TEST(!says_no(R"({"privacy":{"optOut":false}})"));
}

// Goal: with an opt-out not even the customer's id passes, where it otherwise does.
BOOST_AUTO_TEST_CASE(opt_out_takes_the_id)
{
    const PrivacyTables tables;
    constexpr std::string_view data = R"({"id":"e1","customerId":"c1"})";
    BOOST_TEST(!tables.grasshopper().filter("event.updated", data, false));
    BOOST_TEST(tables.grasshopper().filter("event.updated", data, true).value()
               == R"({"id":"e1"})");
}

// Goal: the record of PUT /v1/subjects/{subject}/privacy.
BOOST_AUTO_TEST_CASE(stored_opt_outs)
{
    BOOST_TEST(is_opted_out(R"({"opt_out":true})", "atlvs"));
    BOOST_TEST(is_opted_out(R"({"opt_out":["atlvs"]})", "atlvs"));
    BOOST_TEST(!is_opted_out(R"({"opt_out":["grasshopper"]})", "atlvs"));
    for (const auto* text : {"", "[]", "{}", R"({"opt_out":false})", R"({"opt_out":"x"})"})
        BOOST_TEST(!is_opted_out(text, "atlvs"), text);
}

BOOST_AUTO_TEST_SUITE_END()
