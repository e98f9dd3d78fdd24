#include "app/dfd/safe_output.h"

#include <unistd.h>

#include <algorithm>

#include "core/base/text.h"

namespace dfd {
namespace {

/// The bytes that a character with this first byte has; 1 where there is no such character.
std::size_t announced_length(unsigned char lead) {
    return (lead & 0xE0) == 0xC0 ? 2 : (lead & 0xF0) == 0xE0 ? 3 : (lead & 0xF8) == 0xF0 ? 4 : 1;
}

}  // namespace

VisibleText::int_type VisibleText::overflow(int_type next) {
    if (traits_type::eq_int_type(next, traits_type::eof()))
        return traits_type::not_eof(next);
    const char c = traits_type::to_char_type(next);
    return xsputn(&c, 1) == 1 ? next : traits_type::eof();
}

std::streamsize VisibleText::xsputn(const char* text, std::streamsize size) {
    waiting_.append(text, static_cast<std::size_t>(size));
    pass_on(false);
    return size;
}

int VisibleText::sync() {
    return target_->pubsync();
}

void VisibleText::pass_on(bool all) {
    std::string text;
    std::string_view rest = waiting_;
    while (!rest.empty()) {
        if (rest[0] == '\n' || rest[0] == '\t') {
            text += rest[0];
            rest.remove_prefix(1);
            continue;
        }
        const auto length = announced_length(static_cast<unsigned char>(rest[0]));
        if (!all && rest.size() < length)
            break;
        const auto real = std::max<std::size_t>(character_length(rest), 1);
        text += visible(rest.substr(0, real));
        rest.remove_prefix(real);
    }
    target_->sputn(text.data(), static_cast<std::streamsize>(text.size()));
    waiting_ = std::string(rest);
}

SafeOutput::SafeOutput() : out_(std::cout.rdbuf()), err_(std::cerr.rdbuf()) {
    if (isatty(STDOUT_FILENO) == 1) {
        visible_out_ = std::make_unique<VisibleText>(out_);
        std::cout.rdbuf(visible_out_.get());
    }
    if (isatty(STDERR_FILENO) == 1) {
        visible_err_ = std::make_unique<VisibleText>(err_);
        std::cerr.rdbuf(visible_err_.get());
    }
}

SafeOutput::~SafeOutput() {
    std::cout.rdbuf(out_);
    std::cerr.rdbuf(err_);
}

}  // namespace dfd
