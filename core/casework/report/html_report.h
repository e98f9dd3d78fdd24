// A report as one HTML file that needs nothing else: no script, no font, no address. Plain C++.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "core/casework/report/report.h"

namespace dfd {

/// Takes the next bytes of a file.
using ReportSink = std::function<void(std::span<const std::uint8_t>)>;

/// Hands every piece to `sink` at once. Light or dark as the reader's system wants, black on white
/// when printed. Well-formed XML, too.
[[nodiscard]] std::unique_ptr<ReportWriter> html_report(ReportSink sink);

}  // namespace dfd
