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

/// Splits a stream of JSON into documents that hold one record each, looking only at quotes and
/// brackets: the elements of arrays, the elements of arrays under a list key (`Records`), and
/// consecutive documents with or without line breaks. Everything between and around them is
/// skipped.
///
/// Text after an object that begins neither an object nor the end of its list is the rest of a
/// damaged object. Quotes and brackets in it have no meaning, and it ends where an object begins.
///
/// A truncated document does not take the following ones with it. It ends where a line ends inside
/// a string, and where a line begins with a `{` that JSON does not allow there, which is after
/// anything but `:`, `,` and `[`. The event reader will refuse such a document. An array ends, as
/// truncated, where a line ends with `}` and the next one begins with `{`: valid JSON has that only
/// between documents.
///
/// If the processor supports it, the end of an ordinary object is found 64 bytes at a time;
/// everything else is examined byte by byte. With Cpu::plain all of it is: that is the twin against
/// which the fast code is tested.
class RecordSplitter {
  public:
    struct Document {
        std::string_view text;   ///< followed by io::k_padding readable bytes
        std::uint64_t position;  ///< of its first byte in the stream
        bool is_closed;          ///< it ends with the bracket that closes it
        /// For a closed object: the position of the name key, if the search for the end saw that it
        /// occurs exactly once and that no character is written as `\u`.
        std::optional<std::size_t> only_name_key;
        /// An object precedes it on its line, or was truncated at the end of the previous line.
        bool follows_object;
        bool is_element;  ///< an element of an array
    };

    /// The context of the documents at a position of the stream.
    struct ListContext {
        bool in_list = false;            ///< they are the elements of an array
        bool list_is_in_object = false;  ///< the array is the value of a key
        bool after_brace = false;        ///< the previous byte is the `}` that ends a document
        bool after_line = false;         ///< the previous byte is a newline after such a `}`
        bool has_object = false;         ///< an object, or the rest of one, is on this line
        bool is_after_cut = false;       ///< the previous document is a truncated object
    };

    /// Complete consecutive documents for another splitter to split.
    struct DocumentRun {
        std::string_view text;
        std::uint64_t position = 0;  ///< of its first byte in the stream
        ListContext context;         ///< at its beginning
        /// The splitter that returned the run has seen where each array in it ends. Otherwise the
        /// run consists of lines, and an array that is open at its end is truncated there.
        bool is_examined = false;
    };

    /// The window and the keys must outlive the splitter.
    RecordSplitter(io::Window& window, const RecordKeys& keys, simd::Cpu cpu = simd::best_cpu())
        : window_(&window), keys_(&keys), cpu_(cpu) {}

    /// Splits the text of a run, which the window must hold. Positions are those in the run's
    /// stream.
    RecordSplitter(io::Window& window, const RecordKeys& keys, const DocumentRun& run)
        : RecordSplitter(window, keys) {
        dropped_ = run.position;
        part_ = run.is_examined ? Part::examined : Part::lines;
        context_ = run.context;
    }

    /// Declares that the stream is known to be valid JSON, so that nothing in it is the rest of a
    /// damaged object.
    void expect_no_damage() { is_whole_json_ = true; }

    /// The next document, valid until the next call; nullopt at the end. The error is the source's,
    /// or says that the stream ends inside an array or that a document is larger than the window.
    /// If a document is too large only because it is damaged, it is returned up to a position where
    /// the next one can begin.
    Result<std::optional<Document>> next();

    /// The complete documents in the window after the last one that next() returned, up to `enough`
    /// bytes and the end of the document there. They count as returned, and the text is valid until
    /// the next call. Empty if the window holds no complete document.
    DocumentRun take_run(std::size_t enough);

    /// The number of bytes of the stream that have been processed.
    [[nodiscard]] std::uint64_t position() const { return dropped_ + at_; }

  private:
    enum class ParseState : std::uint8_t {
        between,  ///< between documents
        inside,   ///< inside a document's brackets
        string,
        escape,  ///< after a backslash in a string
        bare,    ///< a document that is neither object nor array nor string
        rest,    ///< the rest of a damaged object, up to where the next one can begin
    };

    /// The part of the stream that the window holds.
    enum class Part : std::uint8_t {
        whole,
        lines,     ///< lines, at whose end an open array counts as truncated
        examined,  ///< another splitter knows where arrays end
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
    std::size_t unneeded();
    void drop(std::size_t count);
    Result<std::optional<Document>> finish();
    [[nodiscard]] Document document() const;

    io::Window* window_;
    const RecordKeys* keys_;
    simd::Cpu cpu_;
    std::uint64_t dropped_ = 0;  ///< bytes of the stream before the window's first
    // Positions are relative to the window's first unread byte.
    std::size_t at_ = 0;                        ///< of the next byte to examine
    std::size_t begin_ = 0;                     ///< of the document's first byte
    std::size_t end_ = 0;                       ///< of the byte after the document
    bool is_closed_ = false;                    ///< the document ends with its bracket
    bool follows_object_ = false;               ///< see Document
    bool is_element_ = false;                   ///< see Document
    std::optional<std::size_t> only_name_key_;  ///< relative to the document's first byte
    std::size_t brace_ = 0;  ///< of a brace in a rest that may begin an object; 0 if there is none
    std::size_t key_ = 0;    ///< of the first byte of a top-level key; 0 outside a key

    Part part_ = Part::whole;
    bool is_whole_json_ = false;
    ListContext context_;
    ParseState state_ = ParseState::between;
    std::size_t depth_ = 0;        ///< brackets open in the document
    bool saw_cut_list_ = false;    ///< an array ended without its bracket
    bool is_skipped_ = false;      ///< the document is the rest of an object around a list
    char last_ = 0;                ///< the last non-blank byte inside the document
    bool line_begins_ = false;     ///< the previous byte is a newline inside the document
    bool closes_nothing_ = false;  ///< the document begins with a stray closing bracket
    bool key_comes_ = false;       ///< the next string at the document's top level is a key
    bool key_names_list_ = false;  ///< the value of the last key is a list of records
};

}  // namespace cloudhijack::json
