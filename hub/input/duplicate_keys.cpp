#include "hub/input/duplicate_keys.hpp"

#include "hub/core/json/fault.hpp"

#include <boost/json/basic_parser_impl.hpp>

#include <algorithm>
#include <functional>
#include <set>
#include <utility>
#include <vector>

namespace katydid::input {
namespace {

namespace json = boost::json;

/// What the parser calls (Boost.JSON, basic_parser). It keeps the names on the way down, and fails
/// the parse at the first name that comes again.
class Names {
public:
    static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);

    explicit Names(std::string_view opaque) : opaque_{opaque} {}

    std::string pointer() const
    {
        std::string text;
        for (const auto& level : levels_)
            if (!level.is_object) text += "/" + std::to_string(level.values);
            else text = pointer_to(text, level.names.empty() ? "" : level.names.back());
        return text;
    }
    [[nodiscard]] bool found() const { return found_; }

    bool on_document_begin(json::error_code&) { return true; }
    bool on_document_end(json::error_code&) { return true; }
    bool on_object_begin(json::error_code&) { return open(true); }
    bool on_object_end(std::size_t, json::error_code&) { return close(); }
    bool on_array_begin(json::error_code&) { return open(false); }
    bool on_array_end(std::size_t, json::error_code&) { return close(); }
    bool on_key_part(json::string_view part, std::size_t, json::error_code&)
    {
        name_.append(part.data(), part.size());
        return true;
    }
    bool on_key(json::string_view part, std::size_t, json::error_code& error)
    {
        name_.append(part.data(), part.size());
        return take_name(error);
    }
    bool on_string_part(json::string_view, std::size_t, json::error_code&) { return true; }
    bool on_string(json::string_view, std::size_t, json::error_code&) { return count(); }
    bool on_number_part(json::string_view, json::error_code&) { return true; }
    bool on_int64(std::int64_t, json::string_view, json::error_code&) { return count(); }
    bool on_uint64(std::uint64_t, json::string_view, json::error_code&) { return count(); }
    bool on_double(double, json::string_view, json::error_code&) { return count(); }
    bool on_bool(bool, json::error_code&) { return count(); }
    bool on_null(json::error_code&) { return count(); }
    bool on_comment_part(json::string_view, json::error_code&) { return true; }
    bool on_comment(json::string_view, json::error_code&) { return true; }

private:
    struct Level {
        bool is_object;
        std::vector<std::string> names;
        std::set<std::string, std::less<>> many{};  ///< the same, once there are more than a few
        std::size_t values = 0;

        /// Objects with many names are not looked through for each of them.
        bool add(std::string name)
        {
            constexpr std::size_t few = 64;
            bool is_new = true;
            if (names.size() < few) {
                is_new = std::ranges::find(names, name) == names.end();
            } else {
                if (many.empty()) many.insert(names.begin(), names.end());
                is_new = many.insert(name).second;
            }
            names.push_back(std::move(name));
            return is_new;
        }
    };

    bool open(bool is_object)
    {
        if (hidden_ > 0) return hide();
        const bool is_opaque = levels_.size() == 1 && levels_.back().is_object && !opaque_.empty()
                               && levels_.back().names.back() == opaque_;
        if (is_opaque) return hide();
        levels_.push_back({is_object, {}, {}, 0});
        return true;
    }
    bool hide()
    {
        ++hidden_;
        return true;
    }
    bool close()
    {
        if (hidden_ > 0) {
            --hidden_;
            return hidden_ > 0 || count();
        }
        levels_.pop_back();
        return count();
    }
    bool count()
    {
        if (hidden_ == 0 && !levels_.empty()) ++levels_.back().values;
        return true;
    }
    bool take_name(json::error_code& error)
    {
        auto name = std::exchange(name_, {});
        if (hidden_ > 0) return true;
        found_ = !levels_.back().add(std::move(name));
        if (found_) error = json::error::size_mismatch;
        return !found_;
    }

    std::string_view opaque_;
    std::vector<Level> levels_;
    std::string name_;
    std::size_t hidden_ = 0;
    bool found_ = false;
};

constexpr std::size_t depth_max = 64;

}  // namespace

std::optional<std::string> find_duplicate_key(std::string_view text, std::string_view opaque)
{
    json::parse_options options;
    options.max_depth = depth_max;
    json::basic_parser<Names> parser{options, opaque};
    json::error_code error;
    parser.write_some(false, text.data(), text.size(), error);
    if (!parser.handler().found()) return std::nullopt;
    return parser.handler().pointer();
}

}  // namespace katydid::input
