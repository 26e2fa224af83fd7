#include "hub/sso/pages.hpp"

namespace katydid::sso {
namespace {

/// Nobody's frame, nothing from elsewhere, no inline script; a form goes to `form_action` only.
http::Response html_page(unsigned status, std::string_view title, std::string_view body,
                         std::string_view form_action)
{
    http::Response response;
    response.status = status;
    response.content_type = "text/html; charset=utf-8";
    response.body = "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
                    "<meta name=\"viewport\" content=\"width=device-width\">"
                    "<meta name=\"color-scheme\" content=\"light dark\"><title>"
                    + html_escaped(title) + " · Katydid</title></head>\n<body><main><h1>"
                    + html_escaped(title) + "</h1>\n" + std::string{body}
                    + "</main></body></html>\n";
    response.with("Content-Security-Policy",
                  "default-src 'none'; script-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
                  "form-action "
                      + std::string{form_action});
    // With no-referrer a form would be sent with `Origin: null`: a platform could not tell ours
    // from one of another site, which signs people in as somebody else.
    response.with("Cache-Control", "no-store")
        .with("Referrer-Policy", "strict-origin")
        .with("X-Content-Type-Options", "nosniff");
    return response;
}

std::string hidden_field(std::string_view name, std::string_view value)
{
    return "<input type=\"hidden\" name=\"" + std::string{name} + "\" value=\""
           + html_escaped(value) + "\">\n";
}

/// "https://atlvs.example.com:8443" of a URL that was checked.
std::string origin_of(std::string_view url)
{
    return std::string{url.substr(0, url.find('/', url.find("://") + 3))};
}

}  // namespace

std::string html_escaped(std::string_view text)
{
    std::string escaped;
    for (const char c : text) {
        switch (c) {
        case '&': escaped += "&amp;"; break;
        case '<': escaped += "&lt;"; break;
        case '>': escaped += "&gt;"; break;
        case '"': escaped += "&quot;"; break;
        case '\'': escaped += "&#39;"; break;
        default: escaped += c;
        }
    }
    return escaped;
}

http::Response message_page(unsigned status, std::string_view title, std::string_view detail)
{
    const auto body = "<p>" + html_escaped(detail)
                      + "</p>\n<p><a href=\"../console/\">To the console</a>, where an API key "
                        "signs in too.</p>\n";
    return html_page(status, title, body, "'none'");
}

http::Response handover_page(const Handover& handover)
{
    const auto body = "<form id=\"handover\" method=\"post\" action=\""
                      + html_escaped(handover.action) + "\">\n"
                      + hidden_field("token", handover.token)
                      + hidden_field("return_to", handover.return_to) + "<button>Go on to "
                      + html_escaped(handover.platform)
                      + "</button></form>\n<script src=\"handoff.js\"></script>\n";
    return html_page(200, "To " + handover.platform, body, origin_of(handover.action));
}

http::Response handover_script()
{
    auto response = http::Response::text(200, "document.getElementById(\"handover\").submit();\n");
    response.content_type = "text/javascript; charset=utf-8";
    response.with("X-Content-Type-Options", "nosniff").with("Cache-Control", "no-cache");
    return response;
}

http::Response redirect_to(std::string url)
{
    auto response = http::Response::text(303, "");
    response.with("Location", std::move(url)).with("Cache-Control", "no-store");
    response.with("Referrer-Policy", "no-referrer");
    return response;
}

}  // namespace katydid::sso
