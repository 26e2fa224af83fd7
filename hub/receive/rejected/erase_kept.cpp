#include "hub/receive/rejected/erase_kept.hpp"

#include "hub/core/codec/gzip.hpp"
#include "hub/core/json/scan.hpp"
#include "hub/core/codec/percent.hpp"

#include <algorithm>

namespace katydid::receive {
namespace {

constexpr std::uint32_t page_size = 250;
constexpr std::size_t body_bytes_max = 64 * 1024 * 1024;

bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'
           || static_cast<unsigned char>(c) >= 0x80;
}

/// "7" stands in "id=7" and not in "17".
bool has_word(std::string_view text, std::string_view word)
{
    if (word.empty()) return false;
    for (auto at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
        const auto end = at + word.size();
        const bool begins = at == 0 || !is_word(text[at - 1]) || !is_word(word.front());
        const bool ends = end == text.size() || !is_word(text[end]) || !is_word(word.back());
        if (begins && ends) return true;
    }
    return false;
}

bool tells(std::string_view text, std::string_view subject)
{
    if (has_word(text, subject)) return true;
    if (text.find('\\') != std::string_view::npos && has_word(json_text::unescaped(text), subject))
        return true;
    if (text.find_first_of("%+") == std::string_view::npos) return false;
    const auto decoded = percent_decode(text, PlusSign::space);
    return decoded && has_word(*decoded, subject);
}

awaitable<result<bool>> erase_one(store::RejectedWebhooks& store, const signing::Vault& vault,
                                  TenantId tenant, RejectedId id, const std::string& subject)
{
    const auto row = co_await store.rejected(tenant, id);
    if (!row) co_return row.error();
    const auto request = open(*row, vault);
    if (request && !mentions(*request, subject)) co_return false;
    const auto removed = co_await store.delete_rejected(tenant, id);
    if (!removed) co_return removed.error();
    co_return true;
}

}  // namespace

bool mentions(const KeptRequest& request, std::string_view subject)
{
    if (tells(request.target, subject) || tells(request.body, subject)) return true;
    if (is_gzipped(request.headers)) {
        const auto body = gunzip(request.body, body_bytes_max);
        if (body && tells(*body, subject)) return true;
    }
    return std::ranges::any_of(request.headers,
                               [&](const Header& header) { return tells(header.value, subject); });
}

awaitable<result<std::uint64_t>> erase_kept(store::RejectedWebhooks& store,
                                            const signing::Vault& vault, TenantId tenant,
                                            std::string subject)
{
    std::uint64_t count = 0;
    store::RejectedQuery query;
    query.tenant = tenant;
    query.limit = page_size;
    for (;;) {
        const auto rows = co_await store.rejected(query);
        if (!rows) co_return rows.error();
        for (const auto& row : *rows) {
            const auto erased = co_await erase_one(store, vault, tenant, row.id, subject);
            // Gone meanwhile: it made room, or somebody took it out.
            if (!erased && erased.error() != errc::not_found) co_return erased.error();
            if (erased && *erased) ++count;
        }
        if (rows->size() < page_size) co_return count;
        query.cursor = rows->back().id;
    }
}

}  // namespace katydid::receive
