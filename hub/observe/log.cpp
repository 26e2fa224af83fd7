#include "hub/observe/log.hpp"

#include "hub/core/codec/utf8.hpp"
#include "hub/core/visible.hpp"
#include "hub/observe/redact.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <array>
#include <atomic>
#include <charconv>
#include <memory>

namespace katydid::log {
namespace {

spdlog::level::level_enum to_spdlog(Level level) noexcept
{
    switch (level) {
    case Level::debug: return spdlog::level::debug;
    case Level::info: return spdlog::level::info;
    case Level::warn: return spdlog::level::warn;
    case Level::error: return spdlog::level::err;
    }
    return spdlog::level::info;
}

constexpr std::array<std::string_view, 4> level_names{"debug", "info", "warn", "error"};

struct Logger {
    std::shared_ptr<spdlog::logger> sink = spdlog::stderr_color_mt("katydid");
    Format format = Format::text;
};

Logger& logger()
{
    static Logger instance = [] {
        Logger made;
        made.sink->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %^%-5l%$ %v", spdlog::pattern_time_type::utc);
        made.sink->set_level(spdlog::level::info);
        return made;
    }();
    return instance;
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

std::string text_line(std::string_view event, std::string_view sentence,
                      std::initializer_list<Field> fields)
{
    std::string line;
    line.append(event).append(": ").append(visible(sentence));  // one line, whatever it quotes
    for (const auto& field : fields)
        line.append(" ").append(field.name).append("=").append(value_text(field, false));
    return line;
}

std::string json_line(Level level, std::string_view event, std::string_view sentence,
                      std::initializer_list<Field> fields)
{
    std::string line = R"(,"level":")";
    line.append(level_names[static_cast<std::size_t>(level)]);
    line.append(R"(","event":)")
        .append(quote(event))
        .append(R"(,"message":)")
        .append(quote(sentence));
    for (const auto& field : fields)
        line.append(",").append(quote(field.name)).append(":").append(value_text(field, true));
    line.append("}");
    return line;
}

}  // namespace

void configure(Level level, Format format)
{
    auto& instance = logger();
    instance.format = format;
    instance.sink->set_level(to_spdlog(level));
    if (format == Format::json)
        instance.sink->set_pattern(R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ"%v)",
                                   spdlog::pattern_time_type::utc);
}

void configure_routine(bool is_shown) noexcept { routine_is_shown = is_shown; }

Level routine() noexcept
{
    return routine_is_shown.load(std::memory_order_relaxed) ? Level::info : Level::debug;
}

bool is_enabled(Level level) noexcept { return logger().sink->should_log(to_spdlog(level)); }

void write(Level level, std::string_view event, std::string_view sentence,
           std::initializer_list<Field> fields)
{
    auto& instance = logger();
    const auto safe = redact(sentence);
    if (safe) sentence = *safe;
    const auto line = instance.format == Format::json ? json_line(level, event, sentence, fields)
                                                      : text_line(event, sentence, fields);
    instance.sink->log(to_spdlog(level), spdlog::string_view_t{line.data(), line.size()});
}

}  // namespace katydid::log
