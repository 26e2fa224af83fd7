#include "hub/cli/settings_reference.hpp"

#include "hub/config/keys.hpp"
#include "hub/config/load.hpp"

namespace katydid::cli {
namespace {

std::string code(std::string_view text)
{
    return text.empty() ? std::string{} : "`" + std::string{text} + "`";
}

/// The tables that have many rows, as `katydid init` writes them, without their comment signs.
std::string example_of_tables()
{
    const auto file = config::example_file();
    const auto start = file.find("\n# Who posts webhooks");
    if (start == std::string::npos) return {};
    std::string text;
    for (std::size_t at = start + 1; at < file.size();) {
        const auto end = std::min(file.find('\n', at), file.size());
        auto line = file.substr(at, end - at);
        // A sentence stays a comment; a setting becomes one.
        const bool is_setting = (line.find(" = ") != std::string::npos && !line.ends_with('.'))
                                || line.starts_with("# [");
        text += (is_setting && line.starts_with("# ") ? line.substr(2) : line) + "\n";
        at = end + 1;
    }
    return text;
}

}  // namespace

std::string settings_reference()
{
    std::string text
        = "# Settings\n\nWritten by `script/docs`; a test keeps it current. `katydid init` writes "
          "the "
          "same as a commented `katydid.toml`, `katydid doctor` checks what you made of it.\n\n"
          "A flag wins over the environment, the environment over the file (`--config FILE`, else "
          "`./katydid.toml`). An unknown key, an empty secret or a bad value is refused at start, "
          "with the place and the fix. Durations: `500ms`, `5s`, `5m`, `2h`, `7d`. Lists: "
          "`[\"a\", \"b\"]` in the file, `a, b` elsewhere.\n";
    std::string table = "none yet";
    for (const auto& spec : config::keys()) {
        const auto dot = spec.key.find('.');
        const std::string section{dot == std::string_view::npos ? "" : spec.key.substr(0, dot)};
        if (section != table) {
            text += "\n## " + (section.empty() ? std::string{"The hub"} : "`[" + section + "]`")
                    + "\n\n| Key | Variable | Flag | Default or example | "
                      "|\n|---|---|---|---|---|\n";
            table = section;
        }
        text += "| " + code(spec.key) + " | " + code(spec.variable) + " | " + code(spec.flag)
                + " | " + code(spec.shown.text) + " | " + std::string{spec.help} + " |\n";
    }
    text
        += "\n## Sources, subscriptions, identities, schemes\n\n```toml\n" + example_of_tables()
           + "```\n\n`[[sources]]` takes the fields of `POST /v1/sources`, `[[subscriptions]]` "
             "those of `POST /v1/subscriptions` (api-reference.md): what is in `handler`, `limits` "
             "and `retry` there is a key of the table itself here.\n\n## Secrets\n\nBy reference "
             "only: `secret_env = \"NAME\"` names a variable, "
             "`secret_file = \"PATH\"` a file. A byte order mark, "
             "blanks and line ends around a secret are not part of it. A secret "
             "of a source under four characters and an operator's key under sixteen can be "
             "guessed: the hub does not start. These "
             "variables are read by the hub itself:\n\n"
             "| Variable | |\n|---|---|\n"
             "| `KATYDID_MASTER_KEY` | seals secrets at rest (`openssl rand -hex 32`); unset, one "
             "is made in `master.key` of the data directory; with PostgreSQL it must be set |\n"
             "| `KATYDID_MASTER_KEY_PREVIOUS` | the one before, for the start at which secrets are "
             "sealed anew |\n"
             "| `KATYDID_OPERATOR_KEY` | the operator's API key; unset, one is made in "
             "`operator.key` of the data directory |\n"
             "| `KATYDID_OTLP_HEADERS` | headers for the collector of traces, one `Name: value` a "
             "line |\n"
             "| `ATLVS_WEBHOOK_SECRET` | verifies the source `atlvs`; signs what goes to "
             "`GRASSHOPPER_WEBHOOK_URL` |\n"
             "| `GRASSHOPPER_WEBHOOK_SECRET` | verifies the source `grasshopper` |\n"
             "| `ATLVS_PARTNER_SECRET` | signs what goes to `ATLVS_WEBHOOK_URL` |\n"
             "| `ATLVS_API_URL`, `ATLVS_API_KEY` | where the bridge calls ATLVS, and with which "
             "key "
             "|\n"
             "| `GRASSHOPPER_API_URL`, `GRASSHOPPER_API_KEY` | the same for Grasshopper |\n";
    return text;
}

}  // namespace katydid::cli
