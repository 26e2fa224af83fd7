// Header fields as both HTTP sides, the store and the signatures see them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace katydid {

struct Header {
    std::string name;   ///< as received; compare with equal_names
    std::string value;  ///< without surrounding white space

    friend bool operator==(const Header&, const Header&) = default;
};

/// In order of arrival; a name may appear more than once.
using Headers = std::vector<Header>;

/// ASCII case-insensitive, as RFC 9110, section 5.1 compares field names.
[[nodiscard]] bool equal_names(std::string_view a, std::string_view b) noexcept;

/// The first field of that name, or nullptr.
[[nodiscard]] const std::string* find_header(const Headers& headers,
                                             std::string_view name) noexcept;

/// The first field of that name, or an empty view.
[[nodiscard]] std::string_view header_value(const Headers& headers, std::string_view name) noexcept;

[[nodiscard]] std::size_t count_headers(const Headers& headers, std::string_view name) noexcept;

/// Whether a name is an RFC 9110 token and a value has no control bytes: safe to write to a wire.
[[nodiscard]] bool is_header_safe(std::string_view name, std::string_view value) noexcept;

}  // namespace katydid
