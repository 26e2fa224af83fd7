#include "hub/receive/arrival.hpp"

#include "hub/core/codec/gzip.hpp"

namespace katydid::receive {

Arrival::Arrival(const registry::SourceEntry& of, std::size_t index_of, http::Request& received,
                 std::string url_of, Timestamp when, std::size_t body_bytes_max)
    : source{of},
      index{index_of},
      request{received},
      url{std::move(url_of)},
      at{when}
{
    is_compressed = is_gzipped(request.headers);
    if (!is_compressed) return;
    auto body = gunzip(request.body, body_bytes_max);
    if (body) plain_body = std::move(*body);
    else gzip_fault = body.error();
}

}  // namespace katydid::receive
