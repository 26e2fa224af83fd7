// The files of the page, as the build made them from web/: compressed, and inside the program.
#include "hub/api/access/portal_links.hpp"
#include "hub/console/console.hpp"
#include "hub/core/codec/encoding.hpp"

#include <array>

#ifdef KATYDID_CONSOLE_FOLDER
asm(".pushsection .rodata\n"
    "katydid_console_index: .incbin \"" KATYDID_CONSOLE_FOLDER "/index.html.gz\"\n"
    "katydid_console_script: .incbin \"" KATYDID_CONSOLE_FOLDER "/app.js.gz\"\n"
    "katydid_console_style: .incbin \"" KATYDID_CONSOLE_FOLDER "/app.css.gz\"\n"
    "katydid_console_icon: .incbin \"" KATYDID_CONSOLE_FOLDER "/icon.svg.gz\"\n"
    "katydid_console_editor: .incbin \"" KATYDID_CONSOLE_FOLDER "/editor.js.gz\"\n"
    "katydid_console_widgets: .incbin \"" KATYDID_CONSOLE_FOLDER "/widgets.js.gz\"\n"
    "katydid_console_end:\n"
    ".popsection\n");
extern "C" const char katydid_console_index[], katydid_console_script[], katydid_console_style[],
    katydid_console_icon[], katydid_console_editor[], katydid_console_widgets[],
    katydid_console_end[];
#endif

namespace katydid::console {
namespace {

/// No inline script or style, nothing from elsewhere, and no text can become markup (trusted
/// types). https://www.w3.org/TR/CSP3/
std::string policy_of(api::Page page, std::string_view frame_ancestors)
{
    // A tenant's logo is in its settings, as data.
    const auto* const images = page == api::Page::portal ? "'self' data:" : "'self'";
    return "default-src 'none'; script-src 'self'; style-src 'self'; img-src " + std::string{images}
           + "; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors "
           + std::string{frame_ancestors}
           + "; require-trusted-types-for 'script'; trusted-types 'none'";
}

struct File {
    std::string_view name;  ///< below /console/ and /portal/
    std::string_view content_type;
    std::string_view bytes;  ///< gzip
    std::string tag;         ///< ETag
};

#ifdef KATYDID_CONSOLE_FOLDER
File make_file(std::string_view name, std::string_view content_type, std::string_view bytes)
{
    const auto hash = api::hash_api_key(bytes).substr(0, 12);
    return {name, content_type, bytes, '"' + encode(Encoding::base64url, hash) + '"'};
}

const std::array<File, 5>& files()
{
    static const std::array<File, 5> made{
        make_file("", "text/html; charset=utf-8", {katydid_console_index, katydid_console_script}),
        make_file("app.js", "text/javascript; charset=utf-8",
                  {katydid_console_script, katydid_console_style}),
        make_file("app.css", "text/css; charset=utf-8",
                  {katydid_console_style, katydid_console_icon}),
        make_file("icon.svg", "image/svg+xml", {katydid_console_icon, katydid_console_editor}),
        make_file("editor.js", "text/javascript; charset=utf-8",
                  {katydid_console_editor, katydid_console_widgets})};
    return made;
}

const File& widgets()
{
    static const auto made = make_file("widgets.js", "text/javascript; charset=utf-8",
                                       {katydid_console_widgets, katydid_console_end});
    return made;
}
#else
std::array<File, 0> files() { return {}; }
#endif

/// The bytes, or 304 to who has them.
http::Response send(const File& file, const http::Request& request)
{
    http::Response response;
    response.content_type = std::string{file.content_type};
    response.with("ETag", file.tag)
        .with("Cache-Control", "no-cache")
        .with("X-Content-Type-Options", "nosniff");
    if (request.header("if-none-match") == file.tag) {
        response.status = 304;
        return response;
    }
    // Every browser that runs the page reads gzip, and the program holds nothing else.
    response.with("Content-Encoding", "gzip");
    response.body = file.bytes;
    return response;
}

http::Response answer(const File& file, const http::Request& request, std::string policy)
{
    auto response = send(file, request);
    response.with("Content-Security-Policy", std::move(policy))
        .with("Cross-Origin-Opener-Policy", "same-origin")
        .with("Referrer-Policy", "no-referrer");
    return response;
}

#ifdef KATYDID_CONSOLE_FOLDER
/// A script for pages of other sites. It holds nothing secret.
awaitable<http::Response> answer_widgets(http::Request& request)
{
    auto response = send(widgets(), request);
    response.with("Access-Control-Allow-Origin", "*")
        .with("Cross-Origin-Resource-Policy", "cross-origin");
    co_return response;
}
#endif

awaitable<http::Response> redirect(http::Request& request)
{
    // Relative, so that a path prefix before the hub stays.
    const auto place = request.path.substr(1) + "/";
    auto response = http::Response::text(308, "The page is at " + place + ".");
    response.with("Location", place);
    co_return response;
}

/// Only the portal, and only where its link says so, is shown in a frame.
std::string frame_ancestors(const api::Context& context, api::Page page,
                            const http::Request& request)
{
    if (page == api::Page::console) return "'none'";
    const auto text = request.query_parameter("frame");
    if (!text) return "'none'";
    const auto frame = api::portal_links_of(context).read_frame(*text);
    return frame ? frame->origins : "'none'";
}

void add_page(http::Router& router, const api::Context& context, api::Page page,
              std::string_view folder)
{
    for (const auto& file : files()) {
        http::Route route;
        route.method = "GET";
        route.pattern = std::string{folder} + "/" + std::string{file.name};
        route.handle = [context, page, &file](http::Request& request) -> awaitable<http::Response> {
            auto policy = policy_of(page, frame_ancestors(context, page, request));
            co_return answer(file, request, std::move(policy));
        };
        router.add(std::move(route));
    }
    http::Route entry;
    entry.method = "GET";
    entry.pattern = folder;
    entry.handle = redirect;
    router.add(std::move(entry));
}

}  // namespace

bool is_built_in() noexcept
{
#ifdef KATYDID_CONSOLE_FOLDER
    return true;
#else
    return false;
#endif
}

void add_file_routes(http::Router& router, const api::Context& context)
{
    add_page(router, context, api::Page::console, "/console");
    add_page(router, context, api::Page::portal, "/portal");
}

void add_widget_routes(http::Router& router)
{
#ifdef KATYDID_CONSOLE_FOLDER
    http::Route route;
    route.method = "GET";
    route.pattern = "/embed/widgets.js";
    route.handle = answer_widgets;
    router.add(std::move(route));
#else
    static_cast<void>(router);
#endif
}

void add_routes(http::Router& router, const api::Context& context)
{
    if (!is_built_in()) return;
    add_file_routes(router, context);
    add_session_routes(router, context);
}

}  // namespace katydid::console
