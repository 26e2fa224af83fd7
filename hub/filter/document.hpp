// What filters look at: one event as JSON.
#pragma once

#include "hub/core/event.hpp"

#include <boost/json/value.hpp>

#include <memory>
#include <string_view>

namespace katydid::filter {

/// The payload, headers and metadata of one event, each made into JSON when it is first asked for
/// and at most once, however many filters and order keys look at it.
///
/// A payload that is not JSON is as if there were none, and so is one that is nested deeper than
/// json_text::depth_max levels, which is_too_deep() tells. Header names are in lower case; a header
/// that came several times is a list.
/// Lifetime: the event outlives it. Thread safety: none.
class Document {
public:
    explicit Document(const Event& event);
    ~Document();
    Document(const Document&) = delete;
    Document& operator=(const Document&) = delete;

    /// nullptr when it is not JSON.
    [[nodiscard]] const boost::json::value* payload();
    /// Whether there may be a payload that cannot be read here.
    [[nodiscard]] bool is_too_deep();
    /// "payload", "headers" or "event"; nullptr for anything else.
    [[nodiscard]] const boost::json::value* root(std::string_view name);

private:
    struct Parts;
    Parts& parts();

    const Event& event_;
    std::unique_ptr<Parts> parts_;
};

}  // namespace katydid::filter
