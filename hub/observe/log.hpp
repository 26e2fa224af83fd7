// Structured logs: one line an event, fields after the sentence.
#pragma once

#include "hub/core/error.hpp"
#include "hub/core/text/log_level.hpp"

#include <cstdint>
#include <exception>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

namespace katydid::log {

/// A field of a log line. Never a secret: secrets have no conversion to one, and what looks like
/// one in a text is taken out (redact.hpp).
struct Field {
    std::string_view name;
    std::variant<std::string_view, std::int64_t, double, bool> value;

    Field(std::string_view n, std::string_view v) : name{n}, value{v} {}
    Field(std::string_view n, const char* v) : name{n}, value{std::string_view{v}} {}
    Field(std::string_view n, const std::string& v) : name{n}, value{std::string_view{v}} {}
    Field(std::string_view n, bool v) : name{n}, value{v} {}
    Field(std::string_view n, double v) : name{n}, value{v} {}
    template <class Integer>
        requires std::is_integral_v<Integer>
    Field(std::string_view n, Integer v) : name{n},
                                           value{static_cast<std::int64_t>(v)}
    {}
};

/// Before the first line; else text at info on stderr.
void configure(Level level, Format format);
[[nodiscard]] bool is_enabled(Level level) noexcept;
/// Whether what goes well gets its line too, one for each request and each attempt. Off: at debug
/// only, since a busy hub has thousands a second.
void configure_routine(bool is_shown) noexcept;
/// The level of such a line.
[[nodiscard]] Level routine() noexcept;

/// `event` is a short dotted name that stays ("attempt.failed"); `sentence` is for people. Fields
/// have other names than time, level, event and message, which every JSON line has.
void write(Level level, std::string_view event, std::string_view sentence,
           std::initializer_list<Field> fields = {});

inline void debug(std::string_view event, std::string_view sentence,
                  std::initializer_list<Field> fields = {})
{
    if (is_enabled(Level::debug)) write(Level::debug, event, sentence, fields);
}
inline void info(std::string_view event, std::string_view sentence,
                 std::initializer_list<Field> fields = {})
{
    if (is_enabled(Level::info)) write(Level::info, event, sentence, fields);
}
inline void warn(std::string_view event, std::string_view sentence,
                 std::initializer_list<Field> fields = {})
{
    if (is_enabled(Level::warn)) write(Level::warn, event, sentence, fields);
}
inline void error(std::string_view event, std::string_view sentence,
                  std::initializer_list<Field> fields = {})
{
    if (is_enabled(Level::error)) write(Level::error, event, sentence, fields);
}

/// A completion handler of asio::co_spawn: an exception or error that ended it is this event.
struct OnFailure {
    std::string event;

    void operator()(const std::exception_ptr& exception) const;
    template <class T>
    void operator()(const std::exception_ptr& exception, const result<T>& ended) const
    {
        if (exception || ended) (*this)(exception);
        else error(event, ended.error().message);
    }
};

}  // namespace katydid::log
