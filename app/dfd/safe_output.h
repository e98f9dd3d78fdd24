// Keeps what is printed from steering the terminal.
#pragma once

#include <iostream>
#include <memory>
#include <streambuf>
#include <string>

namespace dfd {

/// Passes text on to another buffer as visible() shows it, except for line breaks and tabs. Names
/// and metadata are made visible where they are printed; this is the last defence, also for JSON,
/// whose strings keep their value as "\u202e".
class VisibleText : public std::streambuf {
  public:
    explicit VisibleText(std::streambuf* target) : target_(target) {}
    ~VisibleText() override { pass_on(true); }
    VisibleText(const VisibleText&) = delete;
    VisibleText& operator=(const VisibleText&) = delete;

  protected:
    int_type overflow(int_type next) override;
    std::streamsize xsputn(const char* text, std::streamsize size) override;
    int sync() override;

  private:
    /// Keeps the start of a character whose rest has not come yet, unless `all`.
    void pass_on(bool all);

    std::streambuf* target_;
    std::string waiting_;
};

/// While it lives, std::cout and std::cerr print visible text where they lead to a terminal. To
/// files and pipes they print every byte as it is.
class SafeOutput {
  public:
    SafeOutput();
    ~SafeOutput();
    SafeOutput(const SafeOutput&) = delete;
    SafeOutput& operator=(const SafeOutput&) = delete;

  private:
    std::streambuf *out_, *err_;
    std::unique_ptr<VisibleText> visible_out_, visible_err_;
};

}  // namespace dfd
