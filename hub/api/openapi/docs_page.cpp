#include "hub/api/openapi/docs_page.hpp"

#include "hub/core/codec/embedded.hpp"

#include <vector>

#ifdef KATYDID_RENDERER_FILE
asm(".pushsection .rodata\n"
    "katydid_renderer: .incbin \"" KATYDID_RENDERER_FILE "\"\n"
    "katydid_renderer_end:\n"
    ".popsection\n");
extern "C" const char katydid_renderer[], katydid_renderer_end[];
#endif

namespace katydid::api {

namespace docs {
extern const EmbeddedFiles embedded_files;
}

namespace {

constexpr std::string_view html_type = "text/html; charset=utf-8";
constexpr std::string_view script_type = "text/javascript; charset=utf-8";

std::vector<DocsFile> files()
{
    std::vector<DocsFile> made;
    for (const auto& file : docs::embedded_files) {
        const bool is_page = file.name.ends_with(".html");
        made.push_back(
            {is_page ? "/docs" : "/docs/start.js", is_page ? html_type : script_type, file.text});
    }
#ifdef KATYDID_RENDERER_FILE
    made.push_back({"/docs/renderer.js",
                    script_type,
                    {katydid_renderer, katydid_renderer_end},
                    "\"" KATYDID_RENDERER_VERSION "\""});
#endif
    return made;
}

}  // namespace

std::span<const DocsFile> docs_files()
{
    static const auto all = files();
    return all;
}

std::string_view docs_policy() noexcept
{
    // The renderer writes its styles into the page; scripts come as files only.
    return "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; "
           "connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; "
           "frame-ancestors 'none'";
}

}  // namespace katydid::api
