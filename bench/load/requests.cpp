#include "bench/load/requests.hpp"

#include "hub/core/clock.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace katydid::bench {

namespace {

constexpr std::string_view signature_header_of(Signature signature) noexcept
{
    return signature == Signature::atlvs ? "X-Webhook-Signature" : "webhook-signature";
}

void write_ten_digits(std::int64_t value, char* out) noexcept
{
    for (int i = 9; i >= 0; --i, value /= 10) out[i] = static_cast<char>('0' + value % 10);
}

/// Samples in the proportions of their weights, spread out: a low-discrepancy order, so that a
/// short run has the right mix too.
std::vector<std::uint8_t> spread(const std::vector<Sample>& mix)
{
    unsigned total = 0;
    for (const auto& sample : mix) total += sample.weight;
    std::vector<int> credit(mix.size());
    std::vector<std::uint8_t> order;
    for (unsigned slot = 0; slot < total; ++slot) {
        for (std::size_t i = 0; i < mix.size(); ++i) credit[i] += static_cast<int>(mix[i].weight);
        const auto next = std::max_element(credit.begin(), credit.end()) - credit.begin();
        credit[static_cast<std::size_t>(next)] -= static_cast<int>(total);
        order.push_back(static_cast<std::uint8_t>(next));
    }
    return order;
}

}  // namespace

std::string expand(std::string_view text, const Variables& variables)
{
    std::string out;
    for (;;) {
        const auto open = text.find("{{");
        out += text.substr(0, open);
        if (open == std::string_view::npos) return out;
        const auto close = text.find("}}", open);
        const auto name = text.substr(open + 2, close - open - 2);
        const auto found = std::find_if(variables.begin(), variables.end(),
                                        [&](const auto& entry) { return entry.first == name; });
        if (close == std::string_view::npos || found == variables.end())
            throw std::invalid_argument{"unknown variable {{" + std::string{name} + "}}"};
        out += found->second;
        text.remove_prefix(close + 2);
    }
}

std::string key_of_secret(std::string_view secret)
{
    constexpr std::string_view prefix = "whsec_";
    return secret.starts_with(prefix) ? decode_base64(secret.substr(prefix.size()))
                                      : std::string{secret};
}

Requests::Requests(const Door& door, const std::vector<Sample>& mix)
    : signature_{door.signature},
      order_{spread(mix)}
{
    if (signature_ != Signature::none) mac_.emplace(key_of_secret(door.secret));
    for (const auto& sample : mix) prepared_.push_back(prepare(door, sample));
    for (const auto index : order_)
        mean_body_bytes_ += prepared_[index].bytes.size() - prepared_[index].body_at;
    mean_body_bytes_ /= order_.size();
}

Requests::Prepared Requests::prepare(const Door& door, const Sample& sample)
{
    Marker marker;
    find_marker(sample.data, marker);
    const auto id = make_marker(marker.run);
    const Variables variables{{"type", sample.type},
                              {"data", sample.data},
                              {"id", id},
                              {"time", to_rfc3339(system_clock().now())}};
    const auto body = expand(door.body, variables);

    Prepared made;
    auto& bytes = made.bytes;
    bytes = door.method + ' ' + expand(door.path, variables) + " HTTP/1.1\r\nHost: " + door.host
            + "\r\n";
    for (const auto& [name, value] : door.headers)
        bytes += name + ": " + expand(value, variables) + "\r\n";
    if (door.signature == Signature::standard_webhooks) {
        made.id_at = bytes.size() + std::string_view{"webhook-id: "}.size();
        bytes += "webhook-id: " + id + "\r\n";
        made.time_at = bytes.size() + std::string_view{"webhook-timestamp: "}.size();
        bytes += "webhook-timestamp: 0000000000\r\n";
    }
    if (door.signature != Signature::none) {
        const bool standard = door.signature == Signature::standard_webhooks;
        bytes += std::string{signature_header_of(door.signature)} + (standard ? ": v1," : ": ");
        made.signature_at = bytes.size();
        bytes += std::string(standard ? base64_chars : hex_chars, '0') + "\r\n";
    }
    bytes += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
    made.body_at = bytes.size();
    bytes += body;
    for (auto at = bytes.find(id); at != std::string::npos; at = bytes.find(id, at + 1))
        made.numbers.push_back(at + marker_number_at);
    return made;
}

const Requests::Prepared& Requests::choose(std::uint32_t number) const noexcept
{
    return prepared_[order_[number % order_.size()]];
}

void Requests::patch(const Prepared& prepared, std::uint32_t number, std::int64_t unix_seconds,
                     std::string& out) const
{
    out.assign(prepared.bytes);
    for (const auto at : prepared.numbers) write_number(number, out.data() + at);
    if (prepared.time_at != 0) write_ten_digits(unix_seconds, out.data() + prepared.time_at);
}

Digest Requests::sign(const Prepared& prepared, const std::string& bytes) const
{
    const std::string_view all{bytes};
    const auto body = all.substr(prepared.body_at);
    if (signature_ == Signature::atlvs) return mac_->sign({body});
    const auto id = all.substr(prepared.id_at, marker_chars);
    return mac_->sign({id, ".", all.substr(prepared.time_at, 10), ".", body});
}

void Requests::presign(std::uint32_t count, std::int64_t unix_seconds)
{
    presigned_.clear();
    if (signature_ == Signature::none) return;
    presigned_at_ = unix_seconds;
    std::string bytes;
    for (std::uint32_t number = 0; number < count; ++number) {
        const auto& prepared = choose(number);
        patch(prepared, number, unix_seconds, bytes);
        presigned_.push_back(sign(prepared, bytes));
    }
}

void Requests::write(std::uint32_t number, std::int64_t unix_seconds, std::string& out) const
{
    const auto& prepared = choose(number);
    const bool known = number < presigned_.size();
    patch(prepared, number, known ? presigned_at_ : unix_seconds, out);
    if (signature_ == Signature::none) return;
    const auto digest = known ? presigned_[number] : sign(prepared, out);
    char* at = out.data() + prepared.signature_at;
    if (signature_ == Signature::atlvs) write_hex(digest, at);
    else write_base64(digest, at);
}

}  // namespace katydid::bench
