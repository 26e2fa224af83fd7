// What providers send, as data: a realistic request of each kind, without its signature.
#pragma once

#include "hub/core/error.hpp"
#include "hub/core/text/headers.hpp"
#include "signing/samples/template.hpp"

#include <boost/json/value.hpp>

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace katydid::signing::samples {

/// A provider, the scheme of the catalog that it signs with, and what there is of it.
struct Provider {
    std::string name;
    std::string scheme;
    std::vector<std::string> types;
};

/// All of them, by name. The samples are data (the JSON files of this folder):
///
///     "NAME": {"scheme"?, "id"?, "content_type"?, "form"?, "headers"?, "body", "shapes"?,
///              "types": {"TYPE": {PATH: VALUE, …}}}
///
/// `scheme` is NAME where it is absent. A type is the body with values put at paths; `"@shape"`
/// is one of `shapes`, the path "header:Name" a header, "" the whole body, and "form" says that
/// the body is a form. Every text is a Template; `{type}` is the type and `{secret}` what a topic
/// or webhook is known by, for schemes whose secret is no secret.
[[nodiscard]] const std::vector<Provider>& providers();

struct Sample {
    std::string scheme;
    std::string id;  ///< the request's, for schemes with a header for it; may be empty
    std::string content_type;
    Headers headers;
    std::string body;
};

using Change = std::pair<std::string, boost::json::value>;  ///< a path and what goes there

/// A new sample. Errors: not_found (no such provider or type), invalid_argument (a change that
/// does not fit), each with a sentence that says what there is.
[[nodiscard]] result<Sample> make_sample(std::string_view provider, std::string_view type,
                                         std::span<const Change> changes, Template& values);

}  // namespace katydid::signing::samples
