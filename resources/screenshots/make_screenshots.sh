#!/bin/sh
# Builds and runs make_screenshots on the bundled samples. The pictures land beside this script.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
cmake --preset release -S "$root"
cmake --build "$root/build/release" --target make_screenshots
QT_QPA_PLATFORM=offscreen exec "$root/build/release/bin/make_screenshots" "$here" "$@"
