// Takes members out of JSON text and leaves every other byte as it stands.
#pragma once

#include "hub/core/json/outline.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace katydid::privacy {

/// What a member's name says about it wherever it stands.
struct NameKind {
    bool personal = false;         ///< "email", "customer_email", "billingAddress"
    bool people = false;           ///< "customer", "attendees": an object about people
    bool stays_of_people = false;  ///< of which only these members may stay
};

/// The names of handlers/privacy/personal.json.
class PersonalNames {
public:
    /// Throws std::exception for text that is no such file; the text is part of the program.
    explicit PersonalNames(std::string_view json);

    /// Case, '_' and '-' do not count.
    [[nodiscard]] NameKind kind_of(std::string_view name) const;

private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const noexcept
        {
            return std::hash<std::string_view>{}(text);
        }
    };
    [[nodiscard]] bool may_know(std::string_view plain) const noexcept;
    [[nodiscard]] bool may_end_so(std::string_view plain) const noexcept;

    std::unordered_map<std::string, NameKind, Hash, std::equal_to<>> names_;
    std::vector<std::string> endings_;
    /// Most names are none of these, and their first letter and their length, or their last two
    /// letters, tell so. Both by a letter, with bits for the other.
    std::array<std::uint64_t, 256> sizes_by_first_{};
    std::array<std::uint64_t, 256> last_but_one_{};
};

/// The fields that may pass, as a tree of member names. Elements of arrays count as the array.
struct FieldTree {
    std::map<std::string, FieldTree, std::less<>> members;
    bool whole = false;  ///< everything below may pass as well, but for what is personal

    /// "contactInfo.email"
    void add(std::string_view path);
};

/// What may pass of one kind of document.
struct FieldRules {
    FieldTree listed;                    ///< these, also where their names are personal
    bool all = false;                    ///< and everything else that is not personal
    std::vector<std::string> removed{};  ///< names that never pass unless listed
};

struct FilterHow {
    bool listed_too = true;  ///< false: a personal member goes even where it is listed (an opt-out)
    /// The document is an envelope and the rules are about this member of it; of the others only
    /// what is personal goes. Empty: there is no envelope.
    std::string_view data_member = {};
    /// Where the document's values stand, if that is known; null or of another text: it is not.
    const json_text::Outline* outline = nullptr;
};

/// The text without what may not pass, or nullopt when everything may. One scan, no tree.
/// \param json  valid JSON, in UTF-8
[[nodiscard]] std::optional<std::string>
filter_fields(std::string_view json, const FieldRules& rules, const PersonalNames& names,
              const FilterHow& how = {});

}  // namespace katydid::privacy
