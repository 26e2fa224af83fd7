#include "handlers/privacy/field_filter.hpp"

#include "hub/core/json/scan.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <array>

namespace katydid::privacy {
namespace {

namespace json = boost::json;

/// A name as it is compared: lower case, without '_' and '-'. Longer ones are cut at the front,
/// so that their endings still count.
class Plain {
public:
    explicit Plain(std::string_view name)
    {
        if (name.size() > text_.size()) name.remove_prefix(name.size() - text_.size());
        for (const char c : name) {
            text_[size_] = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
            size_ += c != '_' && c != '-' ? 1 : 0;
        }
    }
    [[nodiscard]] std::string_view text() const { return {text_.data(), size_}; }

private:
    std::array<char, 64> text_{};
    std::size_t size_ = 0;
};

constexpr std::uint64_t bit_of(std::size_t number) noexcept
{
    return std::uint64_t{1} << (number % 64);
}

template <class Insert>
void read_list(const json::value& document, std::string_view member, Insert insert)
{
    for (const auto& name : document.at(member).as_array())
        insert(std::string{std::string_view{name.as_string()}});
}

/// Each level costs some stack. What nests deeper is taken out unread.
constexpr int level_max = 1'000;

/// Where in the document the scan is.
struct Place {
    const FieldTree* tree = nullptr;  ///< of the listed fields; null: none below
    bool all = false;                 ///< what is not listed may pass
    bool people = false;              ///< inside an object about people
    bool roster = false;              ///< the value of such a member: its texts are names
};

/// Copies JSON text member by member. It relies on the text being valid.
///
/// Most documents may pass as they are, so the first scan only looks whether anything must go.
class Copier {
public:
    Copier(std::string_view text, const FieldRules& rules, const PersonalNames& names,
           const FilterHow& how)
        : whole_{text},
          text_{json_text::without_mark(text)},
          rules_{rules},
          names_{names},
          how_{how}
    {}

    std::optional<std::string> run()
    {
        const auto place = how_.data_member.empty() ? data_place() : Place{nullptr, true};
        if (how_.outline != nullptr && how_.outline->is_of(whole_))
            look(how_.outline->root(), place);
        else scan(place);
        if (!changed_) return std::nullopt;
        copies_ = true;
        out_.reserve(text_.size());
        scan(place);
        return std::move(out_);
    }

private:
    void scan(const Place& place)
    {
        at_ = 0;
        depth_ = level_ = 0;
        value(place);
    }

    /// The first scan where it is known what stands where.
    void look(const json_text::Outline::Value& here, const Place& place)
    {
        const bool is_object = here.is_object();
        if (!is_object && !here.is_array()) return;
        if (level_ >= level_max) return note_change();
        ++level_;
        depth_ += is_object ? 1 : 0;
        if (is_object) {
            here.for_each_member([&](const auto& name, const auto& below) {
                at_ = below.begin();
                const auto inner = name.has_escapes()
                                       ? decide(place, json_text::unescaped(name.content()))
                                       : decide(place, name.content());
                if (inner) look(below, *inner);
                else note_change();
                return !changed_;
            });
        } else {
            here.for_each_element([&](const auto& below) {
                at_ = below.begin();
                if (place.roster && peek() == '"') note_change();
                else look(below, place);
                return !changed_;
            });
        }
        depth_ -= is_object ? 1 : 0;
        --level_;
    }
    void put(std::string_view text)
    {
        if (copies_) out_.append(text);
    }
    /// Something must go: the first scan knows enough.
    void note_change()
    {
        changed_ = true;
        if (!copies_) at_ = text_.size();
    }
    [[nodiscard]] Place data_place() const { return {&rules_.listed, rules_.all}; }
    [[nodiscard]] bool ended() const { return at_ >= text_.size(); }
    [[nodiscard]] char peek() const { return ended() ? '\0' : text_[at_]; }
    void skip_space()
    {
        while (!ended() && (peek() == ' ' || peek() == '\n' || peek() == '\t' || peek() == '\r'))
            ++at_;
    }
    void skip_string()
    {
        at_ = std::min(json_text::find_closing_quote(text_, at_ + 1) + 1, text_.size());
    }
    void skip_value()
    {
        int depth = 0;
        while (!ended()) {
            const char c = peek();
            if (c == '"') {
                skip_string();
                if (depth == 0) return;
                continue;
            }
            if (depth == 0 && (c == ',' || c == '}' || c == ']')) return;
            if (c == '{' || c == '[') ++depth;
            if (c == '}' || c == ']') --depth;
            ++at_;
            if (depth == 0 && (c == '}' || c == ']')) return;
        }
    }
    void copy_since(std::size_t begin)
    {
        put(text_.substr(std::min(begin, text_.size()), at_ - begin));
    }

    void value(Place place)
    {
        skip_space();
        const bool nests = peek() == '{' || peek() == '[';
        if (nests && level_ < level_max) {
            ++level_;
            peek() == '{' ? object(place) : array(place);
            --level_;
            return;
        }
        const auto begin = at_;
        skip_value();
        if (!nests) return copy_since(begin);
        note_change();
        put("null");
    }

