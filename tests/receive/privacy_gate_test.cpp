// What the privacy gate takes out of a platform's webhook, and for whom.
#include "hub/receive/privacy_gate.hpp"
#include "tests/receive/receiver_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::test;

namespace {

constexpr const char* sold
    = R"({"type":"ticket.sold","timestamp":"2026-06-15T18:00:00Z","data":{"id":"t_1",)"
      R"("customerId":"cus_1","customer":{"email":"jane@mail.example"}}})";

Event ticket(std::string subject)
{
    Event event;
    event.tenant = default_tenant();
    event.source = "grasshopper";
    event.type = "ticket.sold";
    event.subject = std::move(subject);
    event.payload = std::make_shared<const std::string>(sold);
    return event;
}

bool names_jane(const Event& event) { return event.payload->find("jane@") != std::string::npos; }

store::Record opt_out(std::string subject)
{
    store::Record record;
    record.kind = privacy::privacy_record_kind;
    record.id = std::move(subject);
    record.json = R"({"opt_out":true})";
    return record;
}

awaitable<result<void>> pass(receive::PrivacyGate& gate, Event& event)
{
    auto strict = gate.filter(event, {});
    if (!strict) co_return result<void>{};
    auto respected = co_await gate.respect_opt_out(event, std::move(*strict));
    co_return respected;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(receive_privacy_gate)

// Goal: the subject is the scheme's where it names one, else the table's; that person's opt-out
// counts, and nobody else's.
BOOST_AUTO_TEST_CASE(whose_opt_out)
{
    ReceiverFixture house;
    const privacy::PrivacyTables tables{{"ticket.sold:customer.email"}};
    house.run([&]() -> awaitable<> {
        receive::PrivacyGate gate{*house.store, tables};
        auto record = opt_out("buyer_9");
        const auto put = co_await house.store->put_record(std::move(record));
        BOOST_TEST(put.has_value());

        auto by_table = ticket("");
        const auto first = co_await pass(gate, by_table);
        BOOST_TEST(first.has_value());
        BOOST_TEST(by_table.subject == "cus_1");
        BOOST_TEST(names_jane(by_table));

        auto by_scheme = ticket("buyer_9");
        const auto second = co_await pass(gate, by_scheme);
        BOOST_TEST(second.has_value());
        BOOST_TEST(by_scheme.subject == "buyer_9");
        BOOST_TEST(!names_jane(by_scheme));

        auto another = ticket("buyer_10");
        const auto third = co_await pass(gate, another);
        BOOST_TEST(third.has_value());
        BOOST_TEST(names_jane(another));
    });
}

BOOST_AUTO_TEST_SUITE_END()
