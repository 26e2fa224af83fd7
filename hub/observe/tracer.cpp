#include "hub/observe/tracer.hpp"

#include <iterator>
#include <random>

namespace katydid::observe {
namespace {

std::uint64_t random_bits()
{
    thread_local std::mt19937_64 random{random_seed()};
    return random();
}

template <std::size_t N>
void fill(std::array<std::uint8_t, N>& bytes)
{
    for (std::size_t i = 0; i < N; i += sizeof(std::uint64_t)) {
        const auto bits = random_bits() | 1U;  // never all zero
        std::memcpy(bytes.data() + i, &bits, sizeof bits);
    }
}

}  // namespace

Tracer::Begun Tracer::below(const TraceContext& parent)
{
    Begun begun{parent, parent.span};
    fill(begun.context.span);
    return begun;
}

Tracer::Begun Tracer::begin(std::string_view incoming) const
{
    if (const auto parent = parse_traceparent(incoming)) return below(*parent);
    Begun begun;
    fill(begun.context.trace);
    fill(begun.context.span);
    constexpr auto most = static_cast<double>(std::mt19937_64::max());
    begun.context.sampled = static_cast<double>(random_bits()) / most <= options_.ratio
                            && options_.ratio > 0;
    return begun;
}

void Tracer::record(Span span)
{
    if (!span.context.sampled) return;
    const std::scoped_lock lock{mutex_};
    if (spans_.size() >= options_.spans_max) ++dropped_;
    else spans_.push_back(std::move(span));
}

std::vector<Span> Tracer::take(std::size_t count_max)
{
    const std::scoped_lock lock{mutex_};
    if (spans_.size() <= count_max) return std::exchange(spans_, {});
    const auto end = spans_.begin() + static_cast<std::ptrdiff_t>(count_max);
    std::vector<Span> taken{std::make_move_iterator(spans_.begin()), std::make_move_iterator(end)};
    spans_.erase(spans_.begin(), end);
    return taken;
}

std::size_t Tracer::waiting() const
{
    const std::scoped_lock lock{mutex_};
    return spans_.size();
}

}  // namespace katydid::observe
