#include "hub/core/codec/gzip.hpp"

#include <zlib.h>

#include <algorithm>
#include <new>

namespace katydid {
namespace {

constexpr std::size_t always_allowed = 64 * 1024;
constexpr std::size_t ratio_max = 100;
constexpr std::size_t step_bytes = 16 * 1024;
constexpr std::size_t members_max = 64;
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
    /// Whether inflate() had room left to write, and nothing more to read.
    [[nodiscard]] bool is_starved() const noexcept
    {
        return stream_.avail_in == 0 && stream_.avail_out > 0;
    }
    /// Begins the next member, where there is one.
    bool next_member() noexcept
    {
        const bool is_one = stream_.avail_in >= 2 && stream_.next_in[0] == 0x1F
                            && stream_.next_in[1] == 0x8B;
        return is_one && ::inflateReset(&stream_) == Z_OK;
    }

private:
    z_stream stream_{};
};

Error malformed(std::string_view how)
{
    return {errc::invalid_argument, "The gzip body is " + std::string{how}};
}

}  // namespace

bool is_gzip_coding(std::string_view coding) noexcept
{
    return equal_names(coding, "gzip") || equal_names(coding, "x-gzip");
}

bool is_gzipped(const Headers& headers) noexcept
{
    const auto* coding = find_header(headers, "content-encoding");
    return coding != nullptr && is_gzip_coding(*coding);
}

result<std::string> gunzip(std::string_view body, std::size_t bytes_max)
{
    const auto allowed = std::min(bytes_max, std::max(always_allowed, ratio_max * body.size()));
    Inflater inflater{body};
    std::string out;
    for (std::size_t members = 1;;) {
        const int code = inflater.step(out);
        if (out.size() > allowed)
            return Error{errc::over_limit, "The gzip body is too large once it is unpacked"};
        if (code == Z_STREAM_END) {
            if (!inflater.has_more()) break;
            if (++members > members_max) return malformed("of more than 64 members");
            if (!inflater.next_member()) return malformed("followed by other bytes");
            continue;
        }
        if (code == Z_BUF_ERROR) return malformed("cut off");
        if (code != Z_OK) return malformed("damaged");
        if (inflater.is_starved()) return malformed("cut off");
    }
    return out;
}

}  // namespace katydid
