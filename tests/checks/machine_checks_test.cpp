#include "hub/checks/machine_checks.hpp"

#include "certs/dev_ca.hpp"
#include "tests/support/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::checks;
using namespace std::chrono_literals;

namespace {

const Timestamp noon = parse_rfc3339("2026-06-15T12:00:00.400Z").value();

}  // namespace

BOOST_AUTO_TEST_SUITE(cli_doctor_machine)

// Goal: mistake 4, a clock that is off, by what others say of the time; the nearest counts, since
// one of them may be wrong itself.
BOOST_AUTO_TEST_CASE(clock_off)
{
    const std::string date = "Mon, 15 Jun 2026 12:00:00 GMT";
    BOOST_TEST((judge_clock({date}, noon).weight == Weight::ok));
    BOOST_TEST((judge_clock({}, noon).weight == Weight::ok));
    BOOST_TEST((judge_clock({"yesterday", "Mon, 15 Jun 2026"}, noon).weight == Weight::ok));
    const auto ahead = judge_clock({date}, noon + 30s);
    BOOST_TEST((ahead.weight == Weight::warning));
    BOOST_TEST(ahead.what == "The clock is 30 s ahead of that of others.");
    const auto behind = judge_clock({date}, noon - 10min);
    BOOST_TEST((behind.weight == Weight::fault));
    BOOST_TEST(behind.what == "The clock is 600 s behind that of others.");
    BOOST_TEST((behind.hint.find("set-ntp") != std::string::npos));
    BOOST_TEST((judge_clock({date, "Mon, 15 Jun 2026 09:00:00 GMT"}, noon).weight == Weight::ok));
}

// Goal: a disk that is nearly full is told before it is.
BOOST_AUTO_TEST_CASE(little_room)
{
    BOOST_TEST((judge_room("data", 63ULL << 20U).weight == Weight::fault));
    BOOST_TEST((judge_room("data", 1'000ULL << 20U).weight == Weight::warning));
    BOOST_TEST((judge_room("data", 2ULL << 30U).weight == Weight::ok));
}

// Goal: mistake 7, a certificate that ends soon, or is not there.
BOOST_AUTO_TEST_CASE(certificate_near_expiry)
{
    const test::TemporaryFolder folder;
    certs::DevCa ca{folder.path()};
    certs::DevCertificate wanted;
    wanted.common_name = "localhost";
    wanted.names = {"localhost"};
    const auto files = ca.issue("server", wanted);
    config::Settings settings;
    settings.tls.certificate_files = {files.certificate.string()};
    settings.tls.key_files = {files.key.string()};
    const auto now = system_clock().now();
    const auto has = [&](Timestamp at, Weight weight, const std::string& word) {
        for (const auto& each : check_certificates(settings, at))
            if (each.weight == weight && each.what.find(word) != std::string::npos)
                return !each.hint.empty() || weight == Weight::ok;
        return false;
    };
    BOOST_TEST(!has(now, Weight::fault, ""));
    BOOST_TEST(has(now + 80 * 24h, Weight::warning, ""));
    BOOST_TEST(has(now + 100 * 24h, Weight::fault, ""));
    settings.tls.key_files = {(folder.path() / "nowhere").string()};
    BOOST_TEST(has(now, Weight::fault, ""));
}

// Goal: mistake 8, a SQLite that is too old.
BOOST_AUTO_TEST_CASE(old_sqlite)
{
    BOOST_TEST((judge_sqlite(3'034'001).weight == Weight::fault));
    BOOST_TEST(judge_sqlite(3'034'001).what
               == "SQLite 3.34.1 is too old: 3.35 is the least that works.");
    BOOST_TEST((judge_sqlite(3'039'004).weight == Weight::warning));
    BOOST_TEST((judge_sqlite(3'040'001).weight == Weight::ok));
}

// Goal: fewer files than connections is said before the hub runs out of them.
BOOST_AUTO_TEST_CASE(descriptors)
{
    BOOST_TEST((judge_descriptors(1'024, 16'384).weight == Weight::warning));
    BOOST_TEST((judge_descriptors(65'536, 16'384).weight == Weight::ok));
}

BOOST_AUTO_TEST_SUITE_END()
