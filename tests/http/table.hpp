// Case tables that are files: tests/http/cases.
#pragma once

#include <charconv>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace katydid::test {

struct TableLine {
    int number = 0;
    std::string text;
};

/// The lines that are neither empty nor comments. Throws when the file is not there.
inline std::vector<TableLine> read_table(const std::string& name)
{
    std::ifstream file{std::string{KATYDID_CASES} + "/" + name};
    if (!file) throw std::runtime_error{"no case table " + name};
    std::vector<TableLine> lines;
    std::string text;
    for (int number = 1; std::getline(file, text); ++number)
        if (!text.empty() && text.front() != '#') lines.push_back({number, text});
    return lines;
}

/// "\\r", "\\n", "\\t", "\\xHH", "\\\\" and "\\{a*9000}".
inline std::string unescape(std::string_view text)
{
    std::string bytes;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\\') {
            bytes.push_back(text[i]);
            continue;
        }
        const char kind = text.at(++i);
        if (kind == 'r') bytes.push_back('\r');
        else if (kind == 'n') bytes.push_back('\n');
        else if (kind == 't') bytes.push_back('\t');
        else if (kind == '\\') bytes.push_back('\\');
        else if (kind == 'x') {
            unsigned byte = 0;
            std::from_chars(text.data() + i + 1, text.data() + i + 3, byte, 16);
            bytes.push_back(static_cast<char>(byte));
            i += 2;
        } else if (kind == '{') {
            std::size_t count = 0;
            const auto end = text.find('}', i);
            std::from_chars(text.data() + i + 3, text.data() + end, count);
            bytes.append(count, text.at(i + 1));
            i = end;
        } else {
            throw std::runtime_error{"unknown escape"};
        }
    }
    return bytes;
}

}  // namespace katydid::test
