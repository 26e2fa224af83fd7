// What a verification allocates: nothing beyond its result.
#include "signing/sign.hpp"
#include "tests/signing/support.hpp"

#include <cstdlib>
#include <new>

namespace {

thread_local std::uint64_t allocations = 0;

}  // namespace

// Replaced for this program only.
void* operator new(std::size_t size)
{
    ++allocations;
    if (void* const memory = std::malloc(size == 0 ? 1 : size)) return memory;
    throw std::bad_alloc{};
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace katydid::signing {

using namespace test;

BOOST_AUTO_TEST_SUITE(signing_allocation)

// Goal: a plain request of a common scheme is verified without an allocation, as long as type and
// id are short enough to stand in the result itself.
BOOST_AUTO_TEST_CASE(none_beyond_the_result)
{
    const Timestamp now = at_unix(1'750'000'000);
    const std::string start = R"({"type":"a.b","id":"evt_1","name":"a.b","event_id":"1","data":")";
    const std::string body = start + std::string(1024 - start.size() - 2, 'x') + "\"}";
    for (const auto& [name, secret] :
         {std::pair{"github", "0123456789abcdef0123456789abcdef"},
          {"atlvs", "0123456789abcdef"},
          {"stripe", "0123456789abcdef"},
          {"slack", "0123456789abcdef"},
          {"standard-webhooks", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}}) {
        const auto found = scheme(name);
        const KeyRing keys = ring({secret});
        const SignInput input{"POST", "https://hub.example/hook", "evt_1",
                              "a.b",  "application/json",         body};
        auto headers = *sign(*found, input, keys, now);
        headers.insert(headers.begin(), {{"Host", "hub.example"}, {"User-Agent", "sender"}});
        const RequestView request{"POST", "/hook", input.url, headers, body};
        accepted(verify(*found, request, keys, now));  // the first one warms OpenSSL up
        const auto before = allocations;
        const auto verdict = verify(*found, request, keys, now);
        const auto after = allocations;
        BOOST_TEST(std::holds_alternative<Verified>(verdict), name);
        BOOST_TEST(after - before == 0U, name << " allocates " << (after - before) << " times");
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace katydid::signing
