// The row of buttons at the foot of a dialog.
#pragma once

class QDialogButtonBox;

namespace dfd::ui {

/// Lets Tab reach every button, in the order in which they lie. Without it, Tab jumps to the first
/// one and past those that were added before it. Call it once all buttons are added and the box is
/// in its dialog.
void order_buttons(QDialogButtonBox& box);

}  // namespace dfd::ui
