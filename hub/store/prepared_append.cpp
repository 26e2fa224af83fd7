#include "hub/store/prepared_append.hpp"

#include "hub/store/encoding.hpp"

namespace katydid::store {
namespace {

constexpr std::size_t row_overhead_bytes = 256;

}  // namespace

PreparedAppend::PreparedAppend(Append to_append)
    : append{std::move(to_append)},
      payload{encode_payload(*append.event->payload)},
      headers{encode_headers(append.event->headers)},
      key{dedupe_key(append.event->source, append.event->external_id)}
{}

std::size_t PreparedAppend::bytes() const noexcept
{
    return append.event->payload->size() + headers.size() + row_overhead_bytes
           + append.recipients.size() * row_overhead_bytes;
}

}  // namespace katydid::store
