// OpenSSL's objects with owners.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace katydid {

template <auto Free>
struct Freer {
    template <class T>
    void operator()(T* object) const noexcept
    {
        Free(object);
    }
};

/// Owned<BIO, BIO_free> and the like.
template <class T, auto Free>
using Owned = std::unique_ptr<T, Freer<Free>>;

[[nodiscard]] inline const unsigned char* bytes_of(std::string_view text) noexcept
{
    return reinterpret_cast<const unsigned char*>(text.data());
}

[[nodiscard]] inline unsigned char* bytes_of(std::string& text) noexcept
{
    return reinterpret_cast<unsigned char*>(text.data());
}

}  // namespace katydid
