// Every fault that keeps a hub from starting: `serve` and `doctor` say it with the same words.
#include <katydid/hub.hpp>

#include "certs/dev_ca.hpp"
#include "hub/cli/checks/start_checks.hpp"
#include "hub/store/peek.hpp"
#include "tests/cli/commands/operator.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <algorithm>
#include <cstdlib>
#include <set>

using namespace katydid;
using boost::asio::ip::tcp;
using test::Operator;

namespace {

namespace fs = std::filesystem;

/// A variable of the environment, for a while.
class Variable {
public:
    Variable(const char* name, const std::string& value) : name_{name}
    {
        ::setenv(name, value.c_str(), 1);
    }
    ~Variable() { ::unsetenv(name_); }
    Variable(const Variable&) = delete;
    Variable& operator=(const Variable&) = delete;

private:
    const char* name_;
};

std::vector<std::string> lines_of(const std::string& text)
{
    std::vector<std::string> lines;
    std::istringstream in{text};
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

std::set<std::string> names_in(const fs::path& folder)
{
    std::set<std::string> names;
    for (const auto& entry : fs::directory_iterator{folder})
        names.insert(entry.path().filename().string());
    return names;
}

/// A data folder and a settings file, for both commands.
class Site {
public:
    Site() { fs::create_directory(data()); }

    [[nodiscard]] fs::path data() const { return folder_.path() / "data"; }
    [[nodiscard]] fs::path file(const std::string& name) const { return folder_.path() / name; }
    std::string write(const std::string& name, const std::string& text) const
    {
        std::ofstream{file(name)} << text;
        return file(name).string();
    }

    /// Runs both with these settings: the faults that doctor finds, which serve must say alike.
    /// \returns them, one a line
    std::string faults(const std::string& settings, int serve_code = 3) const
    {
        const auto config = write("katydid.toml",
                                  "data_dir = \"" + data().string() + "\"\n" + settings);
        const auto doctor = test::run_katydid(
            {"doctor", "--json", "--offline", "--config", config});
        // Else serve would run.
        BOOST_REQUIRE_MESSAGE(doctor.exit_code == 1, doctor.out << doctor.error);
        const auto check = test::run_katydid({"check", "--config", config});
        BOOST_REQUIRE_MESSAGE(check.exit_code == 1, check.error);
        const auto serve = test::run_katydid({"serve", "--config", config});
        BOOST_TEST(serve.exit_code == serve_code, serve.error);
        std::string said;
        std::vector<std::string> by_serve;
        std::vector<std::string> by_check;
        const auto findings = boost::json::parse(doctor.out);
        for (const auto& each : findings.as_array()) {
            if (test::text(each, "weight") != "fault") continue;
            auto sentence = test::text(each, "what");
            if (each.as_object().contains("hint")) sentence += " " + test::text(each, "hint");
            by_serve.push_back("katydid serve: " + sentence);
            by_check.push_back("katydid check: " + sentence);
            said += sentence + "\n";
        }
        const auto serve_lines = lines_of(serve.error);
        const auto check_lines = lines_of(check.error);
        BOOST_TEST(serve_lines == by_serve, boost::test_tools::per_element());
        BOOST_TEST(check_lines == by_check, boost::test_tools::per_element());
        return said;
    }

    /// Lets a hub make a store with a sealed secret there.
    void make_store() const
    {
        Hub hub{settings()};
        test::run_with_hub(hub, [](test::ApiClient person) -> awaitable<> {
            co_await person.make_source("github", "github");
        });
    }

    [[nodiscard]] Settings settings() const
    {
        auto made = test::settings_in(folder_);
        made.data_dir = data();
        return made;
    }

private:
    test::Folder folder_;
};

constexpr const char* free_ports = "listen = \"127.0.0.1:0\"\noperator_listen = \"127.0.0.1:0\"\n";

bool has(const std::string& text, std::string_view part)
{
    return text.find(part) != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(cli_start_checks)

// Goal: all mistakes of the settings come at once, and nothing else is looked at.
BOOST_AUTO_TEST_CASE(settings_faults)
{
    const Site site;
    const auto said = site.faults("listem = \"x\"\nloops = \"many\"\nlisten = \"nowhere\"\n", 2);
    BOOST_TEST(has(said, "listem"));
    BOOST_TEST(has(said, "loops"));
    BOOST_TEST(has(said, "listen = "));
}

// Goal: a data folder that cannot be made, or written to, is named with the fix.
BOOST_AUTO_TEST_CASE(data_folder)
{
    const Site site;
    site.write("plain", "x");
    const auto said = site.faults(std::string{free_ports} + "store = \"sqlite:"
                                  + site.file("plain").string() + "/katydid.db\"\n");
    BOOST_TEST(has(said, "plain cannot be written to by the user who runs this: Not a directory"));
    fs::remove_all(site.data());
    site.write("data", "a file");
    BOOST_TEST(has(site.faults(free_ports), "--data-dir"));
}

// Goal: no key is made where sealed secrets exist, however the old one went: nothing is written,
// and the hub starts again with the old key.
BOOST_AUTO_TEST_CASE(lost_master_key)
{
    const Site site;
    site.make_store();
    const auto key = site.data() / "master.key";
    const auto kept = site.file("kept.key");
    fs::rename(key, kept);
    const auto before = names_in(site.data());
    const auto said = site.faults(free_ports);
    BOOST_TEST(has(said, "master.key is missing, and the store has 1 secret sealed with it"), said);
    const auto after = names_in(site.data());
    BOOST_TEST(after == before, boost::test_tools::per_element());
    // A program that embeds the hub has no checks before: the start itself refuses.
    Hub embedded{site.settings()};
    BOOST_CHECK_THROW(
        test::run_with_hub(embedded, [](test::ApiClient) -> awaitable<> { co_return; }), Failure);
    BOOST_TEST(!fs::exists(key));
    fs::rename(kept, key);
    Hub hub{site.settings()};
    test::run_with_hub(hub, [](test::ApiClient) -> awaitable<> { co_return; });
}

// Goal: a key that does not fit the store, one that others may read, and one that is none.
BOOST_AUTO_TEST_CASE(wrong_master_key)
{
    const Site site;
    site.make_store();
    const auto key = site.data() / "master.key";
    const auto write_key = [&](const std::string& text) {
        std::ofstream{key} << text << '\n';
        fs::permissions(key, fs::perms::owner_read | fs::perms::owner_write);
    };
    write_key(std::string(64, 'a'));
    BOOST_TEST(has(site.faults(free_ports), "1 of 1 stored secrets were sealed under another"));
    write_key("short");
    BOOST_TEST(has(site.faults(free_ports), "64 hex digits"));
    write_key(std::string(64, 'a'));
    fs::permissions(key, fs::perms::all);
    BOOST_TEST(has(site.faults(free_ports), "chmod 600"));
}

// Goal: an operator's key that can be guessed.
BOOST_AUTO_TEST_CASE(short_operator_key)
{
    const Site site;
    std::ofstream{site.data() / "operator.key"} << "short\n";
    fs::permissions(site.data() / "operator.key", fs::perms::owner_read);
    BOOST_TEST(has(site.faults(free_ports), "the key can be guessed"));
}

// Goal: PostgreSQL that is away, and PostgreSQL without a master key.
BOOST_AUTO_TEST_CASE(postgres)
{
    const Site site;
    const auto settings = std::string{free_ports} + "store = \"postgres://127.0.0.1:1/none\"\n";
    auto said = site.faults(settings);
    BOOST_TEST(has(said, "With PostgreSQL the master key must be set"));
    BOOST_TEST(has(said, "The database cannot be used"));
    const Variable key{"KATYDID_MASTER_KEY", std::string(64, 'b')};
    said = site.faults(settings);
    BOOST_TEST(!has(said, "With PostgreSQL"));
    BOOST_TEST(has(said, "The database cannot be used"));
}

// Regression: beside a hub that ran, nothing was said of its database or first shard that was away.
BOOST_AUTO_TEST_CASE(a_database_that_went_while_the_hub_runs)
{
    const Site site;
    auto settings = site.settings();
    settings.shards = {{"a", "postgres://127.0.0.1:1/none"}, {"b", "postgres://127.0.0.1:1/none"}};
    settings.store = settings.shards.front().url;
    const auto findings = cli::check_store({settings, true});
    BOOST_REQUIRE(!findings.empty());
    BOOST_TEST(findings.back().check == "store");
    BOOST_TEST(findings.back().what.find("cannot be used") != std::string::npos);
}

// Goal: a file that is no store, and a store that a newer program wrote.
BOOST_AUTO_TEST_CASE(foreign_store)
{
    const Site site;
    std::ofstream{site.data() / "katydid.db"} << std::string(4'096, 'x');
    BOOST_TEST(has(site.faults(free_ports), "The store"));
}

// Goal: a port that another program holds.
BOOST_AUTO_TEST_CASE(port_taken)
{
    const Site site;
    boost::asio::io_context loop;
    tcp::acceptor other{loop, tcp::endpoint{boost::asio::ip::address_v4::loopback(), 0}};
    const auto port = std::to_string(other.local_endpoint().port());
    const auto said = site.faults("listen = \"127.0.0.1:" + port
                                  + "\"\noperator_listen = \"127.0.0.1:0\"\n");
    BOOST_TEST(has(said, "127.0.0.1:" + port + " (listen) is taken"));
    BOOST_TEST(has(said, "--listen"));
}

// Goal: ports that another hub holds are taken, though a hub answers there; with several loops,
// whose sockets share a port, too.
BOOST_AUTO_TEST_CASE(port_of_another_hub)
{
    const Site site;
    const Site other;
    auto settings = other.settings();
    settings.loops = 2;
    Hub hub{settings};
    test::run_with_hub(hub, [&](test::ApiClient person) -> awaitable<> {
        const auto url = person.url();
        const auto place = url.substr(url.find("127"));
        const auto said = site.faults("listen = \"" + place
                                      + "\"\noperator_listen = \"127.0.0.1:0\"\n");
        BOOST_TEST(has(said, place + " (listen) is taken by another program or another hub"));
        co_return;
    });
}

// Goal: a store that a hub uses cannot be used by another one; doctor of that hub finds no fault.
BOOST_AUTO_TEST_CASE(store_in_use)
{
    const Site site;
    Hub hub{site.settings()};
    test::run_with_hub(hub, [&](test::ApiClient) -> awaitable<> {
        const auto said = site.faults(free_ports);
        BOOST_TEST(has(said, "is in use by process " + std::to_string(::getpid())), said);
        BOOST_TEST(!has(said, "(listen)"));
        co_return;
    });
}

// Goal: certificates that are not there, do not fit their key, or are none.
BOOST_AUTO_TEST_CASE(certificates)
{
    const Site site;
    certs::DevCa ca{site.file("ca")};
    certs::DevCertificate wanted;
    wanted.common_name = "localhost";
    wanted.names = {"localhost"};
    const auto one = ca.issue("one", wanted);
    const auto two = ca.issue("two", wanted);
    const auto said = site.faults(std::string{free_ports} + "[tls]\ncertificate_file = \""
                                  + one.certificate.string() + "\"\nkey_file = \""
                                  + two.key.string() + "\"\n[egress]\nca_file = \""
                                  + site.file("nowhere.pem").string() + "\"\n");
    BOOST_TEST(has(said, two.key.string()), said);
    BOOST_TEST(has(said, "nowhere.pem"), said);
}

// Goal: looking changes nothing, and a hub that may start is not refused.
BOOST_AUTO_TEST_CASE(nothing_is_wrong)
{
    const Site site;
    const auto config = site.write("katydid.toml",
                                   "data_dir = \"" + site.data().string() + "\"\n" + free_ports);
    const auto fresh = test::run_katydid({"check", "--config", config});
    BOOST_TEST(fresh.exit_code == 0, fresh.error);
    BOOST_TEST(names_in(site.data()).empty());
    site.make_store();
    const auto used = test::run_katydid({"check", "--config", config});
    BOOST_TEST(used.exit_code == 0, used.error);
}

BOOST_AUTO_TEST_SUITE_END()
