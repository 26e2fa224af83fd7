#include "certs/check_chain.hpp"

#include "tests/certs/chain_maker.hpp"
#include "tests/support/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>

using namespace katydid;
using namespace katydid::certs;
using namespace katydid::test;
using Weight = ChainFinding::Weight;

namespace {

/// A root, an intermediate and a good certificate of a server.
struct Family {
    Made root = make({.name = "Root", .is_authority = true});
    Made middle = make({.name = "Middle", .issuer = &root, .is_authority = true});
    Made leaf = make({.name = "leaf", .issuer = &middle});

    [[nodiscard]] Made sibling(Wanted wanted) const
    {
        wanted.name = "sibling";
        wanted.issuer = &middle;
        return make(wanted);
    }
};

std::vector<ChainFinding> check(const ChainInput& input)
{
    return check_chain(input, system_clock().now());
}

/// "fault: …" or "warning: …" of all that was found, to read in a failed test.
std::string all_of(const std::vector<ChainFinding>& findings)
{
    std::string text;
    for (const auto& each : findings)
        text += (each.weight == Weight::fault ? "fault: " : "warning: ") + each.what + " "
                + each.hint + "\n";
    return text;
}

bool has(const std::string& text, std::string_view part)
{
    return text.find(part) != std::string::npos;
}

/// Exactly one finding, of that weight, whose sentences hold the words.
void expect_one(const ChainInput& input, Weight weight, std::string_view what,
                std::string_view hint)
{
    const auto findings = check(input);
    const auto text = all_of(findings);
    BOOST_TEST_CONTEXT(text)
    {
        BOOST_TEST_REQUIRE(findings.size() == 1U);
        BOOST_TEST((findings[0].weight == weight));
        BOOST_TEST(has(findings[0].what, what));
        BOOST_TEST(has(findings[0].hint, hint));
    }
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(certs_check_chain, Family)

// Goal: a good chain with its key, its names and somebody who trusts it: nothing is found.
BOOST_AUTO_TEST_CASE(good)
{
    const auto findings = check(
        {leaf.pem() + middle.pem(), leaf.key_pem(), {"hub.example", "192.0.2.1"}, root.pem()});
    BOOST_TEST(all_of(findings) == "");
}

// Goal: order, gaps and leftovers are named with the place and what to do.
BOOST_AUTO_TEST_CASE(order)
{
    const auto other = make({.name = "Other", .is_authority = true});
    const auto l = leaf.pem();
    const auto m = middle.pem();
    const auto r = root.pem();
    expect_one({l + r + m}, Weight::fault, "wrong order: certificate 3 (CN=Middle)", "right after");
    expect_one({m + l}, Weight::fault, "The first certificate, CN=Middle, is an authority's",
               "certificate of your name first");
    expect_one({l + other.pem()}, Weight::fault,
               "certificate 2 (CN=Other) did not issue the one before it", "CN=Middle");
    expect_one({l + m + l}, Weight::fault, "certificate 3 (CN=leaf) is in the file twice",
               "Remove");
    expect_one({l + m + r}, Weight::warning, "The root, certificate 3 (CN=Root), is in the file",
               "Leave it out");
}

// Goal: an authority that was made anew under its old name does not pass for the issuer.
BOOST_AUTO_TEST_CASE(same_name_other_key)
{
    const auto imposter = make({.name = "Middle", .issuer = &root, .is_authority = true});
    expect_one({leaf.pem() + imposter.pem()}, Weight::fault, "did not issue", "CN=Middle");
}

// Goal: each certificate's time is looked at; what ends soon is a warning.
BOOST_AUTO_TEST_CASE(times)
{
    using namespace std::chrono_literals;
    expect_one({sibling({.to = -1s}).pem()}, Weight::fault, "certificate 1 (CN=sibling) has ended",
               "Renew");
    expect_one({sibling({.from = 1h}).pem()}, Weight::fault, "is good from", "clock");
    expect_one({sibling({.to = std::chrono::days{29}}).pem()}, Weight::warning, "ends at",
               "Renew it before");
    const auto old = make({.name = "Old", .issuer = &root, .is_authority = true, .to = -1s});
    const auto of_old = make({.name = "leaf", .issuer = &old});
    expect_one({of_old.pem() + old.pem()}, Weight::fault, "certificate 2 (CN=Old) has ended",
               "current certificate");
}

// Goal: the names that it must be good for are looked for in the alternative names only.
BOOST_AUTO_TEST_CASE(names)
{
    expect_one({leaf.pem(), {}, {"hub.example", "other.example"}}, Weight::fault,
               "not for other.example", "other.example");
    expect_one({leaf.pem(), {}, {"192.0.2.2"}}, Weight::fault, "not for 192.0.2.2", "192.0.2.2");
    expect_one({leaf.pem(), {}, {"leaf"}}, Weight::fault, "not for leaf", "alternative names");
    expect_one({sibling({.names = ""}).pem(), {}, {"hub.example"}}, Weight::fault, "names no host",
               "DNS name");
    const auto wild = sibling({.names = "DNS:*.hub.example"});
    BOOST_TEST(all_of(check({wild.pem(), {}, {"a.hub.example"}})) == "");
    expect_one({wild.pem(), {}, {"a.b.hub.example"}}, Weight::fault, "not for a.b.hub.example",
               "Ask");
}

// Goal: a key that is another's, encrypted or none at all.
BOOST_AUTO_TEST_CASE(keys)
{
    expect_one({leaf.pem(), middle.key_pem()}, Weight::fault, "does not belong to certificate 1",
               "this certificate was asked for with");
    expect_one({leaf.pem(), leaf.key_pem("password")}, Weight::fault, "encrypted", "openssl pkey");
    expect_one({leaf.pem(), leaf.pem()}, Weight::fault, "no private key", "exchanged");
    expect_one({leaf.key_pem(), leaf.key_pem()}, Weight::fault, "private key and no certificate",
               "swap");
}

// Goal: purpose and strength, of servers and of clients.
BOOST_AUTO_TEST_CASE(purpose_and_strength)
{
    const auto client = sibling({.names = "", .use = "clientAuth"});
    BOOST_TEST(all_of(check({.chain_pem = client.pem(), .use = ChainUse::client})) == "");
    expect_one({.chain_pem = leaf.pem(), .use = ChainUse::client}, Weight::fault,
               "not one for TLS clients", "clientAuth");
    expect_one({sibling({.use = "clientAuth"}).pem()}, Weight::fault, "not one for TLS servers",
               "serverAuth");
    expect_one({sibling({.is_weak = true}).pem()}, Weight::fault, "too weak", "P-256");
    expect_one({sibling({.is_sha1 = true}).pem()}, Weight::fault, "weak hash", "SHA-256");
}

// Goal: whether peers trust it: an intermediate is missing, the root is unknown, it signs itself.
BOOST_AUTO_TEST_CASE(trust)
{
    const auto stranger = make({.name = "Stranger", .is_authority = true});
    expect_one({leaf.pem(), {}, {}, root.pem()}, Weight::fault,
               "No trusted authority issued certificate 1", "intermediate certificate CN=Middle");
    expect_one({leaf.pem() + middle.pem(), {}, {}, stranger.pem()}, Weight::fault,
               "No trusted authority issued certificate 2", "CN=Root");
    const auto alone = make({.name = "alone"});
    expect_one({alone.pem()}, Weight::warning, "self-signed", "katydid certs dev");
    BOOST_TEST(has(all_of(check({alone.pem(), {}, {}, root.pem()})), "not among the trusted"));
}

// Goal: bytes that are no chain are told as such.
BOOST_AUTO_TEST_CASE(garbage)
{
    expect_one({""}, Weight::fault, "holds no certificate", "PEM");
    expect_one({"hello"}, Weight::fault, "holds no certificate", "PEM");
    auto broken = leaf.pem();
    broken.replace(100, 4, "!!!!");
    expect_one({broken}, Weight::fault, "Certificate 1 of the file is damaged", "anew");
    expect_one({leaf.pem() + broken}, Weight::fault, "Certificate 2 of the file is damaged",
               "anew");
}

// Goal: faults come before warnings.
BOOST_AUTO_TEST_CASE(faults_first)
{
    const auto findings = check({leaf.pem() + middle.pem() + root.pem(), middle.key_pem()});
    BOOST_TEST_REQUIRE(findings.size() == 2U);
    BOOST_TEST((findings[0].weight == Weight::fault));
    BOOST_TEST((findings[1].weight == Weight::warning));
}

// Goal: files that are not there, are empty, or are open to everybody are told by their paths.
BOOST_AUTO_TEST_CASE(files)
{
    const TemporaryFolder folder;
    const auto write = [&](const char* name, const std::string& text) {
        std::ofstream{folder.path() / name} << text;
        return folder.path() / name;
    };
    const auto now = system_clock().now();
    ChainFiles chain{write("chain.pem", leaf.pem() + middle.pem()),
                     write("leaf.key", leaf.key_pem()),
                     write("root.pem", root.pem()),
                     {"hub.example"}};
    std::filesystem::permissions(chain.key_file, std::filesystem::perms{0600});
    BOOST_TEST(all_of(check_chain_files(chain, now)) == "");

    std::filesystem::permissions(chain.key_file, std::filesystem::perms{0644});
    auto text = all_of(check_chain_files(chain, now));
    BOOST_TEST(has(text, "warning: Everybody on this machine can open"), text);
    BOOST_TEST(has(text, "chmod 0600"), text);

    chain.key_file = write("empty.key", "");
    text = all_of(check_chain_files(chain, now));
    BOOST_TEST(has(text, "empty.key is empty"), text);

    chain.key_file = folder.path() / "none.key";
    chain.certificate_file = folder.path() / "none.pem";
    text = all_of(check_chain_files(chain, now));
    BOOST_TEST(has(text, "fault: " + chain.certificate_file.string() + " is not there."), text);
    BOOST_TEST(has(text, "fault: " + chain.key_file.string() + " is not there."), text);
}

BOOST_AUTO_TEST_SUITE_END()
