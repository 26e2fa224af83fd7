#include "signing/request/parameters.hpp"

#include "hub/core/text/text.hpp"
#include "hub/core/codec/encoding.hpp"
#include "signing/algorithms/work.hpp"

#include <array>
#include <span>

namespace katydid::signing {

std::string_view take_item(std::string_view& list, std::string_view separator) noexcept
{
    const auto end = separator.empty() ? std::string_view::npos : list.find(separator);
    const auto item = list.substr(0, end);
    list.remove_prefix(end == std::string_view::npos ? list.size() : end + separator.size());
    return trimmed(item);
}

std::string url_decoded(std::string_view text, bool plus_is_space)
{
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        std::array<char, 1> byte{};
        if (text[i] == '%' && decode(Encoding::hex, text.substr(i + 1, 2), byte) == 1U) {
            out += byte[0];
            i += 2;
        } else {
            out += plus_is_space && text[i] == '+' ? ' ' : text[i];
        }
    }
    return out;
}

std::string_view query_of(std::string_view target) noexcept
{
    const auto mark = target.find('?');
    if (mark == std::string_view::npos) return {};
    target.remove_prefix(mark + 1);
    return target.substr(0, target.find('#'));
}

std::optional<Parameters> parse_parameters(std::string_view text)
{
    count_work(text.size());
    Parameters parameters;
    while (!text.empty()) {
        const auto end = text.find('&');
        const auto item = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (item.empty()) continue;
        if (parameters.size() == parameters_max) return std::nullopt;
        const auto equals = item.find('=');
        const auto value = equals == std::string_view::npos ? std::string_view{}
                                                            : item.substr(equals + 1);
        parameters.emplace_back(url_decoded(item.substr(0, equals), true),
                                url_decoded(value, true));
    }
    return parameters;
}

}  // namespace katydid::signing
