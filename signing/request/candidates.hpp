// The signatures a request carries. Internal to signing/.
#pragma once

#include "signing/request/request_values.hpp"

#include <array>
#include <string_view>

namespace katydid::signing {

/// One signature as text, and the field it stood in ("v1"; empty when the list has no keys).
struct Candidate {
    std::string_view field;
    std::string_view text;
};

struct Candidates {
    std::array<Candidate, candidates_max> items;
    std::size_t size = 0;
    bool present = false;    ///< the header (parameter, …) is there and not empty
    bool oversized = false;  ///< longer than any signature header
    bool too_many = false;   ///< more than candidates_max: those beyond it are not in `items`

    [[nodiscard]] const Candidate* begin() const noexcept { return items.data(); }
    [[nodiscard]] const Candidate* end() const noexcept { return items.data() + size; }
};

/// Splits by the scheme's signature rule. Unknown versions are left out.
[[nodiscard]] Candidates find_candidates(RequestValues& values);

}  // namespace katydid::signing
