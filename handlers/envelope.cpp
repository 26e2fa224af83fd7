#include "handlers/envelope.hpp"

#include "handlers/json_member.hpp"

#include <boost/json.hpp>
#include <boost/json/basic_parser_impl.hpp>

#include <limits>

namespace katydid::handlers {
namespace {

namespace json = boost::json;

constexpr std::size_t depth_max = 32;

/// Hears what a parser finds and keeps none of it.
struct Ignore {
    using Text = json::string_view;
    using Code = boost::system::error_code;
    static constexpr auto unlimited = std::numeric_limits<std::size_t>::max();
    static constexpr std::size_t max_object_size = unlimited;
    static constexpr std::size_t max_array_size = unlimited;
    static constexpr std::size_t max_key_size = unlimited;
    static constexpr std::size_t max_string_size = unlimited;

    static bool on_document_begin(Code&) { return true; }
    static bool on_document_end(Code&) { return true; }
    static bool on_object_begin(Code&) { return true; }
    static bool on_object_end(std::size_t, Code&) { return true; }
    static bool on_array_begin(Code&) { return true; }
    static bool on_array_end(std::size_t, Code&) { return true; }
    static bool on_key_part(Text, std::size_t, Code&) { return true; }
    static bool on_key(Text, std::size_t, Code&) { return true; }
    static bool on_string_part(Text, std::size_t, Code&) { return true; }
    static bool on_string(Text, std::size_t, Code&) { return true; }
    static bool on_number_part(Text, Code&) { return true; }
    static bool on_int64(std::int64_t, Text, Code&) { return true; }
    static bool on_uint64(std::uint64_t, Text, Code&) { return true; }
    static bool on_double(double, Text, Code&) { return true; }
    static bool on_bool(bool, Code&) { return true; }
    static bool on_null(Code&) { return true; }
    static bool on_comment_part(Text, Code&) { return true; }
    static bool on_comment(Text, Code&) { return true; }
};

/// Keeps the two values of an envelope that become facts: the time at its top, the data's id.
/// No tree is built, since this runs for every received event.
class FactFinder : public Ignore {
public:
    FactFinder(std::string_view time, std::string_view data) : time_{time}, data_{data} {}

    bool on_object_begin(Code&)
    {
        if (level_ == 0) is_object_ = true;
        if (level_ == 1 && key_ == data_) in_data_ = true;
        enter();
        return true;
    }
    bool on_object_end(std::size_t, Code&)
    {
        leave();
        if (level_ == 1) in_data_ = false;
        return true;
    }
    bool on_array_begin(Code&) { return enter(), true; }
    bool on_array_end(std::size_t, Code&) { return leave(), true; }
    bool on_key_part(Text text, std::size_t, Code&) { return add_to_key(text), true; }
    bool on_key(Text text, std::size_t, Code&)
    {
        add_to_key(text);
        is_key_whole_ = true;
        wanted_ = level_ == 1 && key_ == time_              ? &when
                  : level_ == 2 && in_data_ && key_ == "id" ? &id
                                                            : nullptr;
        if (wanted_ != nullptr) wanted_->clear();  // of duplicates the last counts
        if (level_ == 1 && key_ == data_) id.clear();
        return true;
    }
    bool on_string_part(Text text, std::size_t, Code&) { return keep(text), true; }
    bool on_string(Text text, std::size_t, Code&)
    {
        keep(text);
        wanted_ = nullptr;
        return true;
    }
    bool on_int64(std::int64_t number, Text, Code&) { return keep_number(number), true; }
    bool on_uint64(std::uint64_t number, Text, Code&) { return keep_number(number), true; }
    bool on_double(double, Text, Code&) { return wanted_ = nullptr, true; }
    bool on_bool(bool, Code&) { return wanted_ = nullptr, true; }
    bool on_null(Code&) { return wanted_ = nullptr, true; }

    [[nodiscard]] bool is_object() const noexcept { return is_object_; }
    std::string when;
    std::string id;

private:
    void enter()
    {
        ++level_;
        wanted_ = nullptr;
    }
    void leave() { --level_; }
    void add_to_key(Text text)
    {
        if (std::exchange(is_key_whole_, false)) key_.clear();
        if (level_ <= 2) key_.append(text.data(), text.size());
    }
    void keep(Text text)
    {
        if (wanted_ != nullptr) wanted_->append(text.data(), text.size());
    }
    template <class Number>
    void keep_number(Number number)
    {
        if (wanted_ == &id) id = std::to_string(number);
        wanted_ = nullptr;
    }

    std::string_view time_;
    std::string_view data_;
    std::string key_;
    std::string* wanted_ = nullptr;
    int level_ = 0;
    bool is_object_ = false;
    bool is_key_whole_ = true;
    bool in_data_ = false;
};

/// What makes the text no JSON, if anything does.
template <class Handler>
boost::system::error_code parse(json::basic_parser<Handler>& parser, std::string_view text)
{
    boost::system::error_code error;
    const auto read = parser.write_some(false, text.data(), text.size(), error);
    if (!error && read < text.size()) error = json::error::extra_data;
    return error;
}

json::parse_options strict()
{
    json::parse_options options;
    options.max_depth = depth_max;
    return options;
}

bool is_json(std::string_view text)
{
    json::basic_parser<Ignore> parser{strict()};
    return !parse(parser, text);
}

bool has_string(std::string_view text, std::string_view name)
{
    const auto member = find_member(text, name);
    return member && member->is_string();
}

std::optional<Opened> open_as(Shape shape, std::string_view text, std::string_view data)
{
    const auto inner = find_member(text, data);
    if (!inner) return std::nullopt;
    return Opened{shape, inner->text};
}

std::optional<Opened> open_known(std::string_view text)
{
    if (has_string(text, "name") && has_string(text, "occurredAt"))
        return open_as(Shape::atlvs, text, "payload");
    if (has_string(text, "event")) return open_as(Shape::grasshopper, text, "data");
    if (has_string(text, "type") && has_string(text, "timestamp"))
        return open_as(Shape::standard, text, "data");
    return std::nullopt;
}

}  // namespace

result<Opened> open_envelope(const Event& event)
{
    const std::string_view text = event.payload ? std::string_view{*event.payload} : "";
    if (!is_json(text))
        return Error{errc::invalid_argument, "the payload is not JSON, which this dialect needs"};
    const bool is_published = event.source.empty();
    if (!is_published)
        if (const auto opened = open_known(text)) return *opened;
    return Opened{Shape::plain, text};
}

result<Facts> read_envelope_facts(std::string_view body, std::string_view time,
                                  std::string_view data)
{
    json::basic_parser<FactFinder> parser{strict(), time, data};
    if (const auto error = parse(parser, body))
        return Error{errc::invalid_argument, "the body is not JSON: " + error.message()};
    auto& found = parser.handler();
    if (!found.is_object()) return Error{errc::invalid_argument, "the body is not a JSON object"};
    Facts facts;
    if (!found.when.empty()) facts.occurred_at = parse_rfc3339(found.when);
    facts.key = std::move(found.id);
    return facts;
}

std::string quote_json(std::string_view text) { return json::serialize(json::string_view{text}); }

}  // namespace katydid::handlers
