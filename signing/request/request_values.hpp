// One request, seen through the value sources of one scheme. Internal to signing/.
#pragma once

#include "signing/request/parameters.hpp"
#include "signing/schemes/scheme_data.hpp"
#include "signing/verify.hpp"

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/value.hpp>

#include <array>
#include <forward_list>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace katydid::signing {

/// The pieces of a message, without a copy of the body.
struct MessageParts {
    std::array<std::string_view, message_parts_max> parts;
    std::size_t size = 0;

    void add(std::string_view part) noexcept { parts[size++] = part; }
    [[nodiscard]] Parts view() const noexcept { return {parts.data(), size}; }
    [[nodiscard]] std::string joined() const;
};

/// Evaluates sources and templates over one request. Text that has to be made (decoded, hashed)
/// lives as long as this object; all other results are views into the request.
///
/// Thread safety: none; it lives on the stack of one call.
class RequestValues {
public:
    RequestValues(const Scheme& scheme, const RequestView& request) noexcept
        : scheme_{scheme},
          request_{request}
    {}
    RequestValues(const RequestValues&) = delete;
    RequestValues& operator=(const RequestValues&) = delete;

    /// The value with its transform, or nullopt when the request does not have it.
    [[nodiscard]] std::optional<std::string_view> value(const ValueRef& ref);
    /// The first that is present and not empty, else nullopt.
    [[nodiscard]] std::optional<std::string_view> first(const ValueRefs& refs);
    /// Fills in a template; nullopt and missing() when a value is absent.
    [[nodiscard]] std::optional<MessageParts> message(const ValueRefs& parts);

    /// What the body says: uncompressed.
    [[nodiscard]] std::string_view content() const noexcept
    {
        return request_.plain_body.empty() ? request_.body : request_.plain_body;
    }
    /// Whether the content is grammatical JSON: of any depth, whatever its texts hold.
    [[nodiscard]] bool is_json();
    /// The content as a document, parsed when it is first asked for, for built-ins that sign parts
    /// of it; null when a strict parser takes it for none (depth at most 32, valid UTF-8, no byte
    /// order mark, nothing after the value).
    [[nodiscard]] const boost::json::value* json();

    /// The body's form, read when it is first asked for; null and over_limit() when it is too long.
    [[nodiscard]] const Parameters* form();

    void set_secret(std::string_view secret) noexcept { secret_ = secret; }
    /// A header or parameter that was read and was there more than once.
    [[nodiscard]] const ValueRef* duplicated() const noexcept { return duplicated_; }
    /// Why a part of the request was not read: it is over a limit. Empty: nothing was.
    [[nodiscard]] std::string_view over_limit() const noexcept { return over_limit_; }
    /// The source that message() found absent.
    [[nodiscard]] const ValueRef* missing() const noexcept { return missing_; }

    [[nodiscard]] const Scheme& scheme() const noexcept { return scheme_; }
    [[nodiscard]] const RequestView& request() const noexcept { return request_; }

    /// Keeps made text for the life of this object.
    std::string_view keep(std::string text) { return kept_.emplace_front(std::move(text)); }

private:
    std::optional<std::string_view> plain_value(const ValueRef& ref);
    std::optional<std::string_view> header(const ValueRef& ref);
    const Parameters* parameters(std::optional<Parameters>& parsed, std::string_view text);
    std::optional<std::string_view> parameter(const ValueRef& ref, const Parameters* list);
    std::optional<std::string_view> json_value(std::string_view pointer);
    std::optional<std::string_view> json_key(std::string_view pattern);
    std::optional<std::string_view> signature_field(std::string_view name);
    std::optional<std::string_view> credentials(std::string_view scheme_name);
    std::optional<std::string> transformed(Transform transform, std::string_view text);

    const Scheme& scheme_;
    const RequestView& request_;
    std::string_view secret_;
    const ValueRef* duplicated_ = nullptr;
    const ValueRef* missing_ = nullptr;
    std::string_view over_limit_;
    std::optional<Parameters> query_;
    std::optional<Parameters> form_;
    std::vector<std::pair<const ValueRef*, std::string_view>> made_;  ///< by a transform, once each
    std::forward_list<std::string> kept_;
    std::array<unsigned char, 16384> json_memory_;  // most bodies fit, so nothing is allocated
    std::optional<boost::json::monotonic_resource> json_resource_;
    std::optional<boost::json::value> json_;
    bool json_tried_ = false;
    std::optional<bool> is_json_;
};

/// "3.14", "true", "text": a scalar as the text a template or an id takes, every digit of a number
/// as it stands; nullopt for null and structures.
/// \param value  the bytes of one JSON value
std::optional<std::string> scalar_text(std::string_view value);
std::optional<std::string> scalar_text(const boost::json::value& value);

}  // namespace katydid::signing
