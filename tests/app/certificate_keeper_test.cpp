#include "hub/app/certificate_keeper.hpp"

#include "hub/observe/log.hpp"
#include "tests/observe/captured_log.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::test;
using namespace std::chrono_literals;

namespace {

/// One certificate, whose files are good or not as the test says.
struct FakeFiles final : certs::TlsFiles {
    result<void> reload() override
    {
        ++reloads;
        if (is_good) return {};
        return Error{errc::invalid_argument, "server.pem is not a certificate"};
    }
    [[nodiscard]] std::vector<std::filesystem::path> files() const override { return {}; }
    [[nodiscard]] std::vector<certs::CertificateExpiry> expiries() const override
    {
        return {{"server.pem", not_after}};
    }

    Timestamp not_after{};
    bool is_good = true;
    int reloads = 0;
};

struct Fixture {
    Fixture()
    {
        files->not_after = clock.now() + std::chrono::days{90};
        log::configure(log::Level::info, log::Format::json);
    }
    ~Fixture()
    {
        keeper.stop();
        loop.run();
        log::configure(log::Level::error, log::Format::text);
    }

    void start()
    {
        asio::co_spawn(loop, keeper.run(),
                       [](std::exception_ptr failure) { BOOST_TEST(!failure); });
        loop.poll();
    }
    std::string reloaded()
    {
        return captured_log([this] { keeper.reload(); });
    }
    [[nodiscard]] bool shows(std::chrono::seconds left) const
    {
        const auto line = "katydid_certificate_expires_seconds{file=\"server.pem\"} "
                          + std::to_string(left.count()) + "\n";
        return metrics.expose().find(line) != std::string::npos;
    }

    boost::asio::io_context loop{1};
    ManualClock clock;
    observe::Metrics metrics;
    std::shared_ptr<FakeFiles> files = std::make_shared<FakeFiles>();
    CertificateKeeper keeper{loop.get_executor(), {files, files}, metrics, clock};
};

bool says(const std::string& log, std::string_view words)
{
    return log.find(words) != std::string::npos;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(app_certificate_keeper, Fixture)

// Goal: the metric always says what is left; the log warns from 30 days ahead, not before, and says
// so when the certificate has ended.
BOOST_AUTO_TEST_CASE(expiry)
{
    const auto at_start = captured_log([this] { start(); });
    BOOST_TEST(!says(at_start, "tls.expires"), at_start);
    BOOST_TEST(shows(90 * 24h));

    clock.advance(60 * 24h - 1s);
    BOOST_TEST(!says(reloaded(), "tls.expires"));
    BOOST_TEST(shows(30 * 24h + 1s));

    clock.advance(1s);
    const auto soon = reloaded();
    BOOST_TEST(says(soon, R"("level":"warn","event":"tls.expires")"), soon);
    BOOST_TEST(says(soon, R"("file":"server.pem")"), soon);
    BOOST_TEST(says(soon, R"("days_left":30)"), soon);

    clock.advance(31 * 24h);
    BOOST_TEST(says(reloaded(), "a certificate has ended"));
    BOOST_TEST(shows(-24h));

    files->not_after = clock.now() + std::chrono::days{90};
    BOOST_TEST(!says(reloaded(), "tls.expires"));
    BOOST_TEST(shows(90 * 24h));
}

// Goal: a duplicate is read once; a bad file is told with its reason, and that the old
// certificates stay.
BOOST_AUTO_TEST_CASE(bad_file)
{
    const auto good = reloaded();
    BOOST_TEST(says(good, "tls.reloaded"), good);
    BOOST_TEST(files->reloads == 1);

    files->is_good = false;
    const auto bad = reloaded();
    BOOST_TEST(says(bad, R"("level":"error","event":"tls.not_reloaded")"), bad);
    BOOST_TEST(says(bad, "the old certificates stay: server.pem is not a certificate"), bad);
    BOOST_TEST(!says(bad, "tls.reloaded"), bad);
}

// Goal: after stop() nothing is read any more.
BOOST_AUTO_TEST_CASE(stopped)
{
    start();
    keeper.stop();
    BOOST_TEST(reloaded().empty());
    BOOST_TEST(files->reloads == 0);
}

BOOST_AUTO_TEST_SUITE_END()
