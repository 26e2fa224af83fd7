// Text of strangers, as it may be shown to people.
#pragma once

#include <string>
#include <string_view>

namespace katydid {

/// C0, DEL and C1: a terminal acts on them.
[[nodiscard]] bool is_control(char32_t code) noexcept;
/// Takes no place, or changes the direction of what stands around it: what people see is then not
/// what is there ("invoice\u202Efdp.exe").
[[nodiscard]] bool is_invisible(char32_t code) noexcept;

/// As JSON writes it: "\u202E", beyond U+FFFF as a pair.
[[nodiscard]] std::string escaped(char32_t code);

/// Control and invisible characters escaped as in JSON, bytes that are no UTF-8 as U+FFFD. Of a
/// JSON text it makes another one of the same value.
[[nodiscard]] std::string visible(std::string_view text);

}  // namespace katydid
