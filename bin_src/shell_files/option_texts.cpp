#include "shell_files/option_texts.hpp"

#include <string_view>
#include <utility>
#include <vector>

#include "text/words.hpp"

namespace cloudhijack::shell_files {
namespace {

using config::Option;
using Texts = std::vector<std::string>;

constexpr std::size_t k_line_width = 100;

std::vector<Option> options_of_a_search(const config::Setup& setup) {
    std::vector<Option> options = setup.options;
    std::erase_if(
        options, [](const Option& option) { return option.interface == config::Interface::shell; });
    return options;
}

bool is_threshold(const Option& option) {
    return option.name.ends_with(config::k_threshold_suffix);
}

// The option for the threshold of a service, for any service.
Option general_threshold() {
    rules::Service any;
    any.id = "<service id>";
    any.label = "the service";
    for (const auto phase : {rules::Phase::volume, rules::Phase::use}) {
        any.calls.at(static_cast<std::size_t>(phase)) = {
            {.source = {}, .name = {}, .conditions = {}}};
    }
    Option option = config::option_table(rules::Catalogue({any})).back();
    option.default_value = "the service's threshold";
    return option;
}

bool offers_words(const Option& option) {
    return option.completion.kind == config::CompletionKind::word;
}

// The syntax of a value. `brackets` enclose the words if it is one of several.
std::string syntax_of(const Option& option, std::string_view brackets) {
    if (!offers_words(option)) return option.syntax;
    return brackets.front() + text::joined(option.completion.words, "|") + brackets.back();
}

std::string default_of(const Option& option) {
    return option.default_value.empty() ? "none" : option.default_value;
}

std::string modes_of(const Option& option) {
    Texts names;
    for (const config::Mode mode : option.modes) names.emplace_back(name_of(mode));
    return text::joined(names, ", ");
}

std::string sentence(std::string phrase) {
    if (phrase.front() >= 'a' && phrase.front() <= 'z') {
        phrase.front() = static_cast<char>(phrase.front() - 'a' + 'A');
    }
    return phrase + '.';
}

/// The texts around the lines of a paragraph.
struct LineParts {
    std::string first;  ///< before the first line
    std::string next;   ///< before each other line
    std::string end;    ///< after each line but the last
};

std::string wrapped(std::string_view text, const LineParts& parts) {
    std::string lines;
    std::string line = parts.first;
    bool is_empty = true;
    for (const std::string_view word : text::words(text)) {
        if (!is_empty && line.size() + 1 + word.size() + parts.end.size() > k_line_width) {
            lines += line + parts.end + '\n';
            line = parts.next;
            is_empty = true;
        }
        if (!is_empty) line += ' ';
        line += word;
        is_empty = false;
    }
    return lines + line;
}

std::string spec_entry(const Option& option) {
    Texts notes = {sentence(option.effect)};
    if (!offers_words(option)) notes.push_back(sentence(option.takes));
    notes.insert(notes.end(), option.details.begin(), option.details.end());
    if (!option.modes.empty()) {
        notes.push_back((option.modes.size() == 1 ? "Mode: " : "Modes: ") + modes_of(option) + '.');
    }
    if (option.interface == config::Interface::search) {
        notes.emplace_back("`cloudhijack scan` does not have it.");
    }
    notes.push_back("Default: " + default_of(option));
    std::string entry = '\n' + option.name + " = " + syntax_of(option, "<>") + '\n';
    for (const std::string& note : notes) {
        entry += wrapped(note, {.first = "* ", .next = "  ", .end = {}}) + '\n';
    }
    return entry;
}

std::string description_in_assistant(const Option& option) {
    std::string text = option.name + ": " + option.effect;
    if (!offers_words(option)) text += "; " + option.takes;
    if (!option.modes.empty()) {
        text += (option.modes.size() == 1 ? "; mode " : "; modes ") + modes_of(option);
    }
    return text + "; default " + default_of(option) + '.';
}

/// Escapes text for a cell of a Markdown table.
std::string cell(std::string_view text) {
    std::string escaped;
    for (const char c : text) {
        if (c == '|') escaped += '\\';
        escaped += c;
    }
    return escaped;
}

std::string code(std::string_view text) { return '`' + cell(text) + '`'; }

}  // namespace

std::string options_for_spec(const config::Setup& setup) {
    std::string text;
    for (const Option& option : options_of_a_search(setup)) {
        if (!is_threshold(option)) text += spec_entry(option);
    }
    return text + spec_entry(general_threshold()) + '\n';
}

std::string options_for_search_assistant(const config::Setup& setup) {
    const std::string indent(4, ' ');
    Texts forms;
    Texts descriptions;
    for (const Option& option : options_of_a_search(setup)) {
        if (option.interface == config::Interface::conf_and_shell) continue;
        // Splunk removes commas outside quotes.
        const std::string quote = option.syntax.ends_with(",...") ? "\"" : "";
        std::string form = option.name + '=';
        form.append(quote).append(syntax_of(option, "()")).append(quote);
        forms.push_back(std::move(form));
        descriptions.push_back(description_in_assistant(option));
    }
    std::string text =
        wrapped(text::joined(forms, " | "), {.first = "syntax = ", .next = indent, .end = " \\"}) +
        "\ndescription = \\\n";
    for (const std::string& description : descriptions) {
        // Splunk begins a new, indented line at \i\.
        const bool is_last = &description == &descriptions.back();
        text += wrapped(description + (is_last ? "" : R"( \i\\)"),
                        {.first = indent, .next = indent, .end = " \\"}) +
                '\n';
    }
    return text;
}

std::string options_for_readme(const config::Setup& setup) {
    std::string table =
        "| option | effect | value | default | modes |\n| --- | --- | --- | --- | --- |\n";
    for (const Option& option : options_of_a_search(setup)) {
        const std::string& by_default = option.default_value;
        table += "| " + code(option.name) + " | " + cell(option.effect) + " | " +
                 cell(option.takes) + " | " + (by_default.empty() ? "none" : code(by_default)) +
                 " | " + (option.modes.empty() ? "all" : modes_of(option)) + " |\n";
    }
    return table;
}

}  // namespace cloudhijack::shell_files
