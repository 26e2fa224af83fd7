// An attempt with what a transform made of its event.
#pragma once

#include "handlers/handler.hpp"
#include "hub/core/error.hpp"
#include "hub/transform/program.hpp"

namespace katydid::handlers::shaping {

/// What the subscription's transform is called with: the headers are those of the subscription,
/// then the event's. For the subscription's own, which are credentials in practice, stand marks
/// that reveal() knows: code can send them, and say them nowhere else.
[[nodiscard]] transform::Input input_of(const Event& event, const Subscription& subscription);

/// The values of the subscription's headers, where their marks stand in payload and headers.
void reveal(transform::Output& output, const Subscription& subscription);

/// The event with the new payload, the subscription with the new headers and path: what follows
/// writes and signs them as any other. An event whose payload stays is the same one.
///
/// A body that is JSON is `application/json`, one that no longer is JSON `text/plain`, unless the
/// transform sets Content-Type.
/// Errors: refused, with a sentence: a header that belongs to the hub, a path that is none.
[[nodiscard]] result<Call> shape(Call call, transform::Output output);

/// What shape() would refuse of it for any subscription that is an endpoint; nullopt: nothing.
[[nodiscard]] std::optional<transform::Fault> fault_of(const transform::Output& output);

}  // namespace katydid::handlers::shaping
