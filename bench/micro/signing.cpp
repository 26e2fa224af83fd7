// What verification and signing cost beside the bare OpenSSL call. The goal:
// verify_scheme/github_1k takes at most 1.3 times as long as bare_hmac_1k.
#include "signing/sign.hpp"
#include "signing/verify.hpp"

#include <benchmark/benchmark.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <cstdlib>
#include <new>

namespace {

thread_local std::uint64_t allocations = 0;  // so that the other benchmarks pay no atomic for it

}  // namespace

// Counts what a verification allocates.
void* operator new(std::size_t size)
{
    ++allocations;
    if (void* const memory = std::malloc(size)) return memory;
    throw std::bad_alloc{};
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace katydid::signing {
namespace {

const std::string secret = "0123456789abcdef0123456789abcdef";
const Timestamp now{milliseconds{1'750'000'000'000}};

std::string body_of_1k()
{
    std::string body = R"({"type":"resource.updated","id":"evt_1","data":")";
    return body + std::string(1024 - body.size() - 2, 'x') + "\"}";
}

KeyRing ring_of(const std::string& text)
{
    KeyRing ring;
    ring.keys.push_back({KeyId{}, Secret{text}, {}, {}});
    return ring;
}

/// The headers that a real request has besides the signature.
Headers usual_headers()
{
    return {{"Host", "hub.example"},
            {"User-Agent", "sender/1.0"},
            {"Accept", "*/*"},
            {"Content-Type", "application/json"},
            {"Content-Length", "1024"},
            {"X-Request-Id", "b7e3"},
            {"X-Forwarded-For", "203.0.113.7"},
            {"traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}};
}

void bare_hmac_1k(benchmark::State& state)
{
    const std::string body = body_of_1k();
    std::array<unsigned char, 64> out{};
    unsigned size = 0;
    for (auto _ : state) {
        HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
             reinterpret_cast<const unsigned char*>(body.data()), body.size(), out.data(), &size);
        benchmark::DoNotOptimize(out);
    }
}
BENCHMARK(bare_hmac_1k);

/// The same with everything fetched and keyed beforehand: what OpenSSL can do at best.
void bare_evp_mac_1k(benchmark::State& state)
{
    const std::string body = body_of_1k();
    EVP_MAC* const mac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
    EVP_MAC_CTX* const context = EVP_MAC_CTX_new(mac);
    std::string name = "SHA256";
    const std::array<OSSL_PARAM, 2> params{
        OSSL_PARAM_construct_utf8_string("digest", name.data(), 0), OSSL_PARAM_construct_end()};
    EVP_MAC_init(context, reinterpret_cast<const unsigned char*>(secret.data()), secret.size(),
                 params.data());
    std::array<unsigned char, 64> out{};
    std::size_t size = 0;
    for (auto _ : state) {
        EVP_MAC_init(context, nullptr, 0, nullptr);
        EVP_MAC_update(context, reinterpret_cast<const unsigned char*>(body.data()), body.size());
        EVP_MAC_final(context, out.data(), &size, out.size());
        benchmark::DoNotOptimize(out);
    }
    EVP_MAC_CTX_free(context);
    EVP_MAC_free(mac);
}
BENCHMARK(bare_evp_mac_1k);

void verify_scheme(benchmark::State& state, const char* name, const std::string& key)
{
    const auto scheme = find_scheme(name);
    const std::string body = body_of_1k();
    const KeyRing ring = ring_of(key);
    const SignInput input{"POST", "https://hub.example/hook", "evt_1",
                          "push", "application/json",         body};
    Headers headers = usual_headers();
    for (auto& header : *sign(*scheme, input, ring, now)) headers.push_back(std::move(header));
    const RequestView request{"POST", "/hook", "https://hub.example/hook", headers, body};
    if (!std::holds_alternative<Verified>(verify(*scheme, request, ring, now))) std::abort();
    const auto before = allocations;
    for (auto _ : state) {
        auto verdict = verify(*scheme, request, ring, now);
        benchmark::DoNotOptimize(verdict);
    }
    state.counters["allocations"] = benchmark::Counter(static_cast<double>(allocations - before)
                                                       / static_cast<double>(state.iterations()));
}
BENCHMARK_CAPTURE(verify_scheme, github_1k, "github", secret);
BENCHMARK_CAPTURE(verify_scheme, atlvs_1k, "atlvs", secret);
BENCHMARK_CAPTURE(verify_scheme, stripe_1k, "stripe", secret);
BENCHMARK_CAPTURE(verify_scheme, standard_webhooks_1k, "standard-webhooks", "whsec_" + secret);

void sign_scheme(benchmark::State& state, const char* name, const std::string& key)
{
    const auto scheme = find_scheme(name);
    const std::string body = body_of_1k();
    const KeyRing ring = ring_of(key);
    const SignInput input{"POST", "https://hub.example/hook", "evt_1",
                          "push", "application/json",         body};
    for (auto _ : state) {
        auto headers = sign(*scheme, input, ring, now);
        benchmark::DoNotOptimize(headers);
    }
}
BENCHMARK_CAPTURE(sign_scheme, standard_webhooks_1k, "standard-webhooks", "whsec_" + secret);
BENCHMARK_CAPTURE(sign_scheme, grasshopper_1k, "grasshopper", secret);

}  // namespace
}  // namespace katydid::signing
