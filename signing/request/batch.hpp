// Bodies that hold several events.
#pragma once

#include "hub/core/text/headers.hpp"
#include "signing/schemes/scheme.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace katydid::signing {

/// One event of a batch.
struct BatchItem {
    std::string_view text;  ///< its exact bytes, a view into the body
    std::string type;       ///< empty: it says none
    std::string id;         ///< empty: it says none
};

/// How many events a batch may hold to be looked into.
constexpr std::size_t batch_items_max = 1'000;

/// The events of a body, where the scheme says that it is a batch (`[batch]`). nullopt: it is
/// none, it is empty, or it holds more than batch_items_max. A body that is one such event in
/// the place of their array is a batch of one.
[[nodiscard]] std::optional<std::vector<BatchItem>>
read_batch(const Scheme& scheme, const Headers& headers, std::string_view body);

}  // namespace katydid::signing
