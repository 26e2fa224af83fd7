// Where the values of one JSON text stand, found once for all who ask.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace katydid::json_text {

/// What one walk over a JSON text found: its grammar, and where each value begins and ends.
///
/// A webhook's body is asked for its id, its time and what it is about, and each of its names is
/// looked at. Each such question was a walk of its own.
///
/// It refers to the text, which stays where it is and as it is meanwhile; what changes the text
/// calls clear(). Bounded: of a text with more values than `values_max` it keeps nothing.
/// Thread safety: none.
class Outline {
public:
    static constexpr std::size_t values_max = 4'096;  ///< names of members included

    /// Where a value stands, and where what follows it is written down.
    struct Place {
        std::uint32_t begin;
        std::uint32_t end;
        std::uint32_t next;        ///< the place after this value and all in it
        bool has_escapes = false;  ///< of a string
    };

    /// One value of the text. Valid until the outline is read anew or cleared.
    class Value {
    public:
        [[nodiscard]] std::string_view text() const noexcept
        {
            const auto& here = place();
            return {outline_->text_.data() + here.begin, here.end - here.begin};
        }
        [[nodiscard]] std::size_t begin() const noexcept { return place().begin; }
        /// Of a string: what stands between its quotes, and whether there are escapes in it.
        [[nodiscard]] std::string_view content() const noexcept
        {
            const auto& here = place();
            return {outline_->text_.data() + here.begin + 1, here.end - here.begin - 2};
        }
        [[nodiscard]] bool has_escapes() const noexcept { return place().has_escapes; }
        [[nodiscard]] bool is_object() const noexcept { return first() == '{'; }
        [[nodiscard]] bool is_array() const noexcept { return first() == '['; }

        /// Calls `visit(name, value)` for every member of an object until it returns false. The
        /// name is a string.
        template <class Visit>
        void for_each_member(Visit visit) const
        {
            for (auto at = at_ + 1; at < place().next;) {
                const Value name{outline_, at};
                const Value value{outline_, at + 1};
                if (!visit(name, value)) return;
                at = value.place().next;
            }
        }
        /// Calls `visit(value)` for every element of an array, until it returns false.
        template <class Visit>
        void for_each_element(Visit visit) const
        {
            for (auto at = at_ + 1; at < place().next;) {
                const Value value{outline_, at};
                if (!visit(value)) return;
                at = value.place().next;
            }
        }
        /// As json_text::member.
        [[nodiscard]] std::optional<Value> member(std::string_view name) const;

    private:
        friend Outline;
        Value(const Outline* outline, std::uint32_t at) noexcept : outline_{outline}, at_{at} {}
        [[nodiscard]] const Place& place() const noexcept { return outline_->places_[at_]; }
        [[nodiscard]] char first() const noexcept { return outline_->text_[place().begin]; }

        const Outline* outline_;
        std::uint32_t at_;
    };

    /// Walks over the text. False: it is no JSON, as is_json() says.
    bool read(std::string_view text);
    void clear() noexcept { places_.clear(); }

    /// Whether it holds the values of this text.
    [[nodiscard]] bool is_of(std::string_view text) const noexcept
    {
        return !places_.empty() && text.data() == whole_.data() && text.size() == whole_.size();
    }
    /// The whole value. Only where is_of() said so, as with find().
    [[nodiscard]] Value root() const noexcept { return {this, 0}; }
    /// As json_text::find.
    [[nodiscard]] std::optional<std::string_view> find(std::string_view pointer) const;

private:
    std::string_view whole_;
    std::string_view text_;  ///< without the byte order mark
    std::vector<Place> places_;
};

}  // namespace katydid::json_text
