// What can go wrong in a way a caller can act on, and the sentence that says how.
#pragma once

#include <boost/assert/source_location.hpp>
#include <boost/system/error_code.hpp>
#include <boost/system/result.hpp>

#include <stdexcept>
#include <string>
#include <type_traits>

namespace katydid {

/// Expected failures. A domain outcome (a receiver's 500) is a value, not one of these.
enum class errc {
    invalid_argument = 1,  ///< the caller's input is wrong; the message says where
    not_found,
    conflict,  ///< the same key with other content
    refused,   ///< not allowed: egress guard, scope, signature
    too_large,
    over_limit,         ///< a bound is reached: try later
    store_full,         ///< the disk is full: nothing was written, try later
    store_failed,       ///< the store cannot be trusted any more: the process must end
    store_unavailable,  ///< the database cannot be reached now: try later
    corrupt,            ///< stored bytes do not match their checksum
    timed_out,
    connect_failed,
    resolve_failed,
    tls_failed,
    protocol_error,  ///< the peer does not speak HTTP as it should
    connection_closed,
    shutting_down,
    internal,
};

const boost::system::error_category& katydid_category() noexcept;

inline boost::system::error_code make_error_code(errc code) noexcept
{
    return {static_cast<int>(code), katydid_category()};
}

/// A failure: a code for programs and a sentence a person can act on.
struct Error {
    boost::system::error_code code;
    std::string message;

    Error() = default;
    Error(errc error, std::string text) : code{make_error_code(error)}, message{std::move(text)} {}

    friend bool operator==(const Error& error, errc expected) noexcept
    {
        return error.code == make_error_code(expected);
    }
};

/// Thrown by result<T>::value() and by start-up code, which may throw.
class Failure : public std::runtime_error {
public:
    explicit Failure(Error error) : std::runtime_error{error.message}, error_{std::move(error)} {}
    [[nodiscard]] const Error& error() const noexcept { return error_; }

private:
    Error error_;
};

[[noreturn]] void throw_exception_from_error(const Error& error, const boost::source_location&);

template <class T>
using result = boost::system::result<T, Error>;

}  // namespace katydid

namespace boost::system {
template <>
struct is_error_code_enum<katydid::errc> : std::true_type {};
}  // namespace boost::system
