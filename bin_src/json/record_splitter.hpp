#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "io/window.hpp"
#include "json/record_keys.hpp"
#include "result.hpp"
#include "simd/cpu.hpp"

namespace cloudhijack::json {

/// Cuts a stream of JSON into the documents that hold a record each, looking only at quotes and
/// brackets: the elements of arrays, those of the arrays under a list key (`Records`), and
/// documents on end, with or without line breaks. What stands between and around them is passed
/// over.
///
/// What follows an object and begins neither an object nor the end of its list is the rest of one
/// that was damaged. In it, quotes and brackets say nothing, and it ends where an object begins.
///
/// A document that is cut off does not take its successors with it: it ends where a line ends
/// inside a string, and where a line begins with a `{` that no JSON can have there, which is behind
/// anything but `:`, `,` and `[`. The event reader will refuse it. Where a line ends with `}` and
/// the next one begins with `{`, which whole JSON has between documents alone, an array ends too:
/// it was cut off.
///
/// The end of an object in which nothing is unusual is found 64 bytes at a time where the processor
/// can; everything else is looked at byte by byte, and all of it with Cpu::plain, the twin by which
/// the fast way is tested.
class RecordSplitter {
  public:
    struct Document {
        std::string_view text;   ///< with io::k_padding readable bytes behind it
        std::uint64_t position;  ///< of its first byte in the stream
        bool is_closed;          ///< it ends with the bracket that closes it
        /// Of an object that is closed: the place of the name key, where it was seen on the way
        /// that this is the only one and that no letter is written as `\u`.
        std::optional<std::size_t> only_name_key;
        /// An object precedes it on its line, or was cut off at the end of the line before.
        bool follows_object;
        bool is_element;  ///< of an array
    };

    /// What the documents at a place of the stream are part of.
    struct ListContext {
        bool in_list = false;            ///< they are the elements of an array
        bool list_is_in_object = false;  ///< as the value of a key
        bool behind_brace = false;       ///< the byte before is the last of a document, and a `}`
        bool behind_line = false;        ///< the byte before is a newline behind such a byte
        bool has_object = false;         ///< an object, or the rest of one, is on the line
        bool is_behind_cut = false;      ///< the document before is an object that was cut off
    };

    /// Whole documents on end, for another splitter to part.
    struct DocumentRun {
        std::string_view text;
        std::uint64_t position = 0;  ///< of its first byte in the stream
        ListContext context;         ///< at its beginning
        /// Whoever gave it has seen where each array in it ends. Else it is of lines, and an array
        /// that is open at its end is cut off there.
        bool is_looked_through = false;
    };

    /// Window and keys must outlive the splitter.
    RecordSplitter(io::Window& window, const RecordKeys& keys, simd::Cpu cpu = simd::best_cpu())
        : window_(&window), keys_(&keys), cpu_(cpu) {}

    /// Parts the text of a run, which the window must hold. Positions are those of its stream.
    RecordSplitter(io::Window& window, const RecordKeys& keys, const DocumentRun& run)
        : RecordSplitter(window, keys) {
        passed_ = run.position;
        part_ = run.is_looked_through ? Part::looked_through : Part::lines;
        context_ = run.context;
    }

    /// Says that the stream is known to be whole JSON: nothing in it is the rest of a damaged
    /// object.
    void expect_no_damage() { is_whole_json_ = true; }

    /// The next document, valid until the next call; nullopt at the end. The error is the source's,
    /// or says that the stream ends inside an array or that a document is larger than the window.
    /// One that is so large because it is damaged is given out, up to a place where the next one
    /// can begin.
    Result<std::optional<Document>> next();

    /// As much as the window has of the documents behind the last one that next() gave, but of no
    /// more than `enough` bytes and a document. They count as given out, and its text is valid
    /// until the next call. Empty where the window holds none.
    DocumentRun take_run(std::size_t enough);

    /// How many bytes of the stream are behind.
    [[nodiscard]] std::uint64_t position() const { return passed_ + at_; }

  private:
    enum class ParseState : std::uint8_t {
        between,  ///< documents
        inside,   ///< a document's brackets
        string,
        escape,  ///< behind a backslash in a string
        bare,    ///< a document that is neither object nor array nor string
        rest,    ///< of an object that was damaged: up to where the next one can begin
    };

    /// What the window holds of the stream.
    enum class Part : std::uint8_t {
        whole,
        lines,           ///< up to where an open array counts as cut off
        looked_through,  ///< another splitter tells what ends where
    };

    bool scan(std::span<const char> bytes);
    bool scan_between(std::span<const char> bytes, char c);
    void note_line_end();
    bool scan_inside(char c);
    bool scan_string(std::span<const char> bytes, char c);
    bool scan_bare(char c);
    bool scan_rest(char c);
    bool close_document(std::size_t end, bool is_closed = false);
    bool give_up_document();
    void enter_list(bool in_object);
    void leave_list();
    void pass(std::size_t count);
    Result<std::optional<Document>> finish();
    [[nodiscard]] Document document() const;

    io::Window* window_;
    const RecordKeys* keys_;
    simd::Cpu cpu_;
    std::uint64_t passed_ = 0;  ///< bytes in front of the window's first
    // Positions are from the window's first unread byte.
    std::size_t at_ = 0;                        ///< of the byte to look at next
    std::size_t begin_ = 0;                     ///< of the document's first byte
    std::size_t end_ = 0;                       ///< of the byte behind the document
    bool is_closed_ = false;                    ///< the document ends with its bracket
    bool follows_object_ = false;               ///< see Document
    bool is_element_ = false;                   ///< see Document
    std::optional<std::size_t> only_name_key_;  ///< from the document's first byte
    std::size_t brace_ = 0;  ///< of one in a rest that may begin an object; 0: none
    std::size_t key_ = 0;    ///< of a key's first byte at the document's top level; 0: in none

    Part part_ = Part::whole;
    bool is_whole_json_ = false;
    ListContext context_;
    ParseState state_ = ParseState::between;
    std::size_t depth_ = 0;        ///< brackets open in the document
    bool saw_cut_list_ = false;    ///< an array that ended without its bracket
    bool passed_over_ = false;     ///< the document is what is left of the object around a list
    char last_ = 0;                ///< byte inside the document that was no blank
    bool line_begins_ = false;     ///< the byte before is a newline inside the document
    bool closes_nothing_ = false;  ///< the document is a bracket without one that opens it
    bool key_comes_ = false;       ///< the next string at the document's top level is a key
    bool key_names_list_ = false;  ///< and the value of the last one is a list of records
};

}  // namespace cloudhijack::json
