// katydid apply: a hub becomes what a document says. katydid export: the document of a hub.
#include "hub/cli/client/provider_secrets.hpp"
#include "hub/cli/client/resource.hpp"
#include "hub/cli/declare/export.hpp"
#include "hub/cli/offline_input.hpp"
#include "hub/config/header_lines.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <iostream>

#include <unistd.h>

namespace katydid::cli {
namespace {

namespace json = boost::json;
using namespace declare;

struct Wishes {
    std::string file;
    bool is_dry = false;
    bool prune = false;
    bool yes = false;
};

/// Says every mistake, a line each. Throws CommandEnd where there is one.
void refuse_mistakes(const config::Mistakes& mistakes)
{
    if (mistakes.sentences().empty()) return;
    for (const auto& sentence : mistakes.sentences())
        std::cerr << "katydid apply: " << printable(sentence) << '\n';
    throw CommandEnd{wrong_usage, {}};
}

/// Every scheme that a row names is of the catalog, of the hub or of the document.
void check_schemes(const TenantWishes& wishes, const Rows& rows, const HubState& hub,
                   config::Mistakes& mistakes)
{
    auto known = hub.known_schemes();
    if (const auto own = rows.find(&scheme_kind); own != rows.end())
        for (const auto& [name, row] : own->second) known.insert(name);
    for (const auto& wish : wishes.rows)
        if (wish.kind == &scheme_kind) known.insert(wish.name);
    for (const auto& wish : wishes.rows) {
        json::array named;
        if (const auto* schemes = value_at(wish.body, "schemes").if_array()) named = *schemes;
        if (const auto& signature = value_at(wish.body, "signature"); signature.is_string())
            named.push_back(signature);
        for (const auto& name : named)
            if (!known.contains(name.as_string().c_str()))
                mistakes.add(wish.place, "there is no scheme " + json::serialize(name)
                                             + ": `katydid schemes list` lists them");
    }
}

/// Puts the secrets of a new row into its body.
void read_secrets(Step& step, config::Mistakes& mistakes)
{
    for (const auto& [member, reference] : step.secrets) {
        const auto secret = read_reference(reference, mistakes);
        if (!secret) continue;
        if (member != "headers") {
            step.body[member] = secret->text();
            continue;
        }
        const auto lines = config::parse_header_lines(secret->text());
        if (!lines) {
            mistakes.add(reference.place, lines.error().message);
            continue;
        }
        json::object headers;
        for (const auto& [name, value] : *lines) headers[name] = value;
        step.body["handler"].as_object()["headers"] = std::move(headers);
    }
    if (step.kind != &source_kind || step.secrets.contains("secret")) return;
    const auto* schemes = value_at(step.body, "schemes").if_array();
    if (schemes == nullptr || schemes->size() != 1) return;
    const std::string scheme{schemes->front().as_string()};
    if (is_provider_made(scheme))
        mistakes.add(step.place, scheme
                                     + " shows you the secret it signs with: name it with "
                                       "secret_env or secret_file");
}

std::vector<Step> make_plan(HubState& hub, const Document& document, bool prune,
                            const std::string& path)
{
    config::Mistakes mistakes;
    std::vector<Step> steps;
    if (document.has_tenants) steps = plan_tenants(document.tenants, hub.tenants());
    for (const auto& wishes : document.wishes) {
        const auto rows = hub.rows(wishes.tenant);
        check_schemes(wishes, rows, hub, mistakes);
        auto more = plan_tenant(wishes, rows, prune, mistakes);
        std::ranges::move(more, std::back_inserter(steps));
    }
    for (auto& step : steps)
        if (step.verb == Verb::create) read_secrets(step, mistakes);
    mistakes.sort_by_line(path);
    refuse_mistakes(mistakes);
    return steps;
}

json::array to_json(const std::vector<Step>& steps)
{
    json::array array;
    for (const auto& step : steps) array.push_back(declare::to_json(step));
    return array;
}

void ask_to_go_on(const Wishes& wishes)
{
    if (wishes.yes) return;
    if (wishes.file == "-" || ::isatty(STDIN_FILENO) == 0)
        throw CommandEnd{wrong_usage, "nothing was changed: --yes says that it is to be done"};
    std::cerr << "Do this? [y/N] " << std::flush;
    std::string line;
    std::getline(std::cin, line);
    if (line != "y" && line != "yes") throw CommandEnd{answer_is_no, "nothing was changed"};
}

/// What the hub made for a new row and shows this once.
void show_made(const Step& step, const json::value& answer, bool as_json, json::object& made)
{
    const auto secret = cell_text(value_at(answer, "secret"));
    if (value_at(answer, "secret").is_null()) return;
    made[title_of(step)] = secret;
    if (!as_json)
        std::cout << "The secret of the " << title_of(step)
                  << ", shown this once: " << printable(secret) << '\n';
}

void carry_out(Session& session, HubState& hub, const std::vector<Step>& steps)
{
    std::size_t done = 0;
    json::object made;
    try {
        for (const auto& step : steps) {
            const auto answer = hub.carry_out(step, step.body);
            ++done;
            show_made(step, answer, session.is_json(), made);
        }
    } catch (const CommandEnd& end) {
        const auto left = steps.size() - done;
        throw CommandEnd{end.code,
                         title_of(steps[done]) + ": " + end.sentence + "\n  " + std::to_string(done)
                             + " of " + std::to_string(steps.size()) + " changes were made, "
                             + std::to_string(left)
                             + " were not. Run it again after the fix: what is made is not made "
                               "twice."};
    }
    session.print(json::object{{"changed", true}, {"steps", to_json(steps)}, {"secrets", made}},
                  "Done.");
}

void apply(Session& session, const Wishes& wishes)
{
    const auto text = read_file(wishes.file);
    if (!text) throw CommandEnd{wrong_usage, text.error().message};
    config::Mistakes mistakes;
    const auto path = wishes.file == "-" ? std::string{"standard input"} : wishes.file;
    const auto document = read_document(*text, path, mistakes);
    refuse_mistakes(mistakes);
    HubState hub{session};
    const auto steps = make_plan(hub, document, wishes.prune, path);
    if (!session.is_json()) print_lines(plan_text(steps));
    if (wishes.is_dry || steps.empty()) {
        if (session.is_json())
            session.print(json::object{{"changed", false}, {"steps", to_json(steps)}});
        return;
    }
    ask_to_go_on(wishes);
    carry_out(session, hub, steps);
}

}  // namespace

void add_apply_command(CLI::App& app, int& exit_code)
{
    auto* command = app.add_subcommand(
        "apply", "Make the hub what a document says: tenants, event types, schemes, sources and "
                 "subscriptions");
    const auto wishes = std::make_shared<Wishes>();
    command->add_option("file", wishes->file, "The document, in TOML; - is standard input")
        ->required()
        ->type_name("FILE");
    command->add_flag("--dry-run", wishes->is_dry, "Show what would change, and change nothing");
    command->add_flag("--prune", wishes->prune,
                      "Delete what the document does not have, of the lists that it has");
    command->add_flag("--yes", wishes->yes, "Do not ask");
    run_with_hub(*command, add_hub_options(*command), exit_code,
                 [wishes](Session& session) { apply(session, *wishes); });
}

void add_export_command(CLI::App& app, int& exit_code)
{
    auto* command = app.add_subcommand(
        "export", "Write what the hub has as a document for apply, without secrets");
    run_with_hub(*command, add_hub_options(*command), exit_code, [](Session& session) {
        const auto text = export_document(session);
        if (session.is_json()) session.print(json::object{{"toml", text}});
        else print_lines(text);
    });
}

}  // namespace katydid::cli
