#include "hub/config/header_lines.hpp"

#include "hub/core/text/reserved.hpp"
#include "hub/core/text/text.hpp"

namespace katydid::config {

result<Headers> parse_header_lines(std::string_view text)
{
    Headers headers;
    for (std::size_t number = 1; !text.empty(); ++number) {
        const auto end = text.find('\n');
        const auto line = trimmed(text.substr(0, end), " \t\r");
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (line.empty()) continue;
        const auto colon = line.find(':');
        const auto name = trimmed(line.substr(0, colon));
        const auto value = colon == std::string_view::npos ? std::string_view{}
                                                           : trimmed(line.substr(colon + 1));
        const auto place = "line " + std::to_string(number);
        if (value.empty() || !is_header_safe(name, value))
            return Error{errc::invalid_argument,
                         place + " is no header: write Name: value, one a line"};
        if (!is_settable_header(name))
            return Error{errc::invalid_argument, place + ": the hub writes \"" + std::string{name}
                                                     + "\" itself: leave it out"};
        headers.push_back({std::string{name}, std::string{value}});
    }
    return headers;
}

}  // namespace katydid::config
