// The offline commands, run in-process: `katydid sign`, `verify`.
#include "hub/cli/tree/command.hpp"
#include "tests/signing/support.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

namespace katydid::cli {

BOOST_AUTO_TEST_SUITE(cli_offline_commands)

/// A directory of its own that goes with the test.
class Workplace {
public:
    Workplace()
    {
        std::string pattern
            = (std::filesystem::temp_directory_path() / "katydid-signing-XXXXXX").string();
        BOOST_TEST_REQUIRE(mkdtemp(pattern.data()) != nullptr);
        path_ = pattern;
        ::setenv("KATYDID_TEST_SECRET", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", 1);
    }
    ~Workplace() { std::filesystem::remove_all(path_); }
    Workplace(const Workplace&) = delete;
    Workplace& operator=(const Workplace&) = delete;

    [[nodiscard]] std::string file(const std::string& name, const std::string& text) const
    {
        const auto path = path_ / name;
        std::ofstream{path, std::ios::binary} << text;
        return path.string();
    }

private:
    std::filesystem::path path_;
};

struct Outcome {
    int status = -1;
    std::string out;
    std::string err;
};

/// Diverts a standard stream into a string.
class Diversion {
public:
    explicit Diversion(std::ostream& stream) : stream_{stream}, before_{stream.rdbuf(text_.rdbuf())}
    {}
    ~Diversion() { stream_.rdbuf(before_); }
    Diversion(const Diversion&) = delete;
    Diversion& operator=(const Diversion&) = delete;
    [[nodiscard]] std::string text() const { return text_.str(); }

private:
    std::ostringstream text_;
    std::ostream& stream_;
    std::streambuf* before_;
};

Outcome run(std::vector<std::string> arguments)
{
    const Diversion out{std::cout};
    const Diversion err{std::cerr};
    Outcome outcome;
    CLI::App app{"katydid"};
    add_sign_command(app, outcome.status);
    add_verify_command(app, outcome.status);
    std::reverse(arguments.begin(), arguments.end());
    try {
        app.parse(arguments);
    } catch (const CLI::ParseError& error) {
        outcome.status = 2;
        std::cerr << error.what();
    }
    outcome.out = out.text();
    outcome.err = err.text();
    return outcome;
}

const std::string signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

// Goal: `sign` prints the published vector's headers, one a line, or as JSON.
BOOST_AUTO_TEST_CASE(sign_prints_headers)
{
    const Workplace place;
    const std::vector<std::string> arguments{"sign",
                                             "--scheme",
                                             "standard-webhooks",
                                             "--secret-env",
                                             "KATYDID_TEST_SECRET",
                                             "--id",
                                             "msg_p5jXN8AQM9LWM0D4loKWxJek",
                                             "--at",
                                             "1614265330",
                                             "--body-file",
                                             place.file("body", R"({"test": 2432232314})")};
    const auto plain = run(arguments);
    BOOST_TEST(plain.status == 0, plain.err);
    BOOST_TEST(plain.out
               == "webhook-id: msg_p5jXN8AQM9LWM0D4loKWxJek\nwebhook-timestamp: "
                  "1614265330\nwebhook-signature: "
                      + signature + "\n");
    auto with_json = arguments;
    with_json.emplace_back("--json");
    BOOST_TEST(run(with_json).out.find("\"webhook-signature\":\"" + signature + "\"")
               != std::string::npos);
}

// Goal: `verify` says yes with 0, and no with 1 and the diagnosis.
BOOST_AUTO_TEST_CASE(verify_says_why)
{
    const Workplace place;
    const auto verify = [&](const std::string& at, const std::string& body) {
        return run({"verify", "--scheme", "standard-webhooks", "--secret-file",
                    place.file("secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n"), "--header",
                    "webhook-id: msg_p5jXN8AQM9LWM0D4loKWxJek", "--header",
                    "Webhook-Timestamp:1614265330", "--header", "webhook-signature: " + signature,
                    "--at", at, "--body-file", place.file("body", body)});
    };
    const auto good = verify("1614265330", R"({"test": 2432232314})");
    BOOST_TEST(good.status == 0, good.err);
    BOOST_TEST(good.out == "verified\n");
    const auto stale = verify("1614265742", R"({"test": 2432232314})");
    BOOST_TEST(stale.status == 1);
    BOOST_TEST(
        stale.out.starts_with("not verified: the timestamp is 412 s old, 300 s are allowed"));
    const auto changed = verify("1614265330", "{\"test\": 2432232314}\n");
    BOOST_TEST(changed.status == 1);
    BOOST_TEST(changed.out.find("a line end was added") != std::string::npos);
}

// Goal: wrong usage is 2, with a sentence on standard error.
BOOST_AUTO_TEST_CASE(wrong_usage)
{
    const Workplace place;
    const std::string body = place.file("body", "{}");
    const auto check = [](const std::vector<std::string>& arguments, const std::string& expected) {
        const auto outcome = run(arguments);
        BOOST_TEST(outcome.status == 2);
        BOOST_TEST(outcome.out.empty());
        BOOST_TEST(outcome.err.find(expected) != std::string::npos, outcome.err);
    };
    check(
        {"sign", "--scheme", "nothing", "--secret-env", "KATYDID_TEST_SECRET", "--body-file", body},
        "there is no scheme");
    check({"sign", "--scheme", "github", "--body-file", body}, "no secret");
    check({"sign", "--scheme", "github", "--secret-env", "KATYDID_TEST_NONE", "--body-file", body},
          "KATYDID_TEST_NONE");
    check({"sign", "--scheme", "github", "--secret-env", "KATYDID_TEST_SECRET", "--body-file",
           body + "x"},
          "cannot read");
    check({"sign", "--scheme", "github", "--secret-env", "KATYDID_TEST_SECRET"}, "--body-file");
    check(
        {"sign", "--scheme", "mailgun", "--secret-env", "KATYDID_TEST_SECRET", "--body-file", body},
        "only verifies");
    check({"sign", "--scheme", "github", "--secret-env", "KATYDID_TEST_SECRET", "--at", "soon",
           "--body-file", body},
          "--at");
    check({"verify", "--scheme", "github", "--secret-env", "KATYDID_TEST_SECRET", "--header",
           "no colon", "--body-file", body},
          "Name: value");
}

// Goal: what `sign` prints for a scheme, `verify` accepts: also for one of one's own.
BOOST_AUTO_TEST_CASE(round_trips)
{
    const Workplace place;
    const std::string body = place.file("body", R"({"type":"a.b"})");
    const std::string own = place.file(
        "own.toml", "algorithm = \"hmac-sha512\"\nsignature = { from = \"header:X-Own\", encoding "
                    "= \"base64url\" }\nmessage = \"{method} {url}\\n{body}\"\n");
    const std::vector<std::vector<std::string>> schemes{
        {"--scheme", "stripe"},     {"--scheme", "slack"},   {"--scheme", "github"},
        {"--scheme", "hubspot-v3"}, {"--scheme", "recurly"}, {"--scheme", "box"},
        {"--scheme", "metronome"},  {"--scheme", "rfc9421"}, {"--scheme", "postmark"},
        {"--scheme", "supabase"},   {"--scheme", "square"},  {"--scheme", "hubspot-v2"},
        {"--scheme-file", own},     {"--scheme", "paddle"},  {"--scheme", "twitch"}};
    for (const auto& scheme : schemes) {
        std::vector<std::string> common{
            "--secret-env", "KATYDID_TEST_SECRET",    "--at",        "1750000000",
            "--url",        "https://x.example/hook", "--body-file", body};
        common.insert(common.begin(), scheme.begin(), scheme.end());
        auto signing = common;
        signing.insert(signing.begin(), "sign");
        signing.insert(signing.end(), {"--id", "evt_1", "--event-type", "a.b"});
        const auto made = run(signing);
        BOOST_TEST_REQUIRE(made.status == 0, scheme.back() << ": " << made.err);
        auto verifying = common;
        verifying.insert(verifying.begin(), "verify");
        verifying.insert(verifying.end(), {"--header", "Content-Type: application/json"});
        std::istringstream lines{made.out};
        for (std::string line; std::getline(lines, line);)
            verifying.insert(verifying.end(), {"--header", line});
        const auto checked = run(verifying);
        BOOST_TEST(checked.status == 0, scheme.back() << ": " << checked.out << checked.err);
    }
}

// Goal: a scheme of one's own is tried as it stands in the settings, and bare.
BOOST_AUTO_TEST_CASE(scheme_file_in_both_forms)
{
    const Workplace place;
    const std::string bare = "algorithm = \"token\"\nsignature = { from = \"header:X-Token\", "
                             "encoding = \"text\" }\n";
    for (const auto& text : {bare, "[schemes.my-provider]\n" + bare}) {
        const auto ran = run({"verify", "--scheme-file", place.file("scheme.toml", text),
                              "--secret-env", "KATYDID_TEST_SECRET", "--header",
                              "X-Token: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "--body-file",
                              place.file("body", "{}")});
        BOOST_TEST(ran.status == 0, ran.out << ran.err);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace katydid::cli
