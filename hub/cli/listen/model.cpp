#include "hub/cli/listen/model.hpp"

#include "hub/core/codec/utf8.hpp"

#include <algorithm>

namespace katydid::cli {
namespace {

bool is(const KeyPress& key, std::string_view text)
{
    return key.kind == KeyKind::character && key.text == text;
}

std::size_t bytes_of(const Row& row) { return row.webhook.payload.size(); }

bool fits(const Row& row, const std::string& filter)
{
    const auto status = row.tries.empty() ? std::string{} : std::to_string(row.tries.back().status);
    for (const auto* text : {&row.webhook.type, &row.webhook.source, &row.webhook.event,
                             &row.webhook.delivery, &status})
        if (text->find(filter) != std::string::npos) return true;
    return false;
}

}  // namespace

std::uint64_t ListenModel::add(Webhook webhook, Timestamp now)
{
    Row row;
    row.number = ++last_number_;
    row.at = now;
    row.webhook = std::move(webhook);
    bytes_ += bytes_of(row);
    rows_.push_front(std::move(row));
    while (rows_.size() > 1 && (rows_.size() > rows_max || bytes_ > bytes_max)) {
        bytes_ -= bytes_of(rows_.back());
        rows_.pop_back();
    }
    return last_number_;
}

std::uint64_t ListenModel::begin(Webhook webhook, Timestamp now)
{
    const auto known = std::ranges::find_if(rows_, [&](const Row& each) {
        return !each.is_edited && each.webhook.delivery == webhook.delivery;
    });
    if (known == rows_.end()) return add(std::move(webhook), now);
    bytes_ += webhook.payload.size() - bytes_of(*known);
    known->webhook = std::move(webhook);
    return known->number;
}

std::uint64_t ListenModel::begin_edited(Webhook webhook, Timestamp now)
{
    const auto number = add(std::move(webhook), now);
    rows_.front().is_edited = true;
    return number;
}

Row* ListenModel::find(std::uint64_t number)
{
    const auto found = std::ranges::find(rows_, number, &Row::number);
    return found == rows_.end() ? nullptr : &*found;
}

void ListenModel::wait(std::uint64_t number)
{
    if (auto* row = find(number)) row->is_waiting = true;
}

void ListenModel::end(std::uint64_t number, Try result)
{
    auto* row = find(number);
    if (row == nullptr) return;
    row->is_waiting = false;
    row->tries.push_back(std::move(result));
}

void ListenModel::set_connection(bool is_connected, std::string sentence)
{
    is_connected_ = is_connected;
    connection_ = std::move(sentence);
}

std::vector<const Row*> ListenModel::visible_rows() const
{
    std::vector<const Row*> rows;
    for (const auto& row : rows_)
        if (filter_.empty() || fits(row, filter_)) rows.push_back(&row);
    return rows;
}

const Row* ListenModel::selected() const
{
    const auto rows = visible_rows();
    const auto found = std::ranges::find(rows, selected_, &Row::number);
    if (found != rows.end()) return *found;
    return rows.empty() ? nullptr : rows.front();
}

void ListenModel::move(std::ptrdiff_t by)
{
    const auto rows = visible_rows();
    if (rows.empty()) return;
    const auto at = std::ranges::find(rows, selected());
    const auto last = static_cast<std::ptrdiff_t>(rows.size()) - 1;
    const auto index = std::clamp<std::ptrdiff_t>(at - rows.begin() + by, 0, last);
    selected_ = index == 0 ? 0 : rows[static_cast<std::size_t>(index)]->number;
}

ListenModel::Wish ListenModel::press(const KeyPress& key, std::size_t page_rows)
{
    message_.clear();
    if (is_typing_) return press_while_typing(key);
    if (page_ == Page::help) {
        page_ = Page::list;
        return Wish::none;
    }
    if (is(key, "?")) {
        page_ = Page::help;
        return Wish::none;
    }
    if (is(key, "p")) return Wish::pause;
    if (is(key, "r") && selected() != nullptr) return Wish::again;
    if (is(key, "e") && selected() != nullptr) return Wish::edit;
    return page_ == Page::details ? press_in_details(key, page_rows)
                                  : press_in_list(key, page_rows);
}

ListenModel::Wish ListenModel::press_in_list(const KeyPress& key, std::size_t page_rows)
{
    const auto far = static_cast<std::ptrdiff_t>(page_rows);
    if (is(key, "q")) return Wish::quit;
    if (is(key, "/")) is_typing_ = true;
    if (key.kind == KeyKind::escape) filter_.clear();
    if (key.kind == KeyKind::down || is(key, "j")) move(1);
    if (key.kind == KeyKind::up || is(key, "k")) move(-1);
    if (key.kind == KeyKind::page_down) move(far);
    if (key.kind == KeyKind::page_up) move(-far);
    if (key.kind == KeyKind::home || is(key, "g")) selected_ = 0;
    if (key.kind == KeyKind::end || is(key, "G")) move(static_cast<std::ptrdiff_t>(rows_max));
    if (key.kind == KeyKind::enter && selected() != nullptr) {
        selected_ = selected()->number;  // it stays, whatever comes
        page_ = Page::details;
        scroll_ = 0;
    }
    return Wish::none;
}

ListenModel::Wish ListenModel::press_in_details(const KeyPress& key, std::size_t page_rows)
{
    if (key.kind == KeyKind::escape || key.kind == KeyKind::enter || is(key, "q")) {
        page_ = Page::list;
        if (const auto rows = visible_rows(); !rows.empty() && rows.front()->number == selected_)
            selected_ = 0;
    }
    if (key.kind == KeyKind::down || is(key, "j")) ++scroll_;
    if (key.kind == KeyKind::up || is(key, "k")) scroll_ -= std::min<std::size_t>(scroll_, 1);
    if (key.kind == KeyKind::page_down || is(key, " ")) scroll_ += page_rows;
    if (key.kind == KeyKind::page_up) scroll_ -= std::min(scroll_, page_rows);
    if (key.kind == KeyKind::home || is(key, "g")) scroll_ = 0;
    return Wish::none;
}

ListenModel::Wish ListenModel::press_while_typing(const KeyPress& key)
{
    if (key.kind == KeyKind::character) filter_ += key.text;
    if (key.kind == KeyKind::enter) is_typing_ = false;
    if (key.kind == KeyKind::escape) {
        is_typing_ = false;
        filter_.clear();
    }
    if (key.kind == KeyKind::backspace && !filter_.empty()) {
        while ((static_cast<unsigned char>(filter_.back()) & 0xC0U) == 0x80U) filter_.pop_back();
        filter_.pop_back();
    }
    selected_ = 0;
    return Wish::none;
}

}  // namespace katydid::cli