    void array(Place place)
    {
        put("[");
        ++at_;
        bool wrote = false;
        for (skip_space(); !ended() && peek() != ']'; skip_space()) {
            if (peek() == '}') break;  // this was no JSON
            if (peek() == ',') ++at_;
            skip_space();
            if (place.roster && peek() == '"') {
                note_change();
                skip_value();
                continue;
            }
            if (std::exchange(wrote, true)) put(",");
            value(place);
        }
        at_ = std::min(at_ + 1, text_.size());
        put("]");
    }

    void object(Place place)
    {
        put("{");
        ++at_;
        ++depth_;
        bool wrote = false;
        for (skip_space(); !ended() && peek() != '}'; skip_space()) {
            if (peek() == ',') ++at_;
            skip_space();
            if (peek() != '"') break;  // this was no JSON
            const auto key = at_;
            skip_string();
            const auto key_end = at_;
            skip_space();
            if (ended() || key_end < key + 2) break;  // nor this
            ++at_;                                    // the colon
            skip_space();
            const auto raw = text_.substr(key + 1, key_end - key - 2);
            const auto inner = raw.find('\\') == std::string_view::npos
                                   ? decide(place, raw)
                                   : decide(place, json_text::unescaped(raw));
            if (!inner) {
                note_change();
                skip_value();
                continue;
            }
            if (std::exchange(wrote, true)) put(",");
            put(text_.substr(key, key_end - key));
            put(":");
            value(*inner);
        }
        at_ = std::min(at_ + 1, text_.size());
        --depth_;
        put("}");
    }

    /// Where the scan is inside a member, or nullopt when the member must go.
    std::optional<Place> decide(const Place& place, std::string_view name) const
    {
        const bool in_envelope = depth_ == 1 && !how_.data_member.empty();
        if (in_envelope && name == how_.data_member) return data_place();
        const auto kind = names_.kind_of(name);
        if (const auto* listed = find(place.tree, name)) {
            if (kind.personal && !how_.listed_too) return std::nullopt;
            return Place{listed, listed->whole || (place.all && !kind.personal),
                         place.people || (place.all && kind.people)};
        }
        if (!place.all || kind.personal) return std::nullopt;
        const auto& removed = rules_.removed;
        if (!in_envelope && std::ranges::find(removed, name) != removed.end()) return std::nullopt;
        if (place.people) {
            if (!kind.stays_of_people) return std::nullopt;
            return Place{nullptr, true, true};
        }
        if (kind.people && peek() == '"') return std::nullopt;  // a name and not an object
        return Place{nullptr, true, kind.people, kind.people};
    }

    static const FieldTree* find(const FieldTree* tree, std::string_view name)
    {
        if (tree == nullptr) return nullptr;
        const auto found = tree->members.find(name);
        return found == tree->members.end() ? nullptr : &found->second;
    }

    std::string_view whole_;
    std::string_view text_;  ///< without a byte order mark
    const FieldRules& rules_;
    const PersonalNames& names_;
    const FilterHow how_;
    int depth_ = 0;  ///< of objects
    int level_ = 0;  ///< of objects and arrays
    std::size_t at_ = 0;
    std::string out_;
    bool copies_ = false;
    bool changed_ = false;
};

}  // namespace

PersonalNames::PersonalNames(std::string_view text)
{
    const auto document = json::parse(json::string_view{text.data(), text.size()});
    read_list(document, "names", [&](std::string name) { names_[name].personal = true; });
    read_list(document, "people", [&](std::string name) { names_[name].people = true; });
    read_list(document, "of_people",
              [&](std::string name) { names_[name].stays_of_people = true; });
    read_list(document, "endings", [&](std::string name) { endings_.push_back(std::move(name)); });
    for (const auto& [name, kind] : names_)
        sizes_by_first_[static_cast<unsigned char>(name.front())] |= bit_of(name.size());
    for (const auto& ending : endings_)
        last_but_one_[static_cast<unsigned char>(ending.back())] |= bit_of(*(ending.rbegin() + 1));
}

bool PersonalNames::may_know(std::string_view plain) const noexcept
{
    const auto sizes = sizes_by_first_[static_cast<unsigned char>(plain.front())];
    return (sizes & bit_of(plain.size())) != 0;
}

bool PersonalNames::may_end_so(std::string_view plain) const noexcept
{
    if (plain.size() < 2) return false;
    const auto known = last_but_one_[static_cast<unsigned char>(plain.back())];
    return (known & bit_of(plain[plain.size() - 2])) != 0;
}

NameKind PersonalNames::kind_of(std::string_view name) const
{
    const Plain plain{name};
    const auto text = plain.text();
    if (text.empty()) return {};
    NameKind kind;
    if (may_know(text)) {
        const auto found = names_.find(text);
        if (found != names_.end()) kind = found->second;
    }
    if (!kind.personal && may_end_so(text))
        kind.personal = std::ranges::any_of(
            endings_, [text](const std::string& ending) { return text.ends_with(ending); });
    return kind;
}

void FieldTree::add(std::string_view path)
{
    auto* tree = this;
    for (;;) {
        const auto dot = path.find('.');
        tree = &tree->members[std::string{path.substr(0, dot)}];
        if (dot == std::string_view::npos) break;
        path.remove_prefix(dot + 1);
    }
    tree->whole = true;
}

std::optional<std::string> filter_fields(std::string_view json, const FieldRules& rules,
                                         const PersonalNames& names, const FilterHow& how)
{
    return Copier{json, rules, names, how}.run();
}

}  // namespace katydid::privacy
