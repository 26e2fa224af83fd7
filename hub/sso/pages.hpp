// The few pages that are shown on the way of a person.
#pragma once

#include "hub/http/message/message.hpp"

#include <string>
#include <string_view>

namespace katydid::sso {

/// Text as HTML shows it, also inside of quotes.
[[nodiscard]] std::string html_escaped(std::string_view text);

/// A page that says something and leads to the console.
/// \param detail  plain text
[[nodiscard]] http::Response message_page(unsigned status, std::string_view title,
                                          std::string_view detail);

/// A page whose form takes somebody on; a script sends it, a button does without scripts.
struct Handover {
    std::string platform;  ///< its name
    std::string action;    ///< where the form goes
    std::string token;
    std::string return_to;
};
[[nodiscard]] http::Response handover_page(const Handover& handover);
[[nodiscard]] http::Response handover_script();

/// 303 to another page.
[[nodiscard]] http::Response redirect_to(std::string url);

}  // namespace katydid::sso
