// The micro-benchmarks: single steps of the hot path, for finding out what got slower.
#include <benchmark/benchmark.h>

BENCHMARK_MAIN();
