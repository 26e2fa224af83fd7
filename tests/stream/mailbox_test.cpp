#include "hub/stream/mailbox.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::stream;

namespace {

DeliveryId id_of(std::uint8_t number)
{
    IdBytes bytes{};
    bytes.back() = number;
    return DeliveryId{bytes};
}

handlers::stream::HandoverPtr handover_of(std::uint8_t number)
{
    auto made = std::make_shared<handlers::stream::Handover>();
    made->delivery = id_of(number);
    return made;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(stream_mailbox)

// Goal: who reads nothing while deliveries come and time out holds no more than its credit.
BOOST_AUTO_TEST_CASE(what_is_revoked_unsaid_is_not_said)
{
    boost::asio::io_context context;
    const auto mailbox = std::make_shared<Mailbox>(context.get_executor());
    mailbox->put(handover_of(1));
    for (int i = 0; i < 100; ++i) {
        mailbox->put(handover_of(2));
        mailbox->put(Revoked{id_of(2), "not acknowledged"});
    }
    const auto first = mailbox->take();
    BOOST_TEST(std::holds_alternative<handlers::stream::HandoverPtr>(first));
    BOOST_TEST(mailbox->empty());
    mailbox->put(Revoked{id_of(1), "not acknowledged"});
    const auto told = mailbox->take();
    BOOST_TEST(std::holds_alternative<Revoked>(told));
}

// Goal: the last message is the last.
BOOST_AUTO_TEST_CASE(nothing_comes_after_the_end)
{
    boost::asio::io_context context;
    const auto mailbox = std::make_shared<Mailbox>(context.get_executor());
    for (int i = 0; i < 100; ++i) mailbox->put(Closing{key_not_good, "the key was revoked"});
    mailbox->put(handover_of(1));
    BOOST_TEST(mailbox->is_closing());
    const auto last = mailbox->take();
    BOOST_TEST(std::holds_alternative<Closing>(last));
    BOOST_TEST(mailbox->empty());
}

BOOST_AUTO_TEST_SUITE_END()
