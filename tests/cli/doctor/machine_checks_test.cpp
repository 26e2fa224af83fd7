#include "hub/cli/doctor/machine_checks.hpp"

#include "certs/dev_ca.hpp"
#include "tests/support/temporary_folder.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/test/unit_test.hpp>

#include <fstream>

using namespace katydid;
using namespace katydid::cli::doctor;
using namespace std::chrono_literals;
using boost::asio::ip::tcp;

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

// Goal: mistake 5, a data directory that cannot be written to, or whose master key is gone.
BOOST_AUTO_TEST_CASE(data_directory)
{
    const test::TemporaryFolder folder;
    BOOST_TEST((check_data_dir(folder.path()).front().weight != Weight::fault));
    BOOST_TEST((check_data_dir(folder.path() / "new" / "deep").front().weight != Weight::fault));
    std::ofstream{folder.path() / "file"} << "x";
    const auto below_a_file = check_data_dir(folder.path() / "file" / "data");
    BOOST_TEST((below_a_file.front().weight == Weight::fault));
    BOOST_TEST((below_a_file.front().hint.find("--data-dir") != std::string::npos));
    std::ofstream{folder.path() / "katydid.db"} << "x";
    const auto findings = check_data_dir(folder.path());
    BOOST_TEST((findings.back().weight == Weight::fault));
    BOOST_TEST((findings.back().what.find("master.key") != std::string::npos));
    // Nothing is left behind by looking.
    BOOST_TEST(std::distance(std::filesystem::directory_iterator{folder.path()}, {}) == 2);
}

// Goal: mistake 6, a port that is taken; one that this hub holds itself is none.
BOOST_AUTO_TEST_CASE(port_taken)
{
    boost::asio::io_context loop;
    tcp::acceptor other{loop, tcp::endpoint{boost::asio::ip::address_v4::loopback(), 0}};
    const auto taken = check_port(other.local_endpoint(), "listen", false);
    BOOST_TEST((taken.weight == Weight::fault));
    BOOST_TEST((taken.what.find("taken") != std::string::npos));
    BOOST_TEST((taken.hint.find("--listen") != std::string::npos));
    BOOST_TEST((check_port(other.local_endpoint(), "listen", true).weight == Weight::ok));
    const auto endpoint = other.local_endpoint();
    other.close();
    BOOST_TEST((check_port(endpoint, "operator_listen", false).weight == Weight::ok));
    const tcp::endpoint elsewhere{boost::asio::ip::make_address("192.0.2.1"), 8080};
    BOOST_TEST((check_port(elsewhere, "listen", false).weight == Weight::fault));
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
