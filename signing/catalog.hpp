// The catalog's files, as compiled into the binary. Internal to signing/.
#pragma once

#include <span>
#include <string_view>

namespace katydid::signing {

struct CatalogFile {
    std::string_view name;
    std::string_view text;
};

/// Generated at build time by embed_catalog.cmake.
std::span<const CatalogFile> catalog_files() noexcept;

}  // namespace katydid::signing
