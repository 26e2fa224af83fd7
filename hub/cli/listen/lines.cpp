#include "hub/cli/listen/display.hpp"

#include "hub/cli/terminal/terminal.hpp"
#include "hub/core/json/write.hpp"
#include "hub/core/text/visible.hpp"
#include "hub/http/message/message.hpp"

#include <boost/json/object.hpp>

#include <iostream>

namespace katydid::cli {
namespace {

class LineWriter final : public Display {
public:
    explicit LineWriter(LinesLook look) : look_{std::move(look)} {}

    void connected() override
    {
        trouble_.clear();
        if (look_.json) return;
        std::cerr << "Connected to " << look_.hub << ": webhooks are " << look_.forward
                  << ". Ctrl-C ends it." << std::endl;
    }

    /// Each trouble once, however often it is tried again.
    void trouble(const std::string& sentence) override
    {
        if (sentence != trouble_)
            std::cerr << "katydid listen: " << printable(sentence) << " Trying again." << std::endl;
        trouble_ = sentence;
    }

    std::uint64_t begin(Webhook) override { return 0; }

    void end(std::uint64_t, const boost::json::value& frame, Try result) override
    {
        if (look_.json) {
            boost::json::object line{{"delivery", frame}};
            if (look_.is_forwarding)
                line["answer"] = boost::json::object{{"status", result.status},
                                                     {"error", result.error},
                                                     {"duration_ms", result.duration.count()}};
            std::cout << visible(json_text::write(line)) << std::endl;
            return;
        }
        const auto webhook = read_webhook(frame);
        std::cout << paint(printable(webhook.type), Colour::bold, look_.colour) << "  "
                  << printable(webhook.event) << "  attempt " << webhook.attempt;
        if (result.status != 0)
            std::cout << "  → " << result.status << ' ' << http::reason_phrase(result.status)
                      << "  " << result.duration.count() << " ms";
        if (result.status == 0 && result.error.empty() && look_.is_forwarding)
            std::cout << "  shown only: no --forward is for this type";
        if (!result.error.empty())
            std::cout << "  → " << printable(result.error) << ". " << result.remedy
                      << " The hub tries again.";
        std::cout << std::endl;
    }

private:
    LinesLook look_;
    std::string trouble_;
};

}  // namespace

std::unique_ptr<Display> make_lines(LinesLook look)
{
    return std::make_unique<LineWriter>(std::move(look));
}

}  // namespace katydid::cli
