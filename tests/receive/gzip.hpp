// Packs what the tests send.
#pragma once

#include <zlib.h>

#include <string>
#include <string_view>

namespace katydid::test {

constexpr int gzip_format = 16 + MAX_WBITS;
constexpr int zlib_format = MAX_WBITS;

inline std::string pack(std::string_view text, int format = gzip_format)
{
    z_stream stream{};
    ::deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, format, 8, Z_DEFAULT_STRATEGY);
    std::string out(::deflateBound(&stream, static_cast<uLong>(text.size())), '\0');
    std::string in{text};
    stream.next_in = reinterpret_cast<Bytef*>(in.data());
    stream.avail_in = static_cast<uInt>(in.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    ::deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    ::deflateEnd(&stream);
    return out;
}

}  // namespace katydid::test
