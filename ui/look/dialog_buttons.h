// The row of buttons at the foot of a dialog.
#pragma once

class QDialogButtonBox;

namespace dfd::ui {

/// Lets Tab reach every button, in the order in which they lie. Without it, Tab jumps to the first
/// one and past those that were added before it. Call it once all buttons are added and the box is
/// in its dialog. Of three or more, add the one that closes last: otherwise the box itself, which
/// passes the focus on to its first button, comes before it, and Tab turns back there.
void order_buttons(QDialogButtonBox& box);

}  // namespace dfd::ui
