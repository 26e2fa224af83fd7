// katydid subjects: what is stored about one person, and what they opted out of.
#include "hub/cli/client/resource.hpp"
#include "hub/core/codec/percent.hpp"

#include <boost/json/serialize.hpp>

namespace katydid::cli {
namespace subjects_command {
namespace {

namespace json = boost::json;

std::string subject_path(const std::string& subject, const char* rest)
{
    return "/v1/subjects/" + percent_encode(subject) + rest;
}

void add_erase(const Group& group)
{
    const auto subject = std::make_shared<std::string>();
    auto& command = group.add(
        "erase", "Erase what is stored about a person; that there were events stays",
        [subject](Session& session) {
            const auto path = subject_path(*subject, "/erase");
            const auto answer = session.must({"POST", path, {}, {}}).json;
            session.print(answer, "Erased: the payloads of " + cell_text(value_at(answer, "events"))
                                      + " events and " + cell_text(value_at(answer, "rejected"))
                                      + " rejected webhooks; deliveries cancelled: "
                                      + cell_text(value_at(answer, "deliveries_cancelled")));
        });
    command.add_option("subject", *subject, "The person, as events name them")->required();
}

/// "all", "none", or platforms.
json::value opt_out_of(const std::vector<std::string>& words)
{
    if (words.size() == 1 && words.front() == "all") return true;
    if (words.size() == 1 && words.front() == "none") return false;
    json::array platforms;
    for (const auto& word : words) platforms.emplace_back(word);
    return platforms;
}

void add_privacy(const Group& group)
{
    struct Wishes {
        std::string subject;
        std::vector<std::string> opt_out;
    };
    const auto wishes = std::make_shared<Wishes>();
    auto& command = group.add(
        "privacy", "Show what a person opted out of, or set it", [wishes](Session& session) {
            const auto path = subject_path(wishes->subject, "/privacy");
            if (wishes->opt_out.empty()) return session.print(session.get(path));
            const json::object body{{"opt_out", opt_out_of(wishes->opt_out)}};
            session.print(session.must({"PUT", path, json::serialize(body), {}}).json);
        });
    command.add_option("subject", wishes->subject, "The person, as events name them")->required();
    command
        .add_option("--opt-out", wishes->opt_out,
                    "all, none, or the platforms that get nothing of them, with commas")
        ->delimiter(',');
}

}  // namespace
}  // namespace subjects_command

void add_subjects_command(CLI::App& app, int& exit_code)
{
    using namespace subjects_command;
    const auto group = add_group(app, "subjects", "What is stored about a person", exit_code);
    add_erase(group);
    add_privacy(group);
}

}  // namespace katydid::cli
