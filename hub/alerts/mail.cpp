#include "hub/alerts/mail.hpp"

#include "hub/core/codec/encoding.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <memory>

namespace katydid::alerts {
namespace {

constexpr long timeout_seconds = 20;
constexpr std::size_t line_bytes = 76;      // RFC 2045, section 6.8
constexpr std::size_t subject_bytes = 150;  // of the base64 of a subject, on two lines

std::string base64_lines(std::string_view text)
{
    const auto all = encode(Encoding::base64, text);
    std::string lines;
    for (std::size_t at = 0; at < all.size(); at += line_bytes)
        lines += all.substr(at, line_bytes) + "\r\n";
    return lines;
}

/// RFC 2047: pieces of 45 bytes, cut between characters, so that each word has at most 75.
std::string encoded_subject(std::string_view text)
{
    std::string words;
    while (!text.empty() && words.size() < 4 * subject_bytes) {
        auto size = std::min<std::size_t>(text.size(), 42);
        while (size > 1 && size < text.size()
               && (static_cast<unsigned char>(text[size]) & 0xc0U) == 0x80U)
            --size;
        words += (words.empty() ? "" : "\r\n ")
                 + ("=?utf-8?B?" + encode(Encoding::base64, text.substr(0, size)) + "?=");
        text.remove_prefix(size);
    }
    return words;
}

/// "Mon, 15 Jun 2026 18:00:00 +0000"
std::string date_of(Timestamp at)
{
    constexpr std::array<const char*, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array<const char*, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto day = std::chrono::floor<std::chrono::days>(at);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss time{std::chrono::floor<std::chrono::seconds>(at - day)};
    const auto two = [](auto number) {
        const auto text = std::to_string(number);
        return text.size() < 2 ? "0" + text : text;
    };
    return std::string{days.at(std::chrono::weekday{day}.c_encoding())} + ", "
           + two(static_cast<unsigned>(date.day())) + " "
           + months.at(static_cast<unsigned>(date.month()) - 1) + " "
           + std::to_string(static_cast<int>(date.year())) + " " + two(time.hours().count()) + ":"
           + two(time.minutes().count()) + ":" + two(time.seconds().count()) + " +0000";
}

std::string host_of(std::string_view address)
{
    return std::string{address.substr(address.find('@') + 1)};
}

struct Upload {
    std::string_view left;
};

std::size_t read_upload(char* to, std::size_t size, std::size_t count, void* state)
{
    auto& left = static_cast<Upload*>(state)->left;
    const auto taken = std::min(size * count, left.size());
    std::copy_n(left.data(), taken, to);
    left.remove_prefix(taken);
    return taken;
}

struct Free {
    void operator()(CURL* handle) const noexcept { curl_easy_cleanup(handle); }
    void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
};

void set_server(CURL* handle, const MailServer& server, const std::string& password)
{
    curl_easy_setopt(handle, CURLOPT_URL, server.url.c_str());
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(handle, CURLOPT_USE_SSL, static_cast<long>(CURLUSESSL_ALL));
    if (!server.ca_file.empty()) curl_easy_setopt(handle, CURLOPT_CAINFO, server.ca_file.c_str());
    if (server.user.empty()) return;
    curl_easy_setopt(handle, CURLOPT_USERNAME, server.user.c_str());
    curl_easy_setopt(handle, CURLOPT_PASSWORD, password.c_str());
}

}  // namespace

std::string write(const Mail& mail)
{
    return "Date: " + date_of(mail.at) + "\r\nFrom: Katydid <" + mail.from + ">\r\nTo: <" + mail.to
           + ">\r\nMessage-ID: <" + mail.id + "@" + host_of(mail.from)
           + ">\r\nSubject: " + encoded_subject(mail.subject)
           + "\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
             "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
           + base64_lines(mail.text);
}

result<void> send(const MailServer& server, const Mail& mail)
{
    const std::unique_ptr<CURL, Free> handle{curl_easy_init()};
    if (!handle) return Error{errc::internal, "libcurl cannot be used"};
    const auto text = write(mail);
    const std::string password{server.password.text()};
    Upload upload{text};
    std::array<char, CURL_ERROR_SIZE> why{};
    const std::unique_ptr<curl_slist, Free> to{curl_slist_append(nullptr, mail.to.c_str())};
    set_server(handle.get(), server, password);
    curl_easy_setopt(handle.get(), CURLOPT_MAIL_FROM, mail.from.c_str());
    curl_easy_setopt(handle.get(), CURLOPT_MAIL_RCPT, to.get());
    curl_easy_setopt(handle.get(), CURLOPT_READFUNCTION, read_upload);
    curl_easy_setopt(handle.get(), CURLOPT_READDATA, &upload);
    curl_easy_setopt(handle.get(), CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(handle.get(), CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle.get(), CURLOPT_TIMEOUT, timeout_seconds);
    curl_easy_setopt(handle.get(), CURLOPT_ERRORBUFFER, why.data());
    const auto code = curl_easy_perform(handle.get());
    if (code == CURLE_OK) return {};
    const std::string sentence{why[0] != '\0' ? why.data() : curl_easy_strerror(code)};
    const bool was_said = code == CURLE_SEND_ERROR || code == CURLE_LOGIN_DENIED
                          || code == CURLE_RECV_ERROR;
    return Error{was_said ? errc::refused : errc::connect_failed, "the mail server: " + sentence};
}

}  // namespace katydid::alerts
