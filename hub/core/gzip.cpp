#include "hub/core/gzip.hpp"

#include <zlib.h>

#include <algorithm>
#include <new>

namespace katydid {
namespace {

constexpr std::size_t always_allowed = 64 * 1024;
constexpr std::size_t ratio_max = 100;
constexpr std::size_t step_bytes = 16 * 1024;
constexpr int gzip_only = 16 + MAX_WBITS;  ///< no zlib, no raw deflate

class Inflater {
public:
    explicit Inflater(std::string_view body)
    {
        // Without ZLIB_CONST it is no const pointer, but inflate() only reads.
        stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data()));
        stream_.avail_in = static_cast<uInt>(body.size());
        if (::inflateInit2(&stream_, gzip_only) != Z_OK) throw std::bad_alloc{};
    }
    ~Inflater() { ::inflateEnd(&stream_); }
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;

    /// Appends up to a step to `out`. \returns zlib's code
    int step(std::string& out)
    {
        const auto before = out.size();
        out.resize(before + step_bytes);
        stream_.next_out = reinterpret_cast<Bytef*>(out.data() + before);
        stream_.avail_out = step_bytes;
        const int code = ::inflate(&stream_, Z_NO_FLUSH);
        out.resize(before + step_bytes - stream_.avail_out);
        return code;
    }
    [[nodiscard]] bool has_more() const noexcept { return stream_.avail_in > 0; }

private:
    z_stream stream_{};
};

Error malformed(std::string_view how)
{
    return {errc::invalid_argument, "The gzip body is " + std::string{how}};
}

}  // namespace

bool is_gzipped(const Headers& headers) noexcept
{
    const auto* coding = find_header(headers, "content-encoding");
    return coding != nullptr && equal_names(*coding, "gzip");
}

result<std::string> gunzip(std::string_view body, std::size_t bytes_max)
{
    const auto allowed = std::min(bytes_max, std::max(always_allowed, ratio_max * body.size()));
    Inflater inflater{body};
    std::string out;
    while (true) {
        const int code = inflater.step(out);
        if (out.size() > allowed)
            return Error{errc::over_limit, "The gzip body is too large once it is unpacked"};
        if (code == Z_STREAM_END) break;
        if (code == Z_BUF_ERROR) return malformed("cut off");
        if (code != Z_OK) return malformed("damaged");
        if (!inflater.has_more() && out.size() % step_bytes != 0) return malformed("cut off");
    }
    if (inflater.has_more()) return malformed("followed by other bytes");
    return out;
}

}  // namespace katydid
