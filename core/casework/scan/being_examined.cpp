#include "core/casework/scan/being_examined.h"

#include <fcntl.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

namespace dfd {
namespace {

/// The file is begun anew when it has this many bytes.
constexpr std::size_t kMostBytes = std::size_t{1} << 20;

}  // namespace

BeingExamined::BeingExamined(const std::filesystem::path& case_path)
    : path_(case_path.native() + "-examining") {
    std::ifstream before(path_);
    for (std::string line; std::getline(before, line);) {
        if (line.starts_with('+'))
            begun_.insert(line.substr(1));
        else if (line.starts_with('-'))
            begun_.erase(line.substr(1));
        else if (std::istringstream words(line); true) {
            std::string digest;
            int count = 0;
            if (words >> digest >> count)
                deaths_[digest] = count;
        }
        if (line.starts_with('-'))
            deaths_.erase(line.substr(1));
    }
    for (const auto& digest : begun_)
        ++deaths_[digest];
    begun_.clear();
    rewrite();
}

BeingExamined::~BeingExamined() {
    begun_.clear();  // an orderly end
    rewrite();
    if (file_ >= 0)
        ::close(file_);
    if (deaths_.empty())
        ::unlink(path_.c_str());
}

int BeingExamined::deaths(const std::string& digest) const {
    const std::lock_guard lock(mutex_);
    const auto found = deaths_.find(digest);
    return found == deaths_.end() ? 0 : found->second;
}

void BeingExamined::begin(const std::string& digest) {
    const std::lock_guard lock(mutex_);
    if (stopped_)
        return;
    begun_.insert(digest);
    append("+" + digest + "\n");
}

void BeingExamined::end(const std::string& digest) {
    const std::lock_guard lock(mutex_);
    if (begun_.erase(digest) + deaths_.erase(digest) == 0)
        return;
    append("-" + digest + "\n");
    if (written_ > kMostBytes)
        rewrite();
}

void BeingExamined::stopped() {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    begun_.clear();
    rewrite();
}

void BeingExamined::append(const std::string& line) {
    if (file_ >= 0 && ::write(file_, line.data(), line.size()) > 0)
        written_ += line.size();
}

/// Deaths first, then what is running, under a new name until it is whole.
void BeingExamined::rewrite() {
    if (file_ >= 0)
        ::close(file_);
    const auto temporary = path_.native() + "-new";
    file_ = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0666);
    written_ = 0;
    for (const auto& [digest, count] : deaths_)
        append(digest + ' ' + std::to_string(count) + '\n');
    for (const auto& digest : begun_)
        append("+" + digest + "\n");
    if (file_ >= 0 && ::rename(temporary.c_str(), path_.c_str()) != 0) {
        ::unlink(temporary.c_str());
        ::close(file_);
        file_ = -1;
    }
}

}  // namespace dfd
