// Every sample is what its provider sends: our own verify() accepts it.
#include "signing/samples/sample.hpp"

#include "signing/samples/provider_key.hpp"
#include "signing/samples/send.hpp"
#include "signing/schemes/scheme_data.hpp"
#include "signing/keys/secrets.hpp"
#include "signing/verify.hpp"
#include "tests/signing/keys/certificates.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <openssl/bio.h>
#include <openssl/pem.h>

#include <set>

using namespace katydid;
using namespace katydid::signing;

namespace {

namespace json = boost::json;

constexpr std::string_view url = "https://hub.example/hooks";

Timestamp now() { return system_clock().now(); }

KeyRing ring_of(std::string secret)
{
    IdBytes id{};
    id[15] = 1;
    return {{{KeyId{id}, Secret{std::move(secret)}, {}, {}}}};
}

std::string pem_of(const std::shared_ptr<void>& key)
{
    BIO* const bio = BIO_new(BIO_s_mem());
    PEM_write_bio_PrivateKey(bio, static_cast<EVP_PKEY*>(key.get()), nullptr, nullptr, 0, nullptr,
                             nullptr);
    char* data = nullptr;
    const auto size = BIO_get_mem_data(bio, &data);
    std::string pem{data, static_cast<std::size_t>(size)};
    BIO_free(bio);
    return pem;
}

/// Who signs and who verifies: a shared secret, a pair, or a certificate that is fetched.
struct Parties {
    samples::Sender sender;
    KeyRing receiver;
    std::string remote_key{};
    std::string target{};  ///< {secret}
};

Parties parties_of(const Scheme& scheme)
{
    Parties parties;
    parties.sender.url = url;
    parties.sender.now = now();
    if (samples::has_named_target(scheme)) {
        static const auto authority = test::make_authority("Root", nullptr);
        static const auto leaf = test::make_leaf("provider", authority);
        parties.target = scheme.name == "aws-sns" ? "arn:aws:sns:eu-west-1:123456789012:orders"
                                                  : "1JE46183YK2233642";
        parties.sender.keys = ring_of(parties.target);
        parties.sender.private_key = pem_of(leaf.key);
        parties.receiver = parties.sender.keys;
        parties.remote_key = leaf.pem;
    } else if (samples::needs_private_key(scheme)) {
        parties.sender.private_key = samples::make_private_key(scheme).value();
        parties.receiver = ring_of(
            samples::public_half(scheme, parties.sender.private_key).value());
    } else {
        parties.sender.keys = ring_of(
            std::string{make_secret(scheme, KeyUse::verify).value().secret.text()});
        parties.receiver = parties.sender.keys;
    }
    return parties;
}

Verdict verdict_of(const Scheme& scheme, const samples::Sample& sample, const Parties& parties)
{
    const RequestView request{"POST", "/hooks", url, sample.headers, sample.body};
    if (parties.remote_key.empty()) return verify(scheme, request, parties.receiver, now());
    return verify(scheme, request, parties.receiver, now(), parties.remote_key);
}

std::string said(const Verdict& verdict)
{
    const auto* refusal = std::get_if<Refusal>(&verdict);
    return refusal == nullptr ? "verified" : refusal->diagnosis;
}

result<samples::Sample> make(const samples::Provider& provider, const std::string& type,
                             const Parties& parties)
{
    samples::Template values{parties.sender.now, random_seed()};
    if (!parties.target.empty()) values.name("secret", parties.target);
    return samples::make_sample(provider.name, type, {}, values);
}

template <class Each>
void for_each_sample(const Each& each)
{
    for (const auto& provider : samples::providers()) {
        const auto scheme = find_scheme(provider.scheme);
        BOOST_REQUIRE_MESSAGE(scheme, provider.scheme << " is no scheme of the catalog");
        const auto parties = parties_of(*scheme);
        for (const auto& type : provider.types) each(provider, type, *scheme, parties);
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(signing_samples)

// Goal: as many as are promised.
BOOST_AUTO_TEST_CASE(there_are_many)
{
    std::size_t types = 0;
    for (const auto& provider : samples::providers()) types += provider.types.size();
    BOOST_TEST(samples::providers().size() >= 40U);
    BOOST_TEST(types >= 150U);
}

// Goal: each is signed by its scheme and verified by it, and a template never shows.
BOOST_AUTO_TEST_CASE(every_sample_is_verified)
{
    for_each_sample([](const auto& provider, const auto& type, const auto& scheme,
                       const auto& parties) {
        const auto sample = make(provider, type, parties);
        BOOST_REQUIRE_MESSAGE(sample, provider.name << ' ' << type);
        const auto sent = samples::sign_sample(scheme, *sample, parties.sender);
        BOOST_REQUIRE_MESSAGE(sent, provider.name << ' ' << type << ": " << sent.error().message);
        const auto verdict = verdict_of(scheme, *sent, parties);
        BOOST_TEST(said(verdict) == "verified", provider.name << ' ' << type);
        BOOST_TEST(sent->body.find("{id") == std::string::npos);
        BOOST_TEST(sent->body.find("{uu") == std::string::npos);
    });
}

// Goal: what is broken is refused by the receiver, or said not to be noticeable.
BOOST_AUTO_TEST_CASE(broken_ones_are_refused)
{
    for_each_sample([](const auto& provider, const auto& type, const auto& scheme, auto parties) {
        if (type != provider.types.front()) return;
        for (const auto broken :
             {samples::Broken::signature, samples::Broken::timestamp, samples::Broken::body}) {
            parties.sender.broken = broken;
            parties.sender.now = now();
            if (broken == samples::Broken::timestamp) parties.sender.now -= std::chrono::hours{24};
            const auto sample = make(provider, type, parties);
            const auto sent = samples::sign_sample(scheme, *sample, parties.sender);
            // Fields of a message are signed there, and a blank after it is none.
            if (!sent || (broken == samples::Broken::body && scheme.builtin == Builtin::sns))
                continue;
            BOOST_TEST(said(verdict_of(scheme, *sent, parties)) != "verified",
                       provider.name << " broken " << static_cast<int>(broken));
        }
    });
}

// Goal: ids are new each time, and a name stands for one value.
BOOST_AUTO_TEST_CASE(values_are_fresh)
{
    samples::Template values{Timestamp{std::chrono::milliseconds{1'700'000'000'123}}, 7};
    BOOST_TEST(values.fill("{id 24}") != values.fill("{id 24}"));
    const auto named = values.fill("{a=hex 8}");
    BOOST_TEST(named == values.fill("{a}"));
    BOOST_TEST(values.fill("{{x}").starts_with("{x}"));
    BOOST_TEST(values.fill("{unix} {unix-10} {millis+1}") == "1700000000 1699999990 1700000001123");
    BOOST_TEST(values.fill("{time}") == "2023-11-14T22:13:20Z");
    BOOST_TEST(values.fill("{timems}") == "2023-11-14T22:13:20.123Z");
    json::value number("{#unix}");
    values.fill(number);
    BOOST_TEST(number.is_int64());
    BOOST_CHECK_THROW(static_cast<void>(values.fill("{nothing}")), std::invalid_argument);
    BOOST_CHECK_THROW(static_cast<void>(values.fill("{id")), std::invalid_argument);
}

// Goal: a path reaches what it names, by dots or as a JSON pointer, and keeps the value's type.
BOOST_AUTO_TEST_CASE(changes_by_path)
{
    samples::Template values{now(), 7};
    const std::vector<samples::Change> changes{{"data.object.amount", 5},
                                               {"/data/object/metadata/a.b", "x"},
                                               {"data.object.lines.data.0.quantity", nullptr}};
    const auto sample = samples::make_sample("stripe", "invoice.paid", changes, values);
    const auto body = json::parse(sample.value().body);
    BOOST_TEST(body.at_pointer("/data/object/amount").is_int64());
    BOOST_TEST(body.at_pointer("/data/object/metadata/a.b").as_string() == "x");
    BOOST_TEST(body.at_pointer("/data/object/lines/data/0/quantity").is_null());
    const std::vector<samples::Change> beyond{{"data.object.lines.data.7.quantity", 1}};
    BOOST_TEST(samples::make_sample("stripe", "invoice.paid", beyond, values).has_error());
    BOOST_TEST(samples::make_sample("stripe", "nothing", {}, values).has_error());
    BOOST_TEST(samples::make_sample("nobody", "nothing", {}, values).has_error());
}

BOOST_AUTO_TEST_SUITE_END()
