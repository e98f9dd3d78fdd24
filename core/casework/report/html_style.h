// The style sheet of HTML reports.
// Internal to core/casework/report.
#pragma once

namespace dfd {

inline constexpr const char* kReportStyle = R"css(
:root { --paper: #fff; --text: #1a1a1a; --quiet: #5a5a5a; --line: #d4d4d4; --soft: #f3f3f3;
  --real: #1a62a8; --fake: #a84b00; --undecided: #5f5f5f; --warning: #7a5500; --link: #6b3fa0; }
@media screen and (prefers-color-scheme: dark) { :root { --paper: #1c1c1c; --text: #e2e2e2;
  --quiet: #a6a6a6; --line: #3e3e3e; --soft: #272727; --real: #62aef2; --fake: #f29a3e;
  --undecided: #a6a6a6; --warning: #e0c06a; --link: #b79af0; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 48px 24px; max-width: 880px; background: var(--paper);
  color: var(--text); font: 15px/24px system-ui, "Segoe UI", "DejaVu Sans", sans-serif; }
header, section { margin: 0 0 64px; }
section { border-top: 1px solid var(--line); padding-top: 32px; }
section.cover { border: 0; padding: 0; }
.above { margin: 0; color: var(--quiet); font-size: 13px; }
h1 { margin: 0; font-size: 32px; line-height: 40px; font-weight: 600; overflow-wrap: anywhere; }
h2 { margin: 0 0 16px; font-size: 24px; line-height: 32px; font-weight: 600; overflow-wrap: anywhere; }
h3 { margin: 32px 0 8px; font-size: 15px; line-height: 24px; font-weight: 600; break-after: avoid; }
h2 + .below { margin-top: -16px; } .below { margin: 0 0 24px; color: var(--quiet); font-size: 13px; overflow-wrap: anywhere; }
p { margin: 0 0 8px; max-width: 72ch; overflow-wrap: anywhere; white-space: pre-line; }
ul { margin: 0 0 16px; padding: 0 0 0 20px; max-width: 72ch; } li { margin: 0 0 8px; }
a { color: var(--link); text-decoration: none; } a:hover { text-decoration: underline; }
nav { margin: 0 0 24px; font-size: 13px; } nav a { margin-right: 24px; }
table { width: 100%; margin: 0 0 16px; border-collapse: collapse; table-layout: fixed;
  font-size: 13px; line-height: 20px; font-variant-numeric: tabular-nums lining-nums; }
th, td { padding: 4px 16px 4px 0; text-align: left; vertical-align: top; font-weight: 400;
  border-bottom: 1px solid var(--line); overflow-wrap: anywhere; white-space: pre-line; }
th:last-child, td:last-child { padding-right: 0; }
thead th { color: var(--quiet); vertical-align: bottom; overflow-wrap: normal; } thead { display: table-header-group; }
tr { break-inside: avoid; }
.facts th { width: 25%; color: var(--quiet); } .facts td, .facts th { border: 0; padding-bottom: 2px;
  padding-top: 2px; }
.number { text-align: right; }
.code { font: 12px/20px ui-monospace, "DejaVu Sans Mono", monospace; }
.quiet { color: var(--quiet); } .real { color: var(--real); } .fake { color: var(--fake); }
.undecided { color: var(--undecided); } .warning { color: var(--warning); }
.verdict { display: flex; flex-wrap: wrap; gap: 16px 40px; align-items: center; margin: 0 0 16px;
  padding: 16px 24px; background: var(--soft); break-inside: avoid; }
.verdict .word { margin: 0; font-size: 20px; line-height: 28px; font-weight: 600; }
.verdict .figure { margin: 0; font-size: 40px; line-height: 48px;
  font-variant-numeric: tabular-nums; }
.verdict svg { flex: 1 1 320px; max-width: 480px; height: auto; } .verdict .beside { flex: 1 0 100%;
  margin: 0; max-width: none; color: var(--quiet); font-size: 13px; line-height: 20px; }
.low { gap: 0 24px; margin: 0 0 8px; padding: 8px 24px; } .low div { display: flex; gap: 16px;
  flex-direction: row-reverse; align-items: baseline; } .low .figure { font-size: 26px;
  line-height: 32px; }
svg text { font: 11px system-ui, "DejaVu Sans", sans-serif; fill: var(--quiet); }
.pictures { display: flex; flex-wrap: wrap; gap: 16px; margin: 0 0 8px; }
figure { margin: 0; width: 152px; font-size: 12px; line-height: 16px; break-inside: avoid; }
figure img { display: block; max-width: 152px; max-height: 152px; }
.large figure { width: 232px; } .large figure img { max-width: 232px; max-height: 232px; }
img.small { display: block; max-width: 56px; max-height: 56px; }
figcaption { padding-top: 4px; overflow-wrap: anywhere; } figcaption i { font-style: normal;
  display: block; color: var(--quiet); font-variant-numeric: tabular-nums; }
.scale { display: flex; gap: 12px; align-items: center; margin: 0 0 4px; font-size: 12px;
  color: var(--quiet); font-variant-numeric: tabular-nums; }
.scale svg { width: 240px; height: 12px; } .scale + p { font-size: 13px; line-height: 20px; }
@page { margin: 18mm 16mm 20mm; @bottom-right { content: counter(page); } }
@media print { body { max-width: none; padding: 0; font-size: 10.5pt; line-height: 15pt; }
  th, td { padding-right: 8px; } section.page { break-before: page; border: 0; padding: 0; } nav { display: none; }
  a { color: inherit; } svg, figure, .verdict { print-color-adjust: exact;
  -webkit-print-color-adjust: exact; } }
@media screen { section.exhibit { content-visibility: auto; contain-intrinsic-size: auto 1600px; } }
)css";

}  // namespace dfd
