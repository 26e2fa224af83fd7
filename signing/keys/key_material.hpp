// The bytes a configured secret stands for, by a scheme's key rule. Internal to signing/.
#pragma once

#include "signing/keys/key_ring.hpp"
#include "signing/schemes/scheme_data.hpp"

#include <array>
#include <optional>
#include <string_view>

namespace katydid::signing {

/// A decoded key. Keys that need no decoding are views; the others are cleansed when this goes.
class KeyMaterial {
public:
    KeyMaterial() = default;
    ~KeyMaterial();
    KeyMaterial(const KeyMaterial&) = delete;
    KeyMaterial& operator=(const KeyMaterial&) = delete;

    /// False: the secret is empty or not written as the rule says.
    [[nodiscard]] bool decode(const KeyRule& rule, const Secret& secret);
    [[nodiscard]] std::string_view bytes() const noexcept { return bytes_; }

private:
    std::array<char, 512> buffer_;
    std::size_t used_ = 0;
    std::string_view bytes_;
};

/// Whether this key is meant for this method: prefixed keys belong to the method that asks for
/// the prefix, the others to the methods that ask for none.
[[nodiscard]] bool suits(const Scheme& scheme, const Method& method, const Secret& secret) noexcept;

}  // namespace katydid::signing
