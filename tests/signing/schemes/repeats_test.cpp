// What counts as the same event, over the whole catalog, and as docs/signing.md says it.
#include "signing/request/batch.hpp"
#include "signing/schemes/scheme_traits.hpp"
#include "tests/signing/support.hpp"

#include <fstream>
#include <iterator>
#include <map>

namespace katydid::signing {

using namespace test;

namespace {

constexpr const char* page_path = KATYDID_DOCS "/signing.md";
constexpr std::string_view begin_mark = "<!-- the catalog's repeats: script/docs -->\n";
constexpr std::string_view end_mark = "<!-- end -->\n";

std::string table()
{
    std::string text = "| Scheme | An id that is signed | Without it, the same event is | Type |\n"
                       "|---|---|---|---|\n";
    for (const auto& name : scheme_names()) {
        const auto rule = repeat_rule_of(*scheme(name));
        text += "| `" + name + "` | " + rule.id + " | " + rule.without_id + " | " + rule.type
                + " |\n";
    }
    return text;
}

/// A body in which every scheme finds something, and its headers.
const std::string body
    = R"({"id":"b-1","type":"b.type","name":"b.name","event":"b.event","source":"/s"})";

struct Made {
    Headers headers;
    Verified verified;
};

/// nullopt: the scheme cannot sign, or not with a key of this kind.
std::optional<Made> made_by(const Scheme& scheme, const std::string& secret, Timestamp at,
                            const Headers& more = {})
{
    const std::string url = "https://hub.example/api/webhooks/test";
    const SignInput input{"POST", url, "evt_1", "a.b", "application/json", body};
    auto headers = sign(scheme, input, ring({secret}), at);
    if (!headers) return std::nullopt;
    Request request;
    request.headers = std::move(*headers);
    for (const auto& header : more)
        request.headers = with(request.headers, header.name, header.value);
    if (find_header(request.headers, "Content-Type") == nullptr)
        request.headers.push_back({"Content-Type", "application/json"});
    request.body = body;
    auto verdict = verify(scheme, request.view(), ring({secret}), at);
    auto* verified = std::get_if<Verified>(&verdict);
    if (verified == nullptr) return std::nullopt;
    return Made{std::move(request.headers), std::move(*verified)};
}

/// Keys of the kinds that schemes of the catalog take, so that most of those that sign do.
const std::vector<std::string> secrets{
    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "0123456789abcdef0123456789abcdef",
    "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSgdZBN7QoCqsbpR1/"
    "RB2g=="};

}  // namespace

BOOST_AUTO_TEST_SUITE(signing_repeats)

// Goal: docs/signing.md says for every scheme what counts as a repeat. Fix: script/docs
BOOST_AUTO_TEST_CASE(documented_for_every_scheme)
{
    std::ifstream in{page_path};
    std::string page{std::istreambuf_iterator<char>{in}, {}};
    const auto begin = page.find(begin_mark);
    const auto end = page.find(end_mark, begin);
    BOOST_TEST_REQUIRE((begin != std::string::npos && end != std::string::npos));
    const auto from = begin + begin_mark.size();
    const auto written = page.substr(from, end - from);
    if (std::getenv("KATYDID_WRITE_DOCS") != nullptr) {
        page.replace(from, end - from, table());
        std::ofstream{page_path} << page;
        return;
    }
    BOOST_TEST((written == table()), "docs/signing.md is out of date: script/docs");
}

// Goal: for every scheme that can sign: what its rule says is what verify() finds. An id that is
// signed stands alone; else there is the hash of what was signed, which changes with the time if
// and only if a time is signed, and never with a header that is not.
BOOST_AUTO_TEST_CASE(rules_hold_over_the_catalog)
{
    std::size_t tried = 0;
    for (const auto& name : scheme_names()) {
        const auto found = scheme(name);
        const auto rule = repeat_rule_of(*found);
        for (const auto& secret : secrets) {
            const auto at = at_unix(1'750'000'000);
            const auto first = made_by(*found, secret, at);
            if (!first) continue;
            ++tried;
            const auto& verified = first->verified;
            const bool has_signed_id = !verified.event_id.empty() && !verified.id_unsigned;
            BOOST_TEST((!has_signed_id || !rule.id.empty()), name);
            if (has_signed_id) break;
            BOOST_TEST(verified.request_hash.size == 32U, name);
            const bool says_time = rule.without_id.starts_with("the same signature");
            BOOST_TEST(verified.time_signed == says_time, name);
            const auto later = made_by(*found, secret, at + std::chrono::seconds{1});
            BOOST_TEST_REQUIRE(later.has_value());
            const bool is_same = later->verified.request_hash.view()
                                 == verified.request_hash.view();
            BOOST_TEST(is_same == !says_time, name);
            const auto other = made_by(*found, secret, at, {{"X-Nobody-Signed", "x"}});
            BOOST_TEST_REQUIRE(other.has_value());
            BOOST_TEST((other->verified.request_hash.view() == verified.request_hash.view()), name);
            break;
        }
    }
    BOOST_TEST(tried > 50U);
}

// Goal: types: what is signed goes first, and what is not is marked.
BOOST_AUTO_TEST_CASE(types_of_headers)
{
    const std::map<std::string, bool> rows{
        {"github", true}, {"shopify", true}, {"sentry", true},  {"buildkite", false},
        {"twitch", true}, {"gitlab", false}, {"stripe", false}, {"help-scout", true}};
    for (const auto& [name, is_unsigned] : rows) {
        const auto made = made_by(*scheme(name), secrets[1], at_unix(1'750'000'000));
        BOOST_TEST_REQUIRE(made.has_value(), name);
        BOOST_TEST(made->verified.type_unsigned == is_unsigned, name);
    }
}

// Goal: of RFC 9421 only covered components count: an id beside the signature is a hint, a type
// beside it is marked.
BOOST_AUTO_TEST_CASE(rfc9421_counts_what_is_covered)
{
    const auto found = scheme("rfc9421");
    const auto at = at_unix(1'750'000'000);
    const std::string& secret = secrets.front();
    const auto made = made_by(*found, secret, at);
    BOOST_TEST_REQUIRE(made.has_value());
    BOOST_TEST(made->verified.event_id == "evt_1");
    BOOST_TEST(!made->verified.id_unsigned);
    BOOST_TEST(made->verified.event_type == "a.b");
    BOOST_TEST(!made->verified.type_unsigned);
    // Signed without id and type: those of the body count, not the ones that somebody added.
    const SignInput bare{
        "POST", "https://hub.example/api/webhooks/test", "", "", "application/json", body};
    Request request;
    request.headers = *sign(*found, bare, ring({secret}), at);
    request.headers = with(request.headers, "Content-Type", "application/json");
    request.headers.push_back({"webhook-id", "forged"});
    request.headers.push_back({"katydid-event-type", "admin.granted"});
    request.body = body;
    const auto verified = accepted(verify(*found, request.view(), ring({secret}), at));
    BOOST_TEST(verified.event_id == "/s#b-1");
    BOOST_TEST(!verified.id_unsigned);
    BOOST_TEST(verified.event_type == "b.type");
    BOOST_TEST(!verified.type_unsigned);
}

// Goal: several lines of one header are signed as one, so a value that is cut into two lines is no
// signed id or type any more.
BOOST_AUTO_TEST_CASE(rfc9421_lines_of_one_header)
{
    const auto found = scheme("rfc9421");
    const auto at = at_unix(1'750'000'000);
    const std::string& secret = secrets.front();
    const SignInput input{"POST",
                          "https://hub.example/api/webhooks/test",
                          "evt_1, evt_2",
                          "a.b, admin.granted",
                          "application/json",
                          body};
    Request request;
    request.headers = *sign(*found, input, ring({secret}), at);
    request.headers = with(request.headers, "Content-Type", "application/json");
    request.body = body;
    const auto whole = accepted(verify(*found, request.view(), ring({secret}), at));
    BOOST_TEST(whole.event_id == "evt_1, evt_2");
    for (const auto* name : {"webhook-id", "katydid-event-type"}) {
        for (auto& header : request.headers) {
            if (!equal_names(header.name, name)) continue;
            const auto comma = header.value.find(", ");
            const Header rest{header.name, header.value.substr(comma + 2)};
            header.value.resize(comma);
            request.headers.push_back(rest);
            break;
        }
    }
    const auto cut = accepted(verify(*found, request.view(), ring({secret}), at));
    BOOST_TEST(cut.event_id == "/s#b-1");
    BOOST_TEST(cut.event_type == "b.type");
}

// Goal: a batch says its items, their types and ids; what is none is none.
BOOST_AUTO_TEST_CASE(batches)
{
    const Headers json{{"Content-Type", "application/json"}};
    const auto line = read_batch(
        *scheme("line"), json,
        R"({"events":[ {"type":"message","webhookEventId":"1"} , {"type":"follow"}]})");
    BOOST_TEST_REQUIRE(line.has_value());
    BOOST_TEST_REQUIRE(line->size() == 2U);
    BOOST_TEST((*line)[0].text == R"({"type":"message","webhookEventId":"1"})");
    BOOST_TEST((*line)[0].id == "1");
    BOOST_TEST((*line)[1].type == "follow");
    BOOST_TEST((*line)[1].id == "");
    BOOST_TEST(!read_batch(*scheme("stripe"), json, "[{}]"));
    BOOST_TEST(!read_batch(*scheme("line"), json, R"({"events":"x"})"));
    BOOST_TEST(!read_batch(*scheme("line"), json, R"({"events":[]})"));
    BOOST_TEST(!read_batch(*scheme("line"), json, "no JSON"));
    BOOST_TEST(!read_batch(*scheme("cloudevents"), json, "[{}]"));
    const auto grid = read_batch(
        *scheme("event-grid"), json,
        R"([{"id":"1","source":"/s","type":"a"},{"id":"1","eventType":"b"}])");
    BOOST_TEST_REQUIRE(grid.has_value());
    BOOST_TEST((*grid)[0].id == "/s#1");
    BOOST_TEST((*grid)[1].id == "1");
    BOOST_TEST((*grid)[1].type == "b");
}

// Goal: descriptions that cannot work are refused with the reason.
BOOST_AUTO_TEST_CASE(refused_descriptions)
{
    const std::string start = "algorithm = \"hmac-sha256\"\nmessage = \"{body}\"\n"
                              "signature = { from = \"header:X-Sig\", encoding = \"hex\" }\n";
    for (const std::string rest :
         {"batch = { items = \"events\" }", "batch = { type = \"type\" }",
          "batch = { id = \"id\" }", "batch = { unknown = 1 }", "id = \"form:a of b\"",
          "id = \"json:/a of b\"", "type = \"json:/a of /b\""})
        BOOST_TEST(!load_scheme("own", start + rest).has_value(), rest);
    for (const std::string rest :
         {"batch = { items = \"/events\", type = \"/t\", id = \"/i of /s\" }", "batch = {}",
          "id = [\"header:a of b\", \"json:/a of /b\"]"})
        BOOST_TEST(load_scheme("own", start + rest).has_value(), rest);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace katydid::signing
