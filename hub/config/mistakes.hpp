// What is wrong with the settings: everything, not only what was found first.
#pragma once

#include "hub/core/error.hpp"

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace katydid::config {

/// Collects mistakes while the settings are read, and remembers where each setting was set, so that
/// checks across settings can name a place too.
///
/// Thread safety: none.
class Mistakes {
public:
    /// \param place  file and line, variable or flag
    /// \param what  what is wrong, and what to do
    void add(std::string_view place, std::string_view what);
    /// A sentence with its place. The same one twice is one mistake.
    void add(std::string sentence);

    /// Notes the error where there is one. Whether there is none.
    template <class T>
    bool note(const result<T>& done)
    {
        if (done.has_error()) add(done.error().message);
        return done.has_value();
    }

    /// A later place wins, as the later value does.
    void set_at(std::string_view key, std::string place);
    /// The value of that key cannot be used: what depends on it is not judged.
    void refuse_key(std::string_view key) { refused_.emplace(key); }
    [[nodiscard]] bool is_refused(std::string_view key) const { return refused_.contains(key); }
    /// The key itself where it was never set.
    [[nodiscard]] std::string place_of(std::string_view key) const;

    /// Two tables of one list cannot have one name.
    void claim(std::string_view list, std::string_view name, std::string place);

    /// A part of the file could not be read: what seems to be missing may be in it.
    void lose_part() { lost_part_ = true; }
    [[nodiscard]] bool has_lost_part() const noexcept { return lost_part_; }

    /// Those of one file, which must be all there are so far, as they stand in it.
    void sort_by_line(const std::string& file);

    [[nodiscard]] const std::vector<std::string>& sentences() const noexcept { return sentences_; }

private:
    std::vector<std::string> sentences_;
    std::map<std::string, std::string, std::less<>> places_;
    std::set<std::string, std::less<>> refused_;
    bool lost_part_ = false;
};

}  // namespace katydid::config
