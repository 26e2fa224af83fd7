// What the strict gate costs per request head.
#include "hub/http/message/framing.hpp"

#include <benchmark/benchmark.h>

#include <string>

namespace katydid::bench {

namespace {

std::string webhook_head(int more_fields)
{
    std::string head = "POST /api/webhooks/atlvs HTTP/1.1\r\nHost: hub.example\r\n"
                       "Content-Type: application/json\r\nX-Webhook-Event: resource.updated\r\n"
                       "X-Webhook-Signature: "
                       "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843\r\n"
                       "Content-Length: 1024\r\n";
    for (int i = 0; i < more_fields; ++i)
        head += "X-Field-" + std::to_string(i) + ": a value of middling length\r\n";
    return head + "\r\n";
}

void framing_gate(benchmark::State& state)
{
    const auto head = webhook_head(static_cast<int>(state.range(0)));
    for (auto _ : state) {
        http::HeadScanner scanner;
        http::HeadFacts facts;
        Headers fields;
        benchmark::DoNotOptimize(scanner.scan(head));
        const auto verdict = http::check_head(head, facts, fields);
        if (verdict.status != 0) return state.SkipWithError("the gate refused a sound head");
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(head.size()) * state.iterations());
}
BENCHMARK(framing_gate)->Arg(0)->Arg(20)->Arg(80);

}  // namespace

}  // namespace katydid::bench
