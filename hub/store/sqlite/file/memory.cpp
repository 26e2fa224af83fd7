#include "hub/store/sqlite/file/memory.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdlib>
#include <utility>

namespace katydid::store::sqlite {
namespace {

// A statement takes and gives back memory for each tree it opens and each row it makes. SQLite has
// blocks at hand for that (its lookaside), but many builds, as Debian's, leave them out.

#ifdef __has_feature
constexpr bool is_watched = __has_feature(address_sanitizer);
#elif defined(__SANITIZE_ADDRESS__)
constexpr bool is_watched = true;
#else
constexpr bool is_watched = false;
#endif

constexpr std::size_t step_bytes = 64;
constexpr std::size_t block_bytes_max = 8 * 1024;  ///< larger ones are rare, and malloc's
/// In each thread. None below AddressSanitizer, which would not see a use after the end.
constexpr std::size_t kept_bytes_max = is_watched ? 0 : 128 * 1024;

/// Before each block. What is handed out is aligned as by malloc.
struct alignas(std::max_align_t) Head {
    std::size_t bytes;
    Head* next;
};

/// A connection of a static object may close when its thread's other things are gone.
constinit thread_local bool is_over = false;

/// The free blocks of one thread, by size.
class Kept {
public:
    ~Kept()
    {
        is_over = true;
        for (auto* first : lists_)
            while (Head* const head = first) {
                first = head->next;
                std::free(head);
            }
    }
    [[nodiscard]] Head* take(std::size_t bytes) noexcept
    {
        auto& first = list_of(bytes);
        Head* const head = first;
        if (head == nullptr) return nullptr;
        first = head->next;
        bytes_ -= bytes;
        return head;
    }
    /// False: it keeps enough.
    [[nodiscard]] bool put(Head* head) noexcept
    {
        if (bytes_ + head->bytes > kept_bytes_max) return false;
        auto& first = list_of(head->bytes);
        head->next = std::exchange(first, head);
        bytes_ += head->bytes;
        return true;
    }

private:
    Head*& list_of(std::size_t bytes) noexcept { return lists_[bytes / step_bytes - 1]; }

    std::array<Head*, block_bytes_max / step_bytes> lists_{};
    std::size_t bytes_ = 0;
};

Kept& kept() noexcept
{
    thread_local Kept blocks;
    return blocks;
}

Head* head_of(void* block) noexcept { return static_cast<Head*>(block) - 1; }

int round_up(int bytes) noexcept
{
    constexpr auto step = static_cast<int>(step_bytes);
    constexpr int small_step = 8;
    const int to = bytes <= static_cast<int>(block_bytes_max) ? step : small_step;
    return (std::max(bytes, 1) + to - 1) / to * to;
}

void* allocate(int bytes) noexcept
{
    const auto size = static_cast<std::size_t>(round_up(bytes));
    Head* head = size <= block_bytes_max && !is_over ? kept().take(size) : nullptr;
    if (head == nullptr) head = static_cast<Head*>(std::malloc(sizeof(Head) + size));
    if (head == nullptr) return nullptr;
    head->bytes = size;
    return head + 1;
}

void release(void* block) noexcept
{
    Head* const head = head_of(block);
    if (head->bytes > block_bytes_max || is_over || !kept().put(head)) std::free(head);
}

int size_of(void* block) noexcept
{
    return block != nullptr ? static_cast<int>(head_of(block)->bytes) : 0;
}

void* reallocate(void* block, int bytes) noexcept
{
    const auto size = static_cast<std::size_t>(round_up(bytes));
    auto* const head = static_cast<Head*>(std::realloc(head_of(block), sizeof(Head) + size));
    if (head == nullptr) return nullptr;
    head->bytes = size;
    return head + 1;
}

}  // namespace

void keep_memory_of_sqlite() noexcept
{
    static const sqlite3_mem_methods memory{allocate,     release,  reallocate,
                                            size_of,      round_up, [](void*) { return SQLITE_OK; },
                                            [](void*) {}, nullptr};
    sqlite3_config(SQLITE_CONFIG_MALLOC, &memory);
}

}  // namespace katydid::store::sqlite
