#include "ui/studies/atlas/atlas_run.h"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

#include "ui/work/picture_source.h"

namespace dfd::ui {
namespace {

auto key_of(const AtlasPlace& place) {
    return std::tuple(place.x, place.y, place.width, place.height, place.scale, place.face);
}

}  // namespace

AtlasRun::AtlasRun(BackgroundThreads& threads, QObject* parent) : PictureRun(threads, parent) {
    options_.batch = 1;  // lets other pictures in between; stops quickly
}

void AtlasRun::set_subject(std::optional<PictureSubject> subject) {
    const bool same = subject && subject_ && subject->same_picture(*subject_);
    if (same || (!subject && !subject_))
        return;
    stop();
    if (subject && subject->scope != scope_) {
        known_.clear();
        scope_ = subject->scope;
    }
    subject_ = std::move(subject);
    clear_problem();
    rebuild();
    Q_EMIT changed();
}

void AtlasRun::set_scales(const std::vector<double>& scales) {
    if (scales == options_.scales)
        return;
    stop();
    options_.scales = scales;
    clear_problem();
    rebuild();
    Q_EMIT changed();
}

void AtlasRun::start() {
    if (!possible())
        return;
    stop();
    if (shown_->complete)
        return;
    const std::vector<AtlasWindow> before = known().windows;
    launch([this, options = options_, before, subject = *subject_](const Task::Run& run) {
        const Picture picture = read_first(subject.sources, subject.sha256);
        bool planned = false;
        (void)atlas_of(
            picture.pixels, *subject.evaluator, options, subject.opinion,
            [&](const Atlas& so_far) {
                if (std::exchange(planned, true)) {
                    run.post([this, window = so_far.windows.back()] { add_window(window); });
                    return;
                }
                std::vector<AtlasPlace> faces;
                std::ranges::copy_if(so_far.planned, std::back_inserter(faces), &AtlasPlace::face);
                run.post([this, faces, sought = so_far.faces_sought] { set_plan(faces, sought); });
            },
            run.stop_token(), before);
    });
}

void AtlasRun::set_plan(const std::vector<AtlasPlace>& faces, bool sought) {
    Known& all = known();
    all.faces = faces;
    all.face_search_done = true;
    all.faces_sought = sought;
    if (known_.size() > kKept)
        known_.erase(known_.begin()->first == subject_->sha256 ? std::prev(known_.end())
                                                               : known_.begin());
    refresh();
}

void AtlasRun::add_window(const AtlasWindow& window) {
    known().windows.push_back(window);
    shown_->windows.push_back(window);
    Q_EMIT changed();
}

bool AtlasRun::face_search_done() const {
    const auto found = subject_ ? known_.find(subject_->sha256) : known_.end();
    return found != known_.end() && found->second.face_search_done;
}

std::size_t AtlasRun::windows_at(const std::vector<double>& scales) const {
    AtlasOptions options = options_;
    options.scales = scales;
    return subject_ ? atlas_places(subject_->size.width(), subject_->size.height(), options).size()
                    : 0;
}

void AtlasRun::rebuild() {
    ++generation_;
    shown_.reset();
    if (!subject_)
        return;
    Atlas atlas;
    atlas.width = subject_->size.width();
    atlas.height = subject_->size.height();
    atlas.whole = subject_->opinion;
    combine(atlas.whole, std::vector<double>(atlas.whole.experts.size(), 1.0));
    atlas.planned = atlas_places(atlas.width, atlas.height, options_);
    if (const auto found = known_.find(subject_->sha256); found != known_.end()) {
        const Known& all = found->second;
        atlas.planned.insert(atlas.planned.end(), all.faces.begin(), all.faces.end());
        atlas.faces_sought = all.faces_sought;
        std::map<decltype(key_of(AtlasPlace())), const AtlasWindow*> scored;
        for (const AtlasWindow& window : all.windows)
            scored.emplace(key_of(window.place), &window);
        for (const AtlasPlace& place : atlas.planned)
            if (const auto at = scored.find(key_of(place)); at != scored.end())
                atlas.windows.push_back(*at->second);
        atlas.complete = all.face_search_done && atlas.windows.size() == atlas.planned.size();
    }
    shown_ = std::move(atlas);
}

void AtlasRun::refresh() {
    rebuild();
    Q_EMIT changed();
}

}  // namespace dfd::ui
