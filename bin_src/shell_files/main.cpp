// Writes the files that are generated from the program's option table: shell completions and the
// man page, which are installed with the program, and the texts on options in the repository's
// files (option_texts.hpp). Usage: shell_files TEMPLATES FOLDER. The build runs this program; it is
// not installed.

#include <algorithm>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/setup.hpp"
#include "scan/scan_options.hpp"
#include "shell_files/option_texts.hpp"
#include "text/words.hpp"
#include "version.hpp"

namespace {

using namespace cloudhijack;
using config::CompletionKind;
using scan::ShownOption;
using Options = std::vector<ShownOption>;

/// The replacement for each `@name@` in a template.
using Parts = std::map<std::string, std::string, std::less<>>;

std::string replaced(std::string text, std::string_view what, std::string_view with) {
    for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += with.size()) {
        text.replace(at, what.size(), with);
    }
    return text;
}

/// Joins lines without a newline at the end, which the template has.
std::string lines(const std::vector<std::string>& parts) { return text::joined(parts, "\n"); }

// Names and words consist of letters, digits, dashes and underscores, so nothing needs quotes in
// bash.

std::string dashed_names(const Options& options) {
    std::vector<std::string> names;
    for (const ShownOption& option : options) {
        if (option.letter != '\0') names.push_back({'-', option.letter});
        names.push_back("--" + option.name);
    }
    return text::joined(names, " ");
}

std::string bash_action(const config::Completion& completion) {
    const std::string words = '\'' + text::joined(completion.words, " ") + '\'';
    switch (completion.kind) {
        case CompletionKind::word:
            return "_cloudhijack_words " + words;
        case CompletionKind::words:
            return "_cloudhijack_list " + words;
        case CompletionKind::file:
            return "_cloudhijack_files";
        case CompletionKind::nothing:
            break;
    }
    return ":";  // there is nothing to offer
}

std::string bash_branches(const Options& options) {
    std::vector<std::string> branches;
    for (const ShownOption& option : options) {
        if (!option.has_value()) continue;
        const std::string letter =
            option.letter == '\0' ? "" : std::string{'-', option.letter} + " | ";
        branches.push_back("        " + letter + "--" + option.name + ")\n            " +
                           bash_action(option.completion) + "\n            return\n            ;;");
    }
    return lines(branches);
}

/// Escapes a description in a spec of _arguments, inside single quotes.
std::string for_zsh(std::string text) {
    for (const std::string_view special : {"\\", "[", "]", ":"}) {
        text = replaced(std::move(text), special, '\\' + std::string(special));
    }
    return replaced(std::move(text), "'", "'\\''");
}

std::string zsh_action(const config::Completion& completion) {
    const std::string words = text::joined(completion.words, " ");
    switch (completion.kind) {
        case CompletionKind::word:
            return '(' + words + ')';
        case CompletionKind::words:
            return "_sequence compadd - " + words;
        case CompletionKind::file:
            return "_files";
        case CompletionKind::nothing:
            break;
    }
    return " ";
}

std::string zsh_specs(const Options& options) {
    std::vector<std::string> specs;
    for (const ShownOption& option : options) {
        const std::string description = '[' + for_zsh(option.effect) + ']';
        if (option.has_value()) {
            std::string spec = "    ";
            if (option.letter == '\0') {
                spec.append(option.can_repeat ? "'*--" : "'--").append(option.name).append("=");
            } else {
                spec.append("{-").append(1, option.letter).append("+,--");
                spec.append(option.name).append("=}'");
            }
            spec.append(description).append(":value:");
            spec.append(zsh_action(option.completion)).append("' \\");
            specs.push_back(std::move(spec));
        } else if (option.letter != '\0') {
            specs.push_back("    '(- *)'{-" + std::string(1, option.letter) + ",--" + option.name +
                            "}'" + description + "' \\");
        } else {
            specs.push_back("    '--" + option.name + description + "' \\");
        }
    }
    return lines(specs);
}

/// Escapes text for a man page, where a line must not begin with a dot or an apostrophe.
std::string for_man(std::string text) {
    text = replaced(std::move(text), "\\", "\\e");
    text = replaced(std::move(text), "-", "\\-");
    text = replaced(std::move(text), "\n.", "\n\\&.");
    text = replaced(std::move(text), "\n'", "\n\\&'");
    while (text.ends_with('\n')) text.pop_back();
    return text.starts_with('.') || text.starts_with('\'') ? "\\&" + text : text;
}

std::string bold(std::string_view text) { return R"(\fB)" + std::string(text) + R"(\fR)"; }

