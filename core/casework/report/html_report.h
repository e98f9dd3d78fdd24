// Writes a report as one self-contained HTML file: no script, no font, no address. Plain C++.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "core/casework/report/report.h"

namespace dfd {

/// Receives the next bytes of a file.
using ReportSink = std::function<void(std::span<const std::uint8_t>)>;

/// Sends every piece to `sink` immediately. Light or dark as the reader's system prefers, black on
/// white when printed. The result is also well-formed XML.
[[nodiscard]] std::unique_ptr<ReportWriter> html_report(ReportSink sink);

}  // namespace dfd
