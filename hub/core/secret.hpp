// Texts that must not be seen.
#pragma once

#include <string>
#include <string_view>

namespace katydid {

/// Bytes that are cleansed from memory when they go (OPENSSL_cleanse). Never printed.
class Secret {
public:
    Secret() = default;
    explicit Secret(std::string text);
    ~Secret();
    Secret(const Secret& other);
    Secret(Secret&& other) noexcept;
    Secret& operator=(Secret other) noexcept;

    /// As configured: "whsec_…", hex, PEM, … A scheme says how to decode it.
    [[nodiscard]] std::string_view text() const noexcept { return text_; }
    [[nodiscard]] bool empty() const noexcept { return text_.empty(); }

private:
    std::string text_;
};

}  // namespace katydid
