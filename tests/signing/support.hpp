// What most tests of signing/ need.
#pragma once

#include "signing/sign.hpp"
#include "signing/verify.hpp"

#include <boost/test/unit_test.hpp>

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace katydid::signing {

inline std::ostream& operator<<(std::ostream& out, RefusalReason reason)
{
    return out << to_text(reason);
}

namespace test {

inline Timestamp at_unix(std::int64_t seconds) { return Timestamp{milliseconds{seconds * 1000}}; }

inline KeyId key_id(std::uint8_t number)
{
    IdBytes bytes{};
    bytes[15] = number;
    return KeyId{bytes};
}

/// Keys in order, with the ids 1, 2, ….
inline KeyRing ring(const std::vector<std::string>& secrets)
{
    KeyRing made;
    for (const auto& secret : secrets)
        made.keys.push_back(
            {key_id(static_cast<std::uint8_t>(made.keys.size() + 1)), Secret{secret}, {}, {}});
    return made;
}

/// A request that owns what RequestView only looks at.
struct Request {
    std::string method = "POST";
    std::string target = "/api/webhooks/test";
    std::string url = "https://hub.example/api/webhooks/test";
    Headers headers;
    std::string body;
    Expected expected{};

    [[nodiscard]] RequestView view() const
    {
        return {method, target, url, headers, body, {}, expected};
    }
};

inline Headers without(const Headers& headers, std::string_view name)
{
    Headers left;
    for (const auto& header : headers)
        if (!equal_names(header.name, name)) left.push_back(header);
    return left;
}

inline Headers with(const Headers& headers, std::string_view name, std::string_view value)
{
    Headers changed = without(headers, name);
    changed.push_back({std::string{name}, std::string{value}});
    return changed;
}

/// The reason of a refusal, or nothing when the request was accepted.
inline std::optional<RefusalReason> reason_of(const Verdict& verdict)
{
    const auto* const refusal = std::get_if<Refusal>(&verdict);
    return refusal != nullptr ? std::optional{refusal->reason} : std::nullopt;
}

inline std::string diagnosis_of(const Verdict& verdict)
{
    const auto* const refusal = std::get_if<Refusal>(&verdict);
    return refusal != nullptr ? refusal->diagnosis : std::string{};
}

/// The result of a request that must be accepted; fails the test with the diagnosis otherwise.
inline Verified accepted(const Verdict& verdict)
{
    BOOST_REQUIRE_MESSAGE(std::holds_alternative<Verified>(verdict), diagnosis_of(verdict));
    return std::get<Verified>(verdict);
}

inline void check_refused(const Verdict& verdict, RefusalReason expected)
{
    const auto reason = reason_of(verdict);
    BOOST_TEST_REQUIRE(reason.has_value(), "the request was accepted");
    BOOST_TEST(*reason == expected,
               *reason << " (" << diagnosis_of(verdict) << "), expected " << expected);
}

inline SchemePtr scheme(std::string_view name)
{
    auto found = find_scheme(name);
    BOOST_REQUIRE_MESSAGE(found != nullptr, "no scheme " << name);
    return found;
}

}  // namespace test
}  // namespace katydid::signing
