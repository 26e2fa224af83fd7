#include "hub/http/server/router.hpp"

#include "hub/core/codec/percent.hpp"

#include <boost/container/small_vector.hpp>

#include <algorithm>
#include <map>
#include <stdexcept>

namespace katydid::http {
namespace {

/// One segment deep in the tree of patterns.
struct Node {
    struct Entry {
        Route route;
        std::vector<std::string> names;  ///< of the parameters, from left to right
    };

    std::map<std::string, std::unique_ptr<Node>, std::less<>> literal;
    std::unique_ptr<Node> parameter;                   ///< "{name}"
    std::vector<std::unique_ptr<Entry>> entries;       ///< the routes that end here
    std::vector<std::unique_ptr<Entry>> rest_entries;  ///< the routes "{name*}" from here on
};

using Entries = std::vector<std::unique_ptr<Node::Entry>>;

[[noreturn]] void reject(const Route& route, const char* why)
{
    throw std::invalid_argument{"route " + route.method + " " + route.pattern + ": " + why};
}

/// Takes the part up to the next '/' off the front. The path begins after a '/'.
std::string_view take_segment(std::string_view& path, bool& last) noexcept
{
    const auto slash = path.find('/');
    const auto segment = path.substr(0, slash);
    last = slash == std::string_view::npos;
    path.remove_prefix(last ? path.size() : slash + 1);
    return segment;
}

/// Walks the tree: literals first, then a parameter, then a rest; a path that has no route for
/// the method goes on looking and collects the methods it saw.
class Walk {
public:
    explicit Walk(std::string_view method) : method_{method} {}

    const Node::Entry* find(const Node& node, std::string_view path, bool done)
    {
        if (done) return choose(node.entries);
        bool last = false;
        auto rest = path;
        const auto segment = take_segment(rest, last);
        const auto child = node.literal.find(segment);
        if (child != node.literal.end())
            if (const auto* entry = find(*child->second, rest, last)) return entry;
        if (node.parameter && !segment.empty()) {
            captures_.push_back(segment);
            if (const auto* entry = find(*node.parameter, rest, last)) return entry;
            captures_.pop_back();
        }
        captures_.push_back(path);
        if (const auto* entry = choose(node.rest_entries)) return entry;
        captures_.pop_back();
        return nullptr;
    }

    using Captures = boost::container::small_vector<std::string_view, 4>;
    [[nodiscard]] const Captures& captures() const { return captures_; }
    [[nodiscard]] std::vector<std::string_view>& allowed() { return allowed_; }

private:
    const Node::Entry* choose(const Entries& entries)
    {
        const Node::Entry* get = nullptr;
        for (const auto& entry : entries) {
            if (entry->route.method == method_) return entry.get();
            if (entry->route.method == "GET") get = entry.get();
        }
        if (get != nullptr && method_ == "HEAD") return get;
        for (const auto& entry : entries) allowed_.push_back(entry->route.method);
        if (get != nullptr) allowed_.push_back("HEAD");
        return nullptr;
    }

    std::string_view method_;
    Captures captures_;
    std::vector<std::string_view> allowed_;
};

std::string join(std::vector<std::string_view>& methods)
{
    std::sort(methods.begin(), methods.end());
    methods.erase(std::unique(methods.begin(), methods.end()), methods.end());
    std::string text;
    for (const auto method : methods) {
        if (!text.empty()) text += ", ";
        text += method;
    }
    return text;
}

bool has_prefix(std::string_view path, std::string_view prefix) noexcept
{
    if (!path.starts_with(prefix)) return false;
    return path.size() == prefix.size() || prefix.ends_with('/') || path[prefix.size()] == '/';
}

}  // namespace

struct Router::Impl {
    Node root;
    std::size_t routes = 0;
    std::vector<std::pair<std::string, ErrorBody>> error_bodies;  ///< longest prefix first

    /// Finds or makes the place of a pattern. `rest` tells whether it ends with "{name*}".
    Node& place(const Route& route, std::vector<std::string>& names, bool& rest);
};

Node& Router::Impl::place(const Route& route, std::vector<std::string>& names, bool& rest)
{
    std::string_view pattern = route.pattern;
    if (!pattern.starts_with('/')) reject(route, "the pattern must begin with '/'");
    pattern.remove_prefix(1);
    Node* node = &root;
    for (bool last = false; !last;) {
        const auto segment = take_segment(pattern, last);
        if (segment.find_first_of("{}") == std::string_view::npos) {
            auto& child = node->literal[std::string{segment}];
            if (!child) child = std::make_unique<Node>();
            node = child.get();
            continue;
        }
        if (segment.size() < 3 || !segment.starts_with('{') || !segment.ends_with('}'))
            reject(route, "a parameter is a whole segment, as in \"{id}\"");
        auto name = segment.substr(1, segment.size() - 2);
        if (name.ends_with('*')) {
            if (!last) reject(route, "\"{name*}\" must be the last segment");
            rest = true;
            name.remove_suffix(1);
        }
        if (name.empty() || name.find_first_of("{}*") != std::string_view::npos)
            reject(route, "a parameter needs a name without braces");
        if (std::find(names.begin(), names.end(), name) != names.end())
            reject(route, "two parameters have the same name");
        names.emplace_back(name);
        if (rest) break;
        if (!node->parameter) node->parameter = std::make_unique<Node>();
        node = node->parameter.get();
    }
    return *node;
}

Router::Router() : impl_{std::make_unique<Impl>()} {}
Router::~Router() = default;
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;

void Router::add(Route route)
{
    if (route.method.empty() || !route.handle) reject(route, "method or function is missing");
    std::vector<std::string> names;
    bool rest = false;
    Node& node = impl_->place(route, names, rest);
    auto& entries = rest ? node.rest_entries : node.entries;
    for (const auto& entry : entries)
        if (entry->route.method == route.method) reject(route, "there is such a route already");
    route.number = ++impl_->routes;
    entries.push_back(
        std::make_unique<Node::Entry>(Node::Entry{std::move(route), std::move(names)}));
}

void Router::set_error_body(std::string prefix, ErrorBody body)
{
    auto& bodies = impl_->error_bodies;
    const auto place = std::find_if(bodies.begin(), bodies.end(), [&prefix](const auto& each) {
        return each.first.size() <= prefix.size();
    });
    bodies.emplace(place, std::move(prefix), std::move(body));
}

Router::Match Router::match(std::string_view method, std::string_view path, Parameters memory) const
{
    Match match;
    match.parameters = std::move(memory);
    match.parameters.clear();
    match.status = 404;
    if (!path.starts_with('/')) return match;
    Walk walk{method};
    const auto* entry = walk.find(impl_->root, path.substr(1), false);
    if (entry == nullptr) {
        if (walk.allowed().empty()) return match;
        match.status = 405;
        match.allow = join(walk.allowed());
        return match;
    }
    for (std::size_t i = 0; i < entry->names.size(); ++i) {
        auto value = percent_decode(walk.captures()[i]);
        if (!value) {
            match.status = 400;
            match.parameters.clear();
            return match;
        }
        match.parameters.emplace_back(entry->names[i], std::move(*value));
    }
    match.status = 200;
    match.route = &entry->route;
    return match;
}

Response Router::error(std::string_view path, unsigned status, std::string_view detail) const
{
    for (const auto& [prefix, body] : impl_->error_bodies)
        if (has_prefix(path, prefix)) return body(status, detail);
    return Response::problem(status, detail);
}

}  // namespace katydid::http
