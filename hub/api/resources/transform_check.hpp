// Whether the code of a transform compiles, asked before it is kept.
#pragma once

#include "hub/api/api.hpp"
#include "hub/core/json/fault.hpp"

namespace katydid::api {

/// A fault for code that does not compile, with its line and column. Nothing where `subscription`
/// has no code, or the code of `known`.
/// Errors: those of the workers, which say nothing about the code.
awaitable<result<void>> check_transform(const Context& context, const Subscription& subscription,
                                        const Subscription& known, std::vector<Fault>& faults);
/// 503 with what keeps the workers from looking at code.
[[nodiscard]] http::Response workers_response(const Error& error);

}  // namespace katydid::api
