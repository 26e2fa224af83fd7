#include "hub/cli/listen/view.hpp"

#include "hub/cli/terminal/terminal.hpp"
#include "hub/core/codec/utf8.hpp"
#include "hub/core/json/write.hpp"
#include "hub/http/message/message.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>

namespace katydid::cli {
namespace {

namespace json = boost::json;
using Lines = std::vector<std::string>;

constexpr std::size_t frame_rows = 4;  ///< two above, a title, one below
constexpr std::size_t pretty_bytes_max = 256 * 1024;
constexpr std::size_t time_columns = 8;
constexpr std::size_t status_columns = 6;
constexpr std::size_t source_columns = 14;
constexpr std::size_t duration_columns = 9;

/// "18:04:05".
std::string clock_text(Timestamp time, std::chrono::seconds offset)
{
    return to_rfc3339(time + offset).substr(11, 8);
}

void pretty(const json::value& value, std::string indent, std::string& text)
{
    const auto inner = indent + "  ";
    const auto begin_item = [&](bool& is_first) {
        text += is_first ? "\n" : ",\n";
        text += inner;
        is_first = false;
    };
    bool is_first = true;
    if (const auto* object = value.if_object(); object != nullptr && !object->empty()) {
        text += '{';
        for (const auto& [name, member] : *object) {
            begin_item(is_first);
            text += json::serialize(json::string{name}) + ": ";
            pretty(member, inner, text);
        }
        text += "\n" + indent + "}";
    } else if (const auto* array = value.if_array(); array != nullptr && !array->empty()) {
        text += '[';
        for (const auto& item : *array) {
            begin_item(is_first);
            pretty(item, inner, text);
        }
        text += "\n" + indent + "]";
    } else text += json_text::write(value);
}

Lines printable_lines(std::string_view text)
{
    Lines lines;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        lines.push_back(printable(text.substr(0, end)));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

std::string padded(std::string text, std::size_t columns)
{
    text = fit(std::move(text), columns);
    const auto width = width_of(text);
    return text.append(columns > width ? columns - width : 0, ' ');
}

Colour row_colour(const Row& row)
{
    if (row.is_waiting || row.tries.empty()) return Colour::yellow;
    const auto& last = row.tries.back();
    if (!last.error.empty() || last.status >= 400) return Colour::red;
    return last.status >= 300 ? Colour::yellow : Colour::green;
}

std::string status_of(const Row& row)
{
    if (row.is_waiting) return "…";
    if (row.tries.empty()) return "held";
    const auto& last = row.tries.back();
    if (!last.error.empty()) return "ERR";
    return last.status == 0 ? "shown" : std::to_string(last.status);
}

class View {
public:
    View(const ListenModel& model, const ListenLook& look, ScreenSize size)
        : model_{model},
          look_{look},
          size_{size}
    {}

    Lines lines()
    {
        head();
        switch (model_.page()) {
        case ListenModel::Page::list: list(); break;
        case ListenModel::Page::details: details(); break;
        case ListenModel::Page::help: help(); break;
        }
        lines_.resize(size_.rows > 0 ? size_.rows - 1 : 0);
        foot();
        return std::move(lines_);
    }

private:
    void add(std::string text, Colour colour = Colour::none)
    {
        lines_.push_back(paint(fit(std::move(text), size_.columns), colour, look_.colour));
    }

    void head()
    {
        const bool is_good = model_.is_connected() && !model_.is_paused();
        const std::string state = !model_.is_connected() ? "not connected"
                                  : model_.is_paused()   ? "paused"
                                                         : "connected";
        add("katydid listen  ● " + state + "  " + std::to_string(model_.size()) + " webhooks"
                + (model_.filter().empty() ? "" : "  filter: " + printable(model_.filter())),
            is_good ? Colour::green : Colour::yellow);
        const bool has_trouble = !model_.is_connected() && !model_.connection().empty();
        add(has_trouble          ? printable(model_.connection())
            : size_.columns < 60 ? "→ " + look_.forward
                                 : look_.hub + " → " + look_.forward,
            has_trouble ? Colour::red : Colour::dim);
    }

    [[nodiscard]] bool has_source() const { return size_.columns >= 60; }
    [[nodiscard]] bool has_duration() const { return size_.columns >= 50; }

    [[nodiscard]] std::size_t type_columns() const
    {
        const auto taken = 2 + time_columns + 2 + status_columns + 2
                           + (has_source() ? source_columns + 2 : 0)
                           + (has_duration() ? duration_columns + 2 : 0);
        return size_.columns > taken + 4 ? size_.columns - taken : 4;
    }

    /// The cells of a row, in the order of the columns.
    std::string columns(const std::string& time, const std::string& status, Colour colour,
                        const std::string& type, const std::string& source,
                        const std::string& duration) const
    {
        std::string line = padded(time, time_columns) + "  "
                           + paint(padded(status, status_columns), colour, look_.colour) + "  "
                           + padded(type, type_columns());
        if (has_source()) line += "  " + padded(source, source_columns);
        if (has_duration()) line += "  " + padded(duration, duration_columns);
        return line;
    }

    void list()
    {
        lines_.push_back(
            paint("  " + columns("TIME", "STATUS", Colour::none, "TYPE", "SOURCE", "TOOK"),
                  Colour::bold, look_.colour));
        const auto rows = model_.visible_rows();
        if (rows.empty()) {
            add(model_.size() == 0 ? "  Nothing yet: send a webhook, or try `katydid trigger`."
                                   : "  No webhook fits the filter: esc takes it away.",
                Colour::dim);
            return;
        }
        const auto room = page_rows(size_);
        const auto at = std::ranges::find(rows, model_.selected()) - rows.begin();
        const auto index = static_cast<std::size_t>(at);
        const auto first = index < room ? 0 : index - room + 1;
        for (auto i = first; i < std::min(rows.size(), first + room); ++i)
            row(*rows[i], i == index);
    }

    void row(const Row& row, bool is_selected)
    {
        const auto duration = row.tries.empty() || row.tries.back().status == 0
                                  ? std::string{}
                                  : std::to_string(row.tries.back().duration.count()) + " ms";
        auto type = printable(row.webhook.type);
        if (row.is_edited) type += " (edited)";
        else if (row.webhook.attempt > 1) type += " ×" + std::to_string(row.webhook.attempt);
        lines_.push_back((is_selected ? paint("▶ ", Colour::bold, look_.colour) : "  ")
                         + columns(clock_text(row.at, look_.utc_offset), status_of(row),
                                   row_colour(row), type, printable(row.webhook.source), duration));
    }

    void details()
    {
        const auto* row = model_.selected();
        if (row == nullptr) return;
        struct Styled {
            std::string text;
            Colour colour;
        };
        std::vector<Styled> all;
        const auto put = [&](std::string_view text, Colour colour = Colour::none) {
            for (auto& piece : pieces(text, size_.columns))
                all.push_back({std::move(piece), colour});
        };
        const auto section = [&](const char* title) {
            put("");
            put(title, Colour::bold);
        };
        put(printable(row->webhook.type), Colour::bold);
        put("event     " + printable(row->webhook.event));
        put("delivery  " + printable(row->webhook.delivery));
        put("source    " + printable(row->webhook.source));
        section("Tries");
        for (const auto& each : row->tries) put_try(each, put);
        if (row->is_waiting) put("  the local server is asked");
        section("Headers");
        for (const auto& [name, value] : row->webhook.headers)
            put("  " + printable(name) + ": " + printable(value));
        section("Payload");
        for (const auto& line : pretty_lines(row->webhook.payload)) put("  " + line);
        if (!row->tries.empty() && !row->tries.back().answer.empty()) {
            section("Answer");
            for (const auto& line : pretty_lines(row->tries.back().answer)) put("  " + line);
        }
        const auto room = size_.rows > 3 ? size_.rows - 3 : 1;
        const auto last = all.size() > room ? all.size() - room : 0;
        const auto first = std::min(model_.scroll(), last);
        for (auto i = first; i < std::min(all.size(), first + room); ++i)
            add(all[i].text, all[i].colour);
    }

    template <class Put>
    void put_try(const Try& each, const Put& put) const
    {
        auto text = "  " + clock_text(each.at, look_.utc_offset) + "  "
                    + (each.attempt == 0 ? "again" : "attempt " + std::to_string(each.attempt))
                    + "  ";
        if (!each.error.empty()) {
            put(text + printable(each.error), Colour::red);
            if (!each.remedy.empty()) put("    " + each.remedy);
            return;
        }
        if (each.status == 0) text += "shown only";
        else
            text += std::to_string(each.status) + " "
                    + std::string{http::reason_phrase(each.status)} + "  "
                    + std::to_string(each.duration.count()) + " ms";
        put(text, each.status >= 400 ? Colour::red : Colour::green);
    }

    void help()
    {
        constexpr std::string_view keys[] = {
            "",
            "  ↑ ↓  j k     choose a webhook, or scroll its details",
            "  g G          the newest, the oldest",
            "  enter        its headers, payload, answer and tries; back again",
            "  r            hand it to the local server again",
            "  e            edit its payload in $EDITOR, sign it anew and hand it over",
            "  /            show only what has a text in its type, source, id or status",
            "  esc          take the filter away; back",
            "  p            pause: the hub keeps what comes until you go on",
            "  q  Ctrl-C    end: what was not answered goes back to the hub",
            "",
            "  r and e are between you and the local server: the hub hears nothing.",
        };
        for (const auto key : keys) add(std::string{key});
    }

    void foot()
    {
        std::string text = model_.message();
        if (model_.is_typing()) text = "/" + printable(model_.filter()) + "▏";
        else if (text.empty() && model_.page() == ListenModel::Page::details)
            text = "↑↓ scroll  r again  e edit  esc back  ? help";
        else if (text.empty() && model_.page() == ListenModel::Page::help) text = "any key: back";
        else if (text.empty() && size_.columns < 70) text = "enter details  ? help  q end";
        else if (text.empty())
            text = "↑↓ choose  enter details  r again  e edit  / filter  p pause  ? help  q end";
        add(printable(text), model_.message().empty() ? Colour::dim : Colour::bold);
    }

    const ListenModel& model_;
    const ListenLook& look_;
    ScreenSize size_;
    Lines lines_;
};

}  // namespace

std::size_t page_rows(ScreenSize size) noexcept
{
    return size.rows > frame_rows ? size.rows - frame_rows : 1;
}

std::vector<std::string> pieces(std::string_view text, std::size_t columns)
{
    Lines made;
    std::size_t begin = 0;
    std::size_t width = 0;
    for (std::size_t at = 0; at < text.size();) {
        const auto code = first_code_point(text.substr(at));
        const auto own = width_of(text.substr(at, code.bytes));
        if (width + own > columns && at > begin) {
            made.emplace_back(text.substr(begin, at - begin));
            begin = at;
            width = 0;
        }
        width += own;
        at += code.bytes;
    }
    made.emplace_back(text.substr(begin));
    return made;
}

std::vector<std::string> pretty_lines(const std::string& payload)
{
    json::error_code not_json;
    const auto value = payload.size() > pretty_bytes_max ? json::value{}
                                                         : json::parse(payload, not_json);
    if (payload.size() > pretty_bytes_max || not_json)
        return printable_lines(std::string_view{payload}.substr(0, pretty_bytes_max));
    std::string text;
    pretty(value, "", text);
    return printable_lines(text);
}

std::vector<std::string> render(const ListenModel& model, const ListenLook& look, ScreenSize size)
{
    return View{model, look, size}.lines();
}

}  // namespace katydid::cli
