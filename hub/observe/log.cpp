#include "hub/observe/log.hpp"

#include "hub/core/async/asio.hpp"
#include "hub/core/clock.hpp"
#include "hub/core/codec/utf8.hpp"
#include "hub/core/text/visible.hpp"
#include "hub/observe/redact.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>

#include <unistd.h>

#include <array>
#include <atomic>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <mutex>

namespace katydid::log {
namespace {

constexpr std::array<std::string_view, 4> level_names{"debug", "info", "warn", "error"};
constexpr std::array<std::string_view, 4> level_colours{"\x1b[36m", "\x1b[32m", "\x1b[33m",
                                                        "\x1b[31m"};

std::atomic<Level> level_min = Level::info;
std::atomic<Format> format_of_lines = Format::text;
std::mutex one_line;

template <class T>
T of(const std::array<T, 4>& table, Level level)
{
    return table[static_cast<std::size_t>(level)];
}

bool is_coloured()
{
    const char* const terminal = std::getenv("TERM");
    static const bool is_terminal = ::isatty(STDERR_FILENO) == 1 && terminal != nullptr
                                    && std::string_view{terminal} != "dumb"
                                    && std::getenv("NO_COLOR") == nullptr;
    return is_terminal;
}

std::atomic<bool> routine_is_shown = false;

/// A JSON text. Strangers' bytes may be anything; those that are not UTF-8 become U+FFFD, and what
/// people would not see, or see elsewhere than it stands, is written out.
std::string quote(std::string_view text)
{
    return visible(boost::json::serialize(boost::json::string{as_utf8(text)}));
}

bool needs_quotes(std::string_view text) noexcept
{
    for (const char c : text)
        if (static_cast<unsigned char>(c) <= ' ' || c == '"' || c == '=' || c == 0x7f) return true;
    return text.empty();
}

std::string number(double value)
{
    std::array<char, 32> buffer{};
    const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
    return error == std::errc{} ? std::string{buffer.data(), end} : "0";
}

std::string value_text(const Field& field, bool always_quote)
{
    struct Visitor {
        bool always_quote;
        std::string operator()(std::string_view v) const
        {
            const auto safe = redact(v);
            if (safe) v = *safe;
            return always_quote || needs_quotes(v) ? quote(v) : visible(v);
        }
        std::string operator()(std::int64_t v) const { return std::to_string(v); }
        std::string operator()(double v) const { return number(v); }
        std::string operator()(bool v) const { return v ? "true" : "false"; }
    };
    return std::visit(Visitor{always_quote}, field.value);
}

/// A field without a text says nothing: it is left out.
bool is_blank(const Field& field) noexcept
{
    const auto* text = std::get_if<std::string_view>(&field.value);
    return text != nullptr && text->empty();
}

std::string text_line(Level level, std::string_view event, std::string_view sentence,
                      std::initializer_list<Field> fields)
{
    auto line = to_rfc3339(system_clock().now()) + ' ';
    if (is_coloured()) line.append(of(level_colours, level));
    line.append(of(level_names, level)).append(5 - of(level_names, level).size(), ' ');
    if (is_coloured()) line.append("\x1b[0m");
    line.append(" ").append(event).append(": ");
    line.append(visible(sentence));  // one line, whatever it quotes
    for (const auto& field : fields)
        if (!is_blank(field))
            line.append(" ").append(field.name).append("=").append(value_text(field, false));
    return line;
}

std::string json_line(Level level, std::string_view event, std::string_view sentence,
                      std::initializer_list<Field> fields)
{
    auto line = R"({"time":")" + to_rfc3339(system_clock().now());
    line.append(R"(","level":")").append(of(level_names, level));
    line.append(R"(","event":)").append(quote(event));
    line.append(R"(,"message":)").append(quote(sentence));
    for (const auto& field : fields)
        if (!is_blank(field))
            line.append(",").append(quote(field.name)).append(":").append(value_text(field, true));
    return line + '}';
}

}  // namespace

void configure(Level level, Format format)
{
    level_min = level;
    format_of_lines = format;
}

void configure_routine(bool is_shown) noexcept { routine_is_shown = is_shown; }

Level routine() noexcept
{
    return routine_is_shown.load(std::memory_order_relaxed) ? Level::info : Level::debug;
}

bool is_enabled(Level level) noexcept { return level >= level_min.load(std::memory_order_relaxed); }

void write(Level level, std::string_view event, std::string_view sentence,
           std::initializer_list<Field> fields)
{
    if (!is_enabled(level)) return;
    const auto safe = redact(sentence);
    if (safe) sentence = *safe;
    const auto line = (format_of_lines == Format::json ? json_line(level, event, sentence, fields)
                                                       : text_line(level, event, sentence, fields))
                      + '\n';
    const std::scoped_lock lock{one_line};
    std::fwrite(line.data(), 1, line.size(), stderr);
}

void OnFailure::operator()(const std::exception_ptr& exception) const
{
    if (exception) error(event, describe(exception));
}

}  // namespace katydid::log
