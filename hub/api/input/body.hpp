// Reads a JSON body strictly: every fault with its pointer.
#pragma once

#include "hub/core/clock.hpp"
#include "hub/core/error.hpp"
#include "hub/core/json/fault.hpp"
#include "hub/http/message/message.hpp"

#include <boost/json.hpp>

#include <optional>
#include <string>
#include <vector>

namespace katydid::api {

/// 422 with `errors[] {pointer, detail}` (RFC 9457).
[[nodiscard]] http::Response faults_response(const std::vector<Fault>& faults);

/// Takes known members out of an object and collects what is wrong with them. Whatever was not
/// asked for when finish() is called is an unknown field.
class ObjectReader {
public:
    ObjectReader(const boost::json::object& object, std::string pointer,
                 std::vector<Fault>& faults);

    [[nodiscard]] const boost::json::value* take(std::string_view name);
    [[nodiscard]] bool contains(std::string_view name) const { return object_.contains(name); }
    [[nodiscard]] std::optional<std::string> text(std::string_view name,
                                                  std::size_t size_max = 4096);
    [[nodiscard]] std::optional<std::vector<std::string>> texts(std::string_view name);
    [[nodiscard]] std::optional<milliseconds> duration(std::string_view name);
    [[nodiscard]] std::optional<std::uint64_t> number(std::string_view name, std::uint64_t low,
                                                      std::uint64_t high);
    [[nodiscard]] std::optional<double> real(std::string_view name, double low, double high);
    [[nodiscard]] std::optional<bool> flag(std::string_view name);
    [[nodiscard]] std::optional<Timestamp> time(std::string_view name);
    /// The object under that name; null when absent or not an object (a fault).
    [[nodiscard]] const boost::json::object* object(std::string_view name);

    void fault(std::string_view name, std::string detail);
    /// Call last: unknown fields are faults.
    void finish();

    [[nodiscard]] std::string pointer_to(std::string_view name) const;

private:
    const boost::json::object& object_;
    std::string pointer_;
    std::vector<Fault>& faults_;
    std::vector<std::string_view> taken_;
};

/// An id under that name; a fault when it is there and none.
template <class IdType>
void read_id(ObjectReader& reader, std::string_view name, std::optional<IdType>& id)
{
    const auto text = reader.text(name, 64);
    if (!text) return;
    id = IdType::parse(*text);
    if (!id) reader.fault(name, "is not a valid id");
}

/// Why a strict parser does not take the text: "is not valid JSON: …", or what it is that the API
/// does not take though it is JSON (depth, half a surrogate pair, a byte order mark).
[[nodiscard]] std::string json_fault(std::string_view text, const boost::json::error_code& error);

/// A JSON object, strictly. Faults: not an object, a member that is there twice (not looked for
/// inside the top-level member `opaque`). Errors: invalid_argument, "is not valid JSON: …".
[[nodiscard]] result<boost::json::object>
parse_object(std::string_view text, std::vector<Fault>& faults, std::string_view opaque = {});

/// The body as a JSON object. nullopt: `response` says why (400 not JSON, 422 not an object).
[[nodiscard]] std::optional<boost::json::object> read_object(const http::Request& request,
                                                             http::Response& response);
/// The same, where no body is an empty object.
[[nodiscard]] std::optional<boost::json::object> read_optional_object(const http::Request& request,
                                                                      http::Response& response);

}  // namespace katydid::api
