#include "hub/http/server/admission.hpp"

namespace katydid::http {
namespace {

constexpr std::size_t addresses_max = 65'536;  ///< whose rates are remembered

/// Whole seconds, rounded up: what Retry-After takes (RFC 9110, section 10.2.3).
std::string seconds_of(std::chrono::nanoseconds wait)
{
    const auto whole = std::chrono::ceil<std::chrono::seconds>(wait).count();
    return std::to_string(std::max<std::int64_t>(1, whole));
}

/// A refusal whose body the router writes: it knows how errors look below a path.
Response refusal(unsigned status, std::string_view why, std::chrono::nanoseconds wait)
{
    Response response;
    response.status = status;
    response.body = why;
    response.with("Retry-After", seconds_of(wait));
    return response;
}

bool changes_something(const Request& head) noexcept
{
    return head.method != "GET" && head.method != "HEAD" && head.method != "OPTIONS";
}

}  // namespace

AddressKey::AddressKey(const boost::asio::ip::address& address) noexcept
{
    if (address.is_v4()) {
        low = address.to_v4().to_uint();
        return;
    }
    const auto bytes = address.to_v6().to_bytes();
    if (address.to_v6().is_v4_mapped()) {
        for (std::size_t i = 12; i < 16; ++i) low = low << 8U | bytes[i];
        return;
    }
    for (std::size_t i = 0; i < 8; ++i) high = high << 8U | bytes[i];
    low = 1ULL << 32U;  // no IPv4 address has it
}

std::size_t AddressKey::Hash::operator()(const AddressKey& key) const noexcept
{
    auto mixed = (key.high ^ (key.low * 0x9e3779b97f4a7c15ULL)) + 0x9e3779b97f4a7c15ULL;
    mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9ULL;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebULL;
    return mixed ^ (mixed >> 31U);
}

Admission::Admission(LoadLimits limits)
    : limits_{std::move(limits)},
      rates_{limits_.requests_per_address, addresses_max}
{}

bool Admission::is_counted(const boost::asio::ip::address& address) const
{
    if (limits_.connections_per_address == 0 && limits_.body_bytes_per_address == 0
        && !limits_.requests_per_address.is_limited())
        return false;
    return std::none_of(limits_.uncounted.begin(), limits_.uncounted.end(),
                        [&](const auto& network) { return network.contains(address); });
}

std::optional<Admission::Slot> Admission::enter(const boost::asio::ip::address& address)
{
    const AddressKey key{address};
    const bool counted = is_counted(address);
    if (!counted) return Slot{*this, key, nullptr};
    auto& use = uses_[key];
    if (limits_.connections_per_address > 0 && use.connections >= limits_.connections_per_address)
        return std::nullopt;
    ++use.connections;
    return Slot{*this, key, &use};
}

Admission::Slot::Slot(Admission& admission, AddressKey key, AddressUse* use) noexcept
    : admission_{&admission},
      key_{key},
      use_{use}
{}

Admission::Slot::Slot(Slot&& other) noexcept
    : admission_{other.admission_},
      key_{other.key_},
      use_{std::exchange(other.use_, nullptr)},
      held_{std::exchange(other.held_, 0)}
{}

Admission::Slot::~Slot()
{
    release();
    if (use_ != nullptr && --use_->connections == 0) admission_->uses_.erase(key_);
}

std::optional<Response> Admission::Slot::hold(std::size_t body_bytes)
{
    release();
    const auto& limits = admission_->limits_;
    const auto own = body_bytes + (use_ != nullptr ? use_->body_bytes : 0);
    if (use_ != nullptr && limits.body_bytes_per_address > 0 && own > limits.body_bytes_per_address)
        return refusal(429, "this address has too many unfinished bodies", std::chrono::seconds{1});
    if (limits.body_bytes_max > 0 && admission_->held_ + body_bytes > limits.body_bytes_max)
        return refusal(503, "the hub has too many unfinished bodies: try again",
                       std::chrono::seconds{1});
    held_ = body_bytes;
    admission_->held_ += body_bytes;
    if (use_ != nullptr) use_->body_bytes += body_bytes;
    return std::nullopt;
}

void Admission::Slot::release() noexcept
{
    admission_->held_ -= held_;
    if (use_ != nullptr) use_->body_bytes -= held_;
    held_ = 0;
}

std::optional<Response> Admission::Slot::judge(const Request& head, SteadyTime now)
{
    if (use_ != nullptr) {
        const auto wait = admission_->rates_.take(key_, now);
        if (wait.count() > 0) return refusal(429, "this address asks too often", wait);
    }
    const auto& is_overloaded = admission_->limits_.is_overloaded;
    if (is_overloaded && changes_something(head) && is_overloaded())
        return refusal(503, "the hub has more to do than it can: try again",
                       std::chrono::seconds{1});
    return std::nullopt;
}

std::optional<Response> Admission::Slot::take_turn(const Request& head)
{
    if (!admission_->limits_.turn_of) return std::nullopt;
    const auto wait = admission_->limits_.turn_of(head);
    if (wait.count() <= 0) return std::nullopt;
    return refusal(429, "too many requests: try again later", wait);
}

std::size_t Admission::Slot::pipelined_max() const noexcept
{
    return admission_->limits_.pipelined_max;
}

}  // namespace katydid::http