std::string italic(std::string_view text) { return R"(\fI)" + std::string(text) + R"(\fR)"; }

std::string man_value(const ShownOption& option) {
    const config::Completion& completion = option.completion;
    if (completion.kind == CompletionKind::word) {
        return bold(text::joined(completion.words, R"(\fR|\fB)"));
    }
    return italic(option.value_name);
}

std::string man_entries(const Options& options) {
    std::vector<std::string> entries;
    for (const ShownOption& option : options) {
        std::string tag;
        if (option.letter != '\0') tag = bold(for_man({'-', option.letter})) + ", ";
        tag += bold(for_man("--" + option.name));
        if (option.has_value()) tag += ' ' + man_value(option);
        entries.push_back(".TP\n" + tag + '\n' + for_man(option.text()));
    }
    return lines(entries);
}

std::string man_examples(const std::vector<std::string>& commands) {
    std::vector<std::string> examples;
    examples.reserve(commands.size());
    for (const std::string& command : commands) examples.push_back(for_man(command));
    return ".nf\n" + lines(examples) + "\n.fi";
}

/// The options of a verb, in the order of its help.
Options joined(Options own, const Options& finding) {
    own.insert(own.end(), finding.begin(), finding.end());
    return own;
}

Parts make_parts(const config::Setup& setup) {
    const Options own = scan::own_options();
    const Options search = scan::finding_options(setup);
    const Options all = joined(own, search);
    const Options merge = joined(scan::own_merge_options(), scan::merge_finding_options(setup));
    Options only_merge = merge;
    std::erase_if(only_merge, [&all](const ShownOption& option) {
        return std::ranges::find(all, option.name, &ShownOption::name) != all.end();
    });
    std::vector<std::string> only_scan;
    for (const ShownOption& option : all) {
        if (option.step != config::OptionStep::count) continue;
        only_scan.push_back(bold(for_man("--" + option.name)));
    }
    return {
        {"@version@", std::string(k_version)},
        {"@names@", dashed_names(all)},
        {"@value_branches@", bash_branches(all)},
        {"@specs@", zsh_specs(all)},
        {"@purpose@", for_man(scan::scan_purpose())},
        {"@own_options@", man_entries(own)},
        {"@finding_options@", man_entries(search)},
        {"@exit_codes@", for_man(scan::scan_exit_codes())},
        {"@examples@", man_examples(scan::scan_examples())},
        {"@merge_names@", dashed_names(merge)},
        {"@merge_value_branches@", bash_branches(merge)},
        {"@merge_specs@", zsh_specs(merge)},
        {"@merge_purpose@", for_man(scan::merge_purpose())},
        {"@merge_options@", man_entries(only_merge)},
        {"@options_of_scan_alone@", text::joined(only_scan, ", ")},
        {"@merge_exit_codes@", for_man(scan::merge_exit_codes())},
        {"@merge_examples@", man_examples(scan::merge_examples())},
    };
}

void write_text(const std::filesystem::path& path, const std::string& text) {
    std::ofstream out;
    out.exceptions(std::ios::badbit | std::ios::failbit);
    out.open(path);
    out << text;
    out.close();
}

std::string filled(const std::filesystem::path& source, const Parts& parts) {
    std::ifstream in;
    in.exceptions(std::ios::badbit | std::ios::failbit);
    in.open(source);
    std::ostringstream read;
    read << in.rdbuf();
    std::string text = read.str();
    for (const auto& [placeholder, part] : parts) {
        text = replaced(std::move(text), placeholder, part);
    }
    return text;
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::filesystem::path> folders(argv + (argc > 0 ? 1 : 0), argv + argc);
    if (folders.size() != 2) {
        std::cerr << "usage: shell_files TEMPLATES FOLDER\n";
        return 2;
    }
    try {
        std::filesystem::create_directories(folders[1]);
        const auto setup = config::read_built_in_setup();
        const Parts parts = make_parts(setup);
        for (const char* name : {"cloudhijack.bash", "_cloudhijack", "cloudhijack.1"}) {
            write_text(folders[1] / name, filled(folders[0] / (std::string(name) + ".in"), parts));
        }
        write_text(folders[1] / "options.spec", shell_files::options_for_spec(setup));
        write_text(folders[1] / "options.searchbnf",
                   shell_files::options_for_search_assistant(setup));
        write_text(folders[1] / "options.md", shell_files::options_for_readme(setup));
    } catch (const std::exception& error) {
        std::cerr << "shell_files: " << error.what() << '\n';
        return 1;
    }
    return 0;
}
