// Which fields of which event types one platform may learn from the other.
#pragma once

#include "handlers/privacy/field_filter.hpp"
#include "hub/core/codec/embedded.hpp"
#include "hub/core/error.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace katydid::privacy {

/// Whose data a document is, and whether that person wants it kept from the receiver.
struct SubjectFacts {
    std::string subject;     ///< empty: the table knows none
    bool opted_out = false;  ///< as the document itself says
};

/// The document that has the data among its members.
struct Envelope {
    std::string_view data_member{};               ///< empty: there is no envelope
    const json_text::Outline* outline = nullptr;  ///< as in FilterHow
};

/// One direction: what a platform sends, or what the hub writes and reads on its behalf.
///
/// It is data: atlvs.json and grasshopper.json. Every type has a rule, at last the one for "*".
/// Thread safety: immutable once allow() is done.
class PrivacyTable {
public:
    /// Throws std::exception for text that is no such table.
    PrivacyTable(std::string_view json, const PersonalNames& names);

    /// Who learns what passes: "grasshopper" or "atlvs".
    [[nodiscard]] const std::string& receiver() const noexcept { return receiver_; }

    /// Lets one more field of a type pass. Returns false for a type without a rule but "*".
    bool allow(std::string_view type, std::string_view field);

    /// \param data  JSON text of the data, without an envelope
    [[nodiscard]] SubjectFacts subject_of(std::string_view type, std::string_view data) const;

    /// The document without what may not pass; nullopt: everything may.
    /// \param opted_out    the person does not want it: personal fields and what names the person
    ///   go, whatever is listed
    [[nodiscard]] std::optional<std::string> filter(std::string_view type,
                                                    std::string_view document, bool opted_out,
                                                    const Envelope& envelope = {}) const;

private:
    struct Rule {
        FieldRules fields;
        std::vector<std::string> subject;
        std::vector<std::string> opt_out;
    };
    [[nodiscard]] const Rule& rule_of(std::string_view type) const;
    [[nodiscard]] bool says_no(std::string_view text) const;

    const PersonalNames* names_;
    std::string receiver_;
    std::map<std::string, Rule, std::less<>> rules_;
};

/// personal.json and the tables of both platforms, as compiled in.
extern const EmbeddedFiles embedded_files;

/// Both directions: what ATLVS sends, and what Grasshopper does.
class PrivacyTables {
public:
    /// \param allowed  personal fields that may pass: "bridge.artist:contactInfo.email"
    /// Throws Failure for one that allows nothing.
    explicit PrivacyTables(const std::vector<std::string>& allowed = {});

    /// Of what that platform sends; null for any name but "atlvs" and "grasshopper".
    [[nodiscard]] const PrivacyTable* of(std::string_view platform) const noexcept;
    [[nodiscard]] const PrivacyTable& atlvs() const noexcept { return atlvs_; }
    [[nodiscard]] const PrivacyTable& grasshopper() const noexcept { return grasshopper_; }

private:
    PrivacyTable atlvs_;
    PrivacyTable grasshopper_;
};

/// The names of personal.json.
[[nodiscard]] const PersonalNames& personal_names();

/// A record of the kind "privacy": `{"opt_out": true}` or `{"opt_out": ["atlvs"]}`.
constexpr const char* privacy_record_kind = "privacy";
[[nodiscard]] bool is_opted_out(std::string_view record_json, std::string_view receiver);

}  // namespace katydid::privacy
