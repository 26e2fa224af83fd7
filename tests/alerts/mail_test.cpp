#include "hub/alerts/mail.hpp"

#include <boost/test/unit_test.hpp>

#include <sstream>

using namespace katydid;
using namespace katydid::alerts;

BOOST_AUTO_TEST_SUITE(alerts_mail)

// Goal: whatever a reason says, it ends no header and no line is too long.
BOOST_AUTO_TEST_CASE(no_text_gets_out_of_its_place)
{
    Mail mail{"katydid@a.example", "ops@b.example", "x\r\nBcc: evil@c.example \xC3\xA9",
              "\r\n.\r\n",         "evt_1",         Timestamp{std::chrono::hours{24}}};
    for (int i = 0; i < 20; ++i) mail.subject += "\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9";
    mail.text += std::string(5000, 'a');
    const auto text = write(mail);
    BOOST_TEST(text.find("Bcc") == std::string::npos);
    BOOST_TEST(text.find("\r\n.\r\n") == std::string::npos);
    BOOST_TEST(text.find("Date: Fri, 02 Jan 1970 00:00:00 +0000\r\n") == 0U);
    BOOST_TEST(text.find("Message-ID: <evt_1@a.example>\r\n") != std::string::npos);
    std::istringstream lines{text};
    for (std::string line; std::getline(lines, line);) BOOST_TEST(line.size() <= 90U, line);
}

// Goal: a server that cannot be reached is an error with a sentence.
BOOST_AUTO_TEST_CASE(no_server)
{
    const Mail mail{"a@a.example", "b@b.example", "s", "t", "evt_1", {}};
    const auto sent = send({"smtp://127.0.0.1:1", "", Secret{}, ""}, mail);
    BOOST_TEST_REQUIRE(sent.has_error());
    BOOST_TEST((sent.error() == errc::connect_failed));
}

BOOST_AUTO_TEST_SUITE_END()
