#include "hub/core/secret.hpp"

#include <openssl/crypto.h>

namespace katydid {

Secret::Secret(std::string text) : text_{text} { OPENSSL_cleanse(text.data(), text.size()); }

Secret::~Secret() { OPENSSL_cleanse(text_.data(), text_.size()); }

Secret::Secret(const Secret& other) = default;

Secret::Secret(Secret&& other) noexcept : text_{other.text_}
{
    // A copy, and not a move: a moved short string would leave its bytes behind.
    OPENSSL_cleanse(other.text_.data(), other.text_.size());
    other.text_.clear();
}

Secret& Secret::operator=(Secret other) noexcept
{
    text_.swap(other.text_);
    return *this;
}

}  // namespace katydid
